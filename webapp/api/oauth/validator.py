"""What the OAuth library asks of us: who a client is, and what its tokens may reach."""

from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes
from oauthlib.common import Request

from webapp.api.models import ApiClient
from webapp.api.oauth.assertions import ASSERTION_TYPE, AssertionRefused, assertion_check, claimed_client
from webapp.api.scopes import SCOPES

# What the library hands on of a request are its META values; this one is set by our views, and by no client.
TOKEN_ADDRESS = "debrief.token_address"  # noqa: S105 - a name


class ClientScopes(BaseScopes):  # type: ignore[misc]
    """Of a client: those that its administrator gave it."""

    def get_all_scopes(self) -> dict[str, str]:
        return {name: scope.words for name, scope in SCOPES.items()}

    def get_available_scopes(self, application: ApiClient | None = None, *_: Any, **__: Any) -> list[str]:
        return [name for name in application.scopes if name in SCOPES] if application else []

    def get_default_scopes(self, application: ApiClient | None = None, *_: Any, **__: Any) -> list[str]:
        return self.get_available_scopes(application)


class ClientValidator(OAuth2Validator):  # type: ignore[misc]
    """A client has one way to prove itself, the one it was registered with."""

    def client_authentication_required(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        return True

    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        if getattr(request, "client_assertion", None):
            return self._authenticate_assertion(request)
        if not super().authenticate_client(request, *args, **kwargs):
            return False
        return _may_come(request.client, ApiClient.AuthMethod.SECRET)

    def authenticate_client_id(self, *_: Any, **__: Any) -> bool:
        """There are no clients without proof."""
        return False

    def _authenticate_assertion(self, request: Request) -> bool:
        if getattr(request, "client_assertion_type", None) != ASSERTION_TYPE:
            return False
        try:
            client_id = claimed_client(request.client_assertion)
            if request.client_id not in (None, "", client_id):
                return False
            client = ApiClient.objects.select_related("membership__user").filter(client_id=client_id).first()
            if client is None or not _may_come(client, ApiClient.AuthMethod.PRIVATE_KEY):
                return False
            assertion_check(request.client_assertion, client, audience=request.headers[TOKEN_ADDRESS])
        except AssertionRefused:
            return False
        request.client, request.client_id = client, client.client_id
        return True


def _may_come(client: ApiClient, method: str) -> bool:
    return client.is_active and client.membership.user.is_active and client.token_endpoint_auth_method == method
