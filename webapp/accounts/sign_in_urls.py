"""/accounts/…: allauth's pages. Addresses are given and changed by administrators, so its address page is left out."""

from django.urls import include, path, reverse_lazy
from django.views.generic import RedirectView

urlpatterns = [
    path("email/", RedirectView.as_view(pattern_name="account")),
    # Whom their hospital signs in has none, and gives themselves none: it would open what the hospital has blocked.
    path("password/set/", RedirectView.as_view(pattern_name="account")),
    # Accounts of elsewhere are tied by signing in, not on a page, and nobody signs up.
    path("3rdparty/", RedirectView.as_view(pattern_name="account")),
    path("3rdparty/signup/", RedirectView.as_view(pattern_name="account_login")),
    path("3rdparty/login/cancelled/", RedirectView.as_view(pattern_name="account_login")),
    path("3rdparty/login/error/", RedirectView.as_view(pattern_name="account_login")),
    path("social/<path:rest>", RedirectView.as_view(url=reverse_lazy("account_login"))),
    path("", include("allauth.urls")),
]
