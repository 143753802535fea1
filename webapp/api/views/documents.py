"""The OpenAPI document and its page, from our own address. Who is signed in may read it, and who holds a token."""

from django.contrib.auth.mixins import LoginRequiredMixin
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer

from webapp.api.authentication import BearerAuthentication


class SchemaView(SpectacularAPIView):
    authentication_classes = (
        BearerAuthentication,
        SessionAuthentication,
    )
    permission_classes = (IsAuthenticated,)
    renderer_classes = [JSONRenderer]  # noqa: RUF012 - a list, as the library declares it


class DocumentView(LoginRequiredMixin, SpectacularSwaggerSplitView):
    authentication_classes = (SessionAuthentication,)
    permission_classes = (IsAuthenticated,)
    url_name = "api:schema"
