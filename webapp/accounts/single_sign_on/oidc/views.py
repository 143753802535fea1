"""To the provider, and back from it."""

from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from webapp.accounts.single_sign_on.oidc.provider import HospitalOidcAdapter
from webapp.accounts.single_sign_on.troubles import told


@never_cache
@require_http_methods(["GET", "POST"])
@told
def login(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    view = OAuth2LoginView.adapter_view(HospitalOidcAdapter(request, provider_id))
    response: HttpResponseBase = view(request)
    return response


@never_cache
@require_GET
@told
def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    view = OAuth2CallbackView.adapter_view(HospitalOidcAdapter(request, provider_id))
    response: HttpResponseBase = view(request)
    return response
