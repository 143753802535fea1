from django.urls import path

from webapp.conversations import views
from webapp.conversations.export_views import conversation_export
from webapp.conversations.sse import answer_events

urlpatterns = [
    path("videos/<uuid:video_id>/conversation/", views.conversation, name="conversation"),
    path("videos/<uuid:video_id>/conversation/shown/", views.conversation_shown, name="conversation_shown"),
    path("videos/<uuid:video_id>/conversation/export/<slug:kind>/", conversation_export, name="conversation_export"),
    path("videos/<uuid:video_id>/questions/", views.ask, name="question_ask"),
    path("questions/<uuid:question_id>/edit/", views.edit, name="question_edit"),
    path("answers/<uuid:answer_id>/", views.answer, name="answer"),
    path("answers/<uuid:answer_id>/events", answer_events, name="answer_events"),
    path("answers/<uuid:answer_id>/stop/", views.stop, name="answer_stop"),
    path("answers/<uuid:answer_id>/regenerate/", views.regenerate, name="answer_regenerate"),
    path("answers/<uuid:answer_id>/show/", views.show, name="answer_show"),
    path("answers/<uuid:answer_id>/thumb/", views.thumb, name="answer_thumb"),
]
