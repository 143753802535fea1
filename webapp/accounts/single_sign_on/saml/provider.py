"""SAML 2.0 as allauth has it, with the names of attributes that hospitals' directories send."""

from typing import Any

from allauth.socialaccount.providers.saml.provider import SAMLProvider
from allauth.socialaccount.providers.saml.utils import build_auth
from django.http import HttpRequest, HttpResponseRedirect
from onelogin.saml2.constants import OneLogin_Saml2_Constants

from webapp.lib.errors import PermissionRefused

# By SAML attribute name, OID and the address of a claim (AD FS, Entra).
ATTRIBUTES = {
    "uid": [
        "urn:oasis:names:tc:SAML:attribute:subject-id",
        "urn:oasis:names:tc:SAML:attribute:pairwise-id",
        "http://schemas.microsoft.com/identity/claims/objectidentifier",
    ],
    "email": [
        "urn:oid:0.9.2342.19200300.100.1.3",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        "mail",
        "email",
    ],
    "email_verified": ["http://schemas.auth0.com/email_verified", "email_verified"],
    "name": ["urn:oid:2.16.840.1.113730.3.1.241", "http://schemas.microsoft.com/identity/claims/displayname", "name"],
    "first_name": ["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", "urn:oid:2.5.4.42", "givenName"],
    "last_name": ["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", "urn:oid:2.5.4.4", "sn"],
}


class HospitalSamlProvider(SAMLProvider):  # type: ignore[misc]
    default_attribute_mapping = ATTRIBUTES

    def extract_uid(self, data: Any) -> str:
        """Raises PermissionRefused for a name that is another one at every sign-in."""
        given = self._extract(data).get("uid")
        if given is None and data.get_nameid_format() == OneLogin_Saml2_Constants.NAMEID_TRANSIENT:
            raise PermissionRefused(f"{self.name} sends a name of yours that changes every time.", "subject_transient")
        return str(given or data.get_nameid() or "")

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponseRedirect:
        """As allauth's, and asks the provider to have people prove themselves anew."""
        auth = build_auth(request, self)
        address = auth.login(return_to="", force_authn=bool(self.app.settings["asks_again"]))
        self.stash_redirect_state(request, process, next_url, data, state_id=auth.get_last_request_id(), **kwargs)
        return HttpResponseRedirect(address)
