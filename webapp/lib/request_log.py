"""One log line when a request begins and one when it ends."""

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware


class RequestLogMiddleware(RequestMiddleware):
    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Without the query: what people search for are names of patients and files."""
        return f"{request.method} {request.path}"
