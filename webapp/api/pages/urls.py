"""/account/…: one's own tokens, and the hospital's clients and webhooks."""

from django.urls import path

from webapp.api.pages import clients, tokens, webhooks

urlpatterns = [
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/add/", tokens.token_add, name="token_add"),
    path("tokens/<uuid:token_id>/end/", tokens.token_end, name="token_end"),
    path("clients/", clients.api_clients, name="api_clients"),
    path("clients/add/", clients.api_client_add, name="api_client_add"),
    path("clients/<int:client_id>/secret/", clients.api_client_secret, name="api_client_secret"),
    path("clients/<int:client_id>/active/", clients.api_client_active, name="api_client_active"),
    path("clients/<int:client_id>/remove/", clients.api_client_remove, name="api_client_remove"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/add/", webhooks.webhook_add, name="webhook_add"),
    path("webhooks/<uuid:webhook_id>/", webhooks.webhook, name="webhook"),
    path("webhooks/<uuid:webhook_id>/rotate/", webhooks.webhook_rotate, name="webhook_rotate"),
    path("webhooks/<uuid:webhook_id>/active/", webhooks.webhook_active, name="webhook_active"),
    path("webhooks/<uuid:webhook_id>/ping/", webhooks.webhook_ping, name="webhook_ping"),
    path("webhooks/<uuid:webhook_id>/remove/", webhooks.webhook_remove, name="webhook_remove"),
    path(
        "webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/replay/",
        webhooks.delivery_replay,
        name="delivery_replay",
    ),
]
