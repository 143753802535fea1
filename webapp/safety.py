"""What production refuses to start with. Called by webapp/settings.py alone; each finding is one sentence."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

MIN_KEY_CHARS, MIN_KEY_LETTERS = 40, 12
MAX_ATTEMPTS = 20


def unsafe_key(key: str) -> Iterator[str]:
    if len(key) < MIN_KEY_CHARS or len(set(key)) < MIN_KEY_LETTERS:
        yield f"a secret key of {MIN_KEY_CHARS} characters or more, drawn at random"


def unsafe_hosts(hosts: list[str], origins: list[str]) -> Iterator[str]:
    if any("*" in host or not host.strip(".") for host in hosts):
        yield "named DEBRIEF_ALLOWED_HOSTS"
    if any("*" in origin or not origin.startswith("https://") for origin in origins):
        yield "DEBRIEF_TRUSTED_ORIGINS of whole https:// origins without a wildcard"


def unsafe_sign_in(attempts: int, *, is_behind_proxy: bool, num_proxies: int) -> Iterator[str]:
    if attempts > MAX_ATTEMPTS:
        yield f"DEBRIEF_SIGN_IN_ATTEMPTS of at most {MAX_ATTEMPTS}"
    if is_behind_proxy and num_proxies == 0:
        yield "DEBRIEF_PROXY_COUNT of 1 or more behind a proxy, or everybody is one address"


def unsafe_model_server(url: str) -> Iterator[str]:
    """Frames of operations go there: over TLS, or within the house."""
    parts = urlsplit(url)
    if parts.scheme == "http" and not _is_in_house(parts.hostname or ""):
        yield "VLLM_URL with https:// unless the server stands in the same house"


def _is_in_house(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".internal", ".local", ".lan"))
