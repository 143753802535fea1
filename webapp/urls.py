"""Root routes. Not here: uploads and websockets (webapp/asgi.py), and health (webapp/lib/health.py)."""

from django.urls import include, path

from webapp.api.views.dicom import StowView
from webapp.lib.model_cards import model_card

handler500 = "webapp.lib.http.server_error"
urlpatterns = [
    path("models/<slug:name>/", model_card, name="model_card"),
    path("accounts/", include("webapp.accounts.sign_in_urls")),
    path("account/audit/", include("webapp.audit.urls")),
    path("account/", include("webapp.accounts.urls")),
    path("account/", include("webapp.api.pages.urls")),
    path("api/v1/", include("webapp.api.urls")),
    path("api/dicom/studies", StowView.as_view(), name="dicom_stow"),
    path("api/fhir/R4/", include("webapp.api.fhir.urls")),
    path("", include("webapp.api.oauth.urls")),
    path("", include("webapp.administration.urls")),
    path("", include("webapp.jobs.urls")),
    path("", include("webapp.videos.urls")),
    path("", include("webapp.conversations.urls")),
    path("", include("webapp.skills.urls")),
    path("", include("webapp.learning.urls")),
    path("training/", include("webapp.learning.training_urls")),
    path("", include("webapp.notices.urls")),
]
