"""Why an answer says what it says."""

from django.urls import path

from webapp.learning import views

urlpatterns = [
    path("answers/<uuid:answer_id>/why/", views.why, name="why"),
    path("answers/<uuid:answer_id>/why/panel/", views.why_panel, name="why_panel"),
    path("answers/<uuid:answer_id>/why/ask/", views.why_ask, name="why_ask"),
]
