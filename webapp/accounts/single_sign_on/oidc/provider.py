"""OpenID Connect, stricter than allauth: what the discovery document and the two tokens say has to fit together."""

from typing import Any

from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest

NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")


class HospitalOidcAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    @property
    def openid_config(self) -> dict[str, Any]:
        """Raises OAuth2Error for a document that is not the issuer's own (Discovery 1.0, section 4.3)."""
        config: dict[str, Any] = super().openid_config
        if not isinstance(config, dict) or any(not isinstance(config.get(name), str) for name in NEEDED):
            raise OAuth2Error("the discovery document lacks something")
        trusted = str(self.get_provider().app.settings["server_url"])
        if config["issuer"].rstrip("/") != trusted.rstrip("/"):
            raise OAuth2Error("the discovery document names another issuer")
        return config

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Raises OAuth2Error without an ID token, and where userinfo is about somebody else (Core 1.0, 5.3.2)."""
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("there is no ID token")
        login = super().complete_login(request, app, token, **kwargs)
        said = login.account.extra_data
        if said["userinfo"].get("sub") != said["id_token"].get("sub"):
            raise OAuth2Error("userinfo is about somebody else")
        return login


class HospitalOidcProvider(OpenIDConnectProvider):  # type: ignore[misc]
    oauth2_adapter_class = HospitalOidcAdapter

    def extract_uid(self, data: dict[str, Any]) -> str:
        subject = data["userinfo"].get("sub")
        if not isinstance(subject, str) or not subject:
            raise OAuth2Error("there is no subject")
        return subject

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Some providers write true as a text."""
        verified = data["userinfo"].get("email_verified")
        is_verified = None if verified is None else verified is True or verified == "true"
        return {**super().extract_common_fields(data), "email_verified": is_verified}

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """allauth would let the caller add to it."""
        return list(self.get_scope())

    def get_auth_params_from_request(self, request: HttpRequest, action: Any) -> dict[str, str]:
        return dict(self.get_auth_params())
