"""What goes wrong on the way to a provider and back is told on a page; none of it is a fault of this server."""

import logging
from collections.abc import Callable
from functools import wraps

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from onelogin.saml2.errors import OneLogin_Saml2_Error

from webapp.lib.errors import ApplicationError

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]


class ProviderUnreachable(ApplicationError):
    """Your hospital's sign-in did not answer as it should. Try again in a moment, or sign in with a password."""

    status = 502
    default_code = "provider_unreachable"
    permanent = False


def told(view: View) -> View:
    """OSError: also what the libraries' connections raise. ValueError and KeyError: of answers that are no answer."""

    @wraps(view)
    def wrapped(request: HttpRequest, **which: str) -> HttpResponseBase:
        try:
            return view(request, **which)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error
        except ImmediateHttpResponse as refusal:
            response: HttpResponseBase = refusal.response
            return response
        except (requests.RequestException, OAuth2Error, OneLogin_Saml2_Error, OSError, ValueError, KeyError) as error:
            logger.warning("sign-in provider %s: %s: %s", which, type(error).__name__, error)
            raise ProviderUnreachable from error

    return wrapped
