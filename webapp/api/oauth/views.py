"""/oauth/…: tokens for clients of hospitals, asking what one is good for, taking it back; and what SMART calls them.

Errors are those of RFC 6749: that is what OAuth clients read.
"""

import base64
import binascii
import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from oauth2_provider.models import get_access_token_model
from oauth2_provider.views import RevokeTokenView, TokenView
from oauthlib.common import Request

from webapp.accounts.actors import Actor
from webapp.api.models import ApiClient
from webapp.api.oauth.assertions import ALGORITHMS, AssertionRefused, claimed_client
from webapp.api.oauth.validator import TOKEN_ADDRESS, ClientValidator
from webapp.api.problems import problem_response
from webapp.api.scopes import SCOPES
from webapp.api.throttling import caller_by_address, quota_use, require_quota
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.lib.errors import TooManyAttempts

NOT_KNOWN = {"error": "invalid_client"}


class ClientTokenView(TokenView):  # type: ignore[misc]
    """POST grant_type=client_credentials, by a secret (HTTP Basic) or by a signed assertion."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            require_quota(quota_use(caller_by_address(request)))
        except TooManyAttempts as error:
            return problem_response(error, request)
        _tell_address(request)
        response: HttpResponse = self.authorization_flow_token_response(request)
        _record(request, is_good=response.status_code == 200)
        return response


@method_decorator(csrf_exempt, name="dispatch")
class IntrospectView(View):
    """RFC 7662, for a client: of tokens of its own hospital's clients. Any other is no more to it than nonsense."""

    def post(self, request: HttpRequest) -> HttpResponse:
        _tell_address(request)
        oauth = _oauth_request(request)
        if not ClientValidator().authenticate_client(oauth):
            return JsonResponse(NOT_KNOWN, status=401, headers={"WWW-Authenticate": 'Basic realm="debrief"'})
        token = request.POST.get("token", "")
        if not token:
            return JsonResponse({"error": "invalid_request"}, status=400)
        return JsonResponse(_told(token, oauth.client))


class ClientRevokeView(RevokeTokenView):  # type: ignore[misc]
    """RFC 7009: a client takes back its own token."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _tell_address(request)
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response


@require_safe
def smart_configuration(request: HttpRequest) -> JsonResponse:
    """SMART App Launch 2.2: what a client has to know before it has a token."""
    return JsonResponse(
        {
            "token_endpoint": request.build_absolute_uri(reverse("oauth_token")),
            "introspection_endpoint": request.build_absolute_uri(reverse("oauth_introspect")),
            "revocation_endpoint": request.build_absolute_uri(reverse("oauth_revoke")),
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": [value for value, _ in ApiClient.AuthMethod.choices],
            "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
            "scopes_supported": sorted(SCOPES),
            "capabilities": ["client-confidential-asymmetric", "permission-v2"],
            "code_challenge_methods_supported": ["S256"],
        }
    )


def _tell_address(request: HttpRequest) -> None:
    """The audience that assertions name, whichever of these addresses they are sent to."""
    request.META[TOKEN_ADDRESS] = request.build_absolute_uri(reverse("oauth_token"))


def _oauth_request(request: HttpRequest) -> Request:
    headers = {name: text for name, text in request.META.items() if isinstance(text, str)}
    return Request(request.path, request.method, list(request.POST.items()), headers)


def _told(token: str, client: ApiClient) -> dict[str, Any]:
    checksum = hashlib.sha256(token.encode()).hexdigest()
    rows = get_access_token_model().objects.select_related("application")
    row = rows.filter(token_checksum=checksum, application__hospital_id=client.hospital_id).first()
    if row is None or row.is_expired() or not row.application.is_active:
        return {"active": False}
    return {
        "active": True,
        "client_id": row.application.client_id,
        "scope": row.scope,
        "exp": int(row.expires.timestamp()),
        "token_type": "Bearer",
    }


def _record(request: HttpRequest, *, is_good: bool) -> None:
    """In the chain of the hospital whose client it is, or says it is. What nobody knows has no chain."""
    client = ApiClient.objects.select_related("membership__user", "hospital").filter(client_id=_named(request)).first()
    if client is None:
        return
    audit_record(
        action=Action.API_CLIENT_SIGN_IN if is_good else Action.API_CLIENT_SIGN_IN_FAILED,
        actor=Actor(membership=client.membership, via="api") if is_good else None,
        hospital=client.hospital,
        object_type="apiclient",
        object_id=str(client.pk),
    )


def _named(request: HttpRequest) -> str:
    assertion = request.POST.get("client_assertion", "")
    if assertion:
        try:
            return claimed_client(assertion)
        except AssertionRefused:
            return ""
    return request.POST.get("client_id", "") or _basic_name(request)


def _basic_name(request: HttpRequest) -> str:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(text).decode("utf-8", "replace").partition(":")[0]
    except (binascii.Error, ValueError):
        return ""
