"""To the provider, and back from it by a form that the browser posts from there.

`organization_slug` is what allauth calls the provider's id in these addresses.
"""

import time

from allauth.socialaccount.providers.saml import views
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from lxml.etree import XMLSyntaxError
from onelogin.saml2.errors import OneLogin_Saml2_Error

from webapp.accounts.single_sign_on.adapter import provider_get
from webapp.accounts.single_sign_on.troubles import told
from webapp.lib.cache import count
from webapp.lib.clients import client_ip
from webapp.lib.errors import PermissionRefused, TooLarge, TooManyAttempts

# Of a signed and encrypted assertion with many groups; kept in a session until the browser comes back by itself.
RESPONSE_MAX_BYTES = 256 * 1024
RESPONSES_PER_MINUTE = 300
UNREADABLE = "What came back from your hospital's sign-in could not be read. Begin again from the sign-in page."


def require_pace(request: HttpRequest) -> None:
    """A hospital is one address; a stranger who fills the table of sessions is one too. Raises TooManyAttempts."""
    minute = int(time.time() // 60)
    if count(f"saml-acs:{client_ip(request)}:{minute}", keep_s=120) > RESPONSES_PER_MINUTE:
        raise TooManyAttempts


@never_cache
@require_http_methods(["GET", "POST"])
@told
def login(request: HttpRequest, organization_slug: str) -> HttpResponseBase:
    response: HttpResponseBase = views.login(request, organization_slug=organization_slug)
    return response


@csrf_exempt
@never_cache
@require_POST
@told
def acs(request: HttpRequest, organization_slug: str) -> HttpResponseBase:
    """Keeps what came, and has the browser come again with its own cookies. It is judged then."""
    provider_get(organization_slug)
    require_pace(request)
    if int(request.headers.get("Content-Length") or RESPONSE_MAX_BYTES + 1) > RESPONSE_MAX_BYTES:
        raise TooLarge
    response: HttpResponseBase = views.acs(request, organization_slug=organization_slug)
    return response


@never_cache
@require_GET
@told
def finish_acs(request: HttpRequest, organization_slug: str) -> HttpResponseBase:
    """What cannot be read is no answer of the provider's: anybody can post to the address before."""
    try:
        response: HttpResponseBase = views.finish_acs(request, organization_slug=organization_slug)
    except (OneLogin_Saml2_Error, XMLSyntaxError, ValueError, KeyError) as error:
        raise PermissionRefused(UNREADABLE, "sign_in_failed") from error
    return response


@require_GET
@told
def metadata(request: HttpRequest, organization_slug: str) -> HttpResponseBase:
    """What the hospital's directory wants to know of us."""
    response: HttpResponseBase = views.metadata(request, organization_slug=organization_slug)
    return response


@require_GET
def sls(request: HttpRequest, organization_slug: str) -> HttpResponseBase:
    """Signing out here is asked for here: a request that nobody has to sign could come from anybody."""
    provider_get(organization_slug)
    return redirect("account_logout")
