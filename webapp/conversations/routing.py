"""Websocket routes."""

from django.urls import path

from webapp.conversations.consumers import AnswerConsumer

websocket_urlpatterns = [path("ws/answers/<uuid:answer_id>/", AnswerConsumer.as_asgi())]
