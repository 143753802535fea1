"""Who is at the other end of a request. One answer for sign-in limits, the session list and the audit log."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN_ADDRESS = "::"


def client_ip(request: HttpRequest) -> str:
    """The caller's address, or "::" when there is none (a Unix socket).

    X-Forwarded-For is believed only as far as our own proxies wrote it: with DEBRIEF_PROXY_COUNT = n it is the
    n-th entry from the right; anything further left was sent by the caller and could be made up.
    """
    given = _forwarded_for(request) or request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(given.strip().strip("[]")))
    except ValueError:
        return UNKNOWN_ADDRESS


def _forwarded_for(request: HttpRequest) -> str:
    num_proxies: int = settings.PROXY_COUNT
    if num_proxies == 0:
        return ""
    addresses = [part for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return addresses[-num_proxies] if len(addresses) >= num_proxies else ""
