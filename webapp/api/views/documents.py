"""The OpenAPI document and its page, from our own address. Who is signed in may read it, and who holds a token."""

from functools import cache
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.api.authentication import BearerAuthentication


@extend_schema(exclude=True)
class SchemaView(APIView):
    authentication_classes = (BearerAuthentication, SessionAuthentication)
    permission_classes = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        return Response(document())


class DocumentView(LoginRequiredMixin, SpectacularSwaggerSplitView):
    authentication_classes = (SessionAuthentication,)
    permission_classes = (IsAuthenticated,)
    url_name = "api:schema"


@cache
def document() -> dict[str, Any]:
    """Made once in a process: it takes seconds, and is the same for everybody."""
    generator: Any = SchemaGenerator
    made: dict[str, Any] = generator().get_schema(request=None, public=True)
    return made
