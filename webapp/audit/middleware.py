"""Remembers the caller's address while a request is handled."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from webapp.audit.context import current_ip_address
from webapp.lib.clients import client_ip


class AuditContextMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = current_ip_address.set(client_ip(request))
        try:
            return self.get_response(request)
        finally:
            current_ip_address.reset(token)
