"""Root routes."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("webapp.accounts.sign_in_urls")),
    path("account/audit/", include("webapp.audit.urls")),
    path("account/", include("webapp.accounts.urls")),
    path("", include("webapp.conversations.urls")),
]
