"""/accounts/…: allauth's pages. Addresses are given and changed by administrators, so its address page is left out."""

from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("email/", RedirectView.as_view(pattern_name="account")),
    path("", include("allauth.urls")),
]
