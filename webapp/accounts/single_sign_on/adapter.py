"""How allauth's social accounts behave here: providers come from the settings, and people.py says who comes in."""

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.conf import settings
from django.http import HttpRequest

from webapp.accounts.models import User
from webapp.accounts.signals import sign_in_refused
from webapp.accounts.single_sign_on.people import SUBJECT_MAX_CHARS, Claim, person_of_claim
from webapp.lib.errors import ApplicationError, NotFound, PermissionRefused
from webapp.lib.http import error_response
from webapp.sign_in_providers import SignInProvider

logger = logging.getLogger(__name__)
KINDS = {"oidc": "openid_connect", "saml": "saml"}
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> Any:
        """Those of the settings; rows of the database are none."""
        del request
        apps = [_app(one) for one in settings.SINGLE_SIGN_ON]
        found = [app for app in apps if provider in (None, app.provider, app.provider_id)]
        return [app for app in found if client_id in (None, app.client_id)]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whoever may come in has an account by then."""
        return False

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:
        """`data`: the provider's fields. Nothing of them goes into a row by itself."""
        parts = (data.get("name"), data.get("first_name"), data.get("last_name"))
        whole, *rest = (str(part or "") for part in parts)
        sociallogin.claim = Claim(
            subject=sociallogin.account.uid,
            email=str(data.get("email") or ""),
            is_verified=data.get("email_verified"),
            name=(whole or " ".join(rest)).strip(),
        )
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Raises ImmediateHttpResponse with a page that says why not."""
        provider = provider_get(sociallogin.account.provider)
        try:
            if sociallogin.state.get("process") != "login":
                raise PermissionRefused("This way only leads in.", "sign_in_only")
            if len(sociallogin.claim.subject) > SUBJECT_MAX_CHARS:
                raise PermissionRefused("This account cannot be used here.", "sign_in_conflict")
            user = person_of_claim(provider, sociallogin.claim)
        except ApplicationError as error:
            sign_in_refused.send(
                sender=User,
                request=request,
                hospital_slug=provider.hospital,
                email=sociallogin.claim.email[:254],
                reason=error.code,
            )
            raise ImmediateHttpResponse(error_response(request, error)) from error
        sociallogin.account = SocialAccount.objects.get(provider=provider.id, uid=sociallogin.claim.subject)
        sociallogin.user = user

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """What went wrong at the provider goes to the log, and nothing of it onto the page.

        Nor into the audit log: nobody has proved to be anyone, and strangers could fill it.
        """
        trusted = provider_get(provider.app.provider_id)
        if error == AuthError.CANCELLED:
            cancelled = PermissionRefused(f"You did not sign in at {trusted.name}.", "sign_in_cancelled")
            raise ImmediateHttpResponse(error_response(request, cancelled))
        told = (extra_context or {}).get("saml_last_error_reason")
        logger.warning("sign-in by %s failed: %s %s %s", trusted.id, error, exception or "", told or "")
        sentence = f"Signing in by {trusted.name} did not work. Begin again from the sign-in page."
        raise ImmediateHttpResponse(error_response(request, PermissionRefused(sentence, "sign_in_failed")))


def provider_get(provider_id: str) -> SignInProvider:
    """Raises NotFound."""
    for provider in settings.SINGLE_SIGN_ON:
        if provider.id == provider_id:
            found: SignInProvider = provider
            return found
    raise NotFound


def _app(provider: SignInProvider) -> SocialApp:
    """The shape in which allauth takes it; never saved."""
    return SocialApp(
        provider=KINDS[provider.protocol],
        provider_id=provider.id,
        name=provider.name[:40],
        # allauth finds SAML's by what stands in their addresses
        client_id=provider.client_id if provider.protocol == "oidc" else provider.id,
        secret=provider.client_secret,
        settings=_oidc(provider) if provider.protocol == "oidc" else _saml(provider),
    )


def _oidc(provider: SignInProvider) -> dict[str, Any]:
    return {
        "server_url": provider.issuer,
        "oauth_pkce_enabled": True,
        "auth_params": {"prompt": "login"} if provider.asks_again else {},
    }


def _saml(provider: SignInProvider) -> dict[str, Any]:
    described = {"metadata_url": provider.metadata_url} if provider.metadata_url else _idp(provider)
    return {
        "idp": {"entity_id": provider.entity_id, **described},
        "advanced": {
            "want_assertion_signed": True,
            "want_name_id": True,
            "name_id_format": PERSISTENT,
            # A server of the house may be called by one word.
            "allow_single_label_domains": True,
        },
        "asks_again": provider.asks_again,
    }


def _idp(provider: SignInProvider) -> dict[str, str]:
    return {"sso_url": provider.sign_in_url, "x509cert": provider.certificate}
