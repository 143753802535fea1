"""Root routes. Uploads and websockets do not come this way: webapp/asgi.py."""

from django.urls import include, path

from webapp.lib import health
from webapp.lib.model_cards import model_card

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("models/<slug:name>/", model_card, name="model_card"),
    path("accounts/", include("webapp.accounts.sign_in_urls")),
    path("account/audit/", include("webapp.audit.urls")),
    path("account/", include("webapp.accounts.urls")),
    path("", include("webapp.jobs.urls")),
    path("", include("webapp.videos.urls")),
    path("", include("webapp.conversations.urls")),
]
