"""Django REST framework's side of bearer.py. A session is no way in: another site's page could use it."""

from typing import TYPE_CHECKING

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from webapp.accounts.models import User
from webapp.api.bearer import Access, access_of
from webapp.lib.errors import SignInNeeded

if TYPE_CHECKING:
    # The framework's views read the settings that name this module.
    from rest_framework.views import APIView


class BearerAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, Access] | None:
        authorization = request.headers.get("Authorization", "")
        if not authorization:
            return None
        access = access_of(authorization)
        return access.actor.person, access

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="debrief"'


class ScopeNeeded(BasePermission):
    """The token has the scope that the view names for this method (`view.scopes`); "" is for every token."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        access = request.auth
        if not isinstance(access, Access):
            raise SignInNeeded("Send a token: Authorization: Bearer ...", "token_needed")
        scope: str = getattr(view, "scopes", {}).get("GET" if request.method == "HEAD" else request.method, "")
        if scope:
            access.require(scope)
        return True
