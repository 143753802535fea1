"""Webhooks of the hospital: where its systems are told what happened, and what became of each telling."""

import uuid
from typing import ClassVar

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.api.conditional import require_match, tagged
from webapp.api.models import Webhook
from webapp.api.serializers import webhooks as wire
from webapp.api.serializers.out import page_serializer
from webapp.api.serializers.strict import PageQuery
from webapp.api.views.base import ApiView, listed
from webapp.api.views.schema import IF_MATCH, problems
from webapp.api.webhooks import services

READ, WRITE = "webhooks:read", "webhooks:write"


class WebhookListView(ApiView):
    scopes: ClassVar = {"GET": READ, "POST": WRITE}
    query = PageQuery

    @extend_schema(
        operation_id="webhooks_list",
        parameters=[PageQuery],
        responses={200: page_serializer(wire.WebhookOut), **problems(404)},
    )
    def get(self, request: Request) -> Response:
        rows = services.webhook_list_for_admin(self.actor)
        return listed(self.page(rows, by=("created_at", "pk")), wire.webhook_body)

    @extend_schema(
        operation_id="webhooks_add", request=wire.WebhookIn, responses={201: wire.KeyOut, **problems(409, 422)}
    )
    def post(self, request: Request) -> Response:
        """The key in the answer is what signatures are checked with. It is not shown again."""
        webhook, key = services.webhook_create(actor=self.actor, **self.body(wire.WebhookIn))
        body = wire.key_body(webhook, key)
        return Response(body, status=201, headers={"Location": body["url"]})


class WebhookView(ApiView):
    scopes: ClassVar = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}

    @extend_schema(operation_id="webhooks_get", responses={200: wire.WebhookOut, **problems(404)})
    def get(self, request: Request, webhook_id: uuid.UUID) -> Response:
        return tagged(request, wire.webhook_body(services.webhook_get_for_admin(self.actor, webhook_id)))

    @extend_schema(
        operation_id="webhooks_change",
        parameters=[IF_MATCH],
        request=wire.WebhookChange,
        responses={200: wire.WebhookOut, **problems(404, 412, 422, 428)},
    )
    def patch(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Switched off, nothing is sent; what waits is sent once it is on again."""
        change = self.body(wire.WebhookChange)
        with transaction.atomic():
            webhook = self._to_change(request, webhook_id)
            services.webhook_set_active(webhook, actor=self.actor, **change)
        return tagged(request, wire.webhook_body(webhook))

    @extend_schema(
        operation_id="webhooks_remove", parameters=[IF_MATCH], responses={204: None, **problems(404, 412, 428)}
    )
    def delete(self, request: Request, webhook_id: uuid.UUID) -> Response:
        with transaction.atomic():
            services.webhook_remove(self._to_change(request, webhook_id), actor=self.actor)
        return Response(status=204)

    def _to_change(self, request: Request, webhook_id: uuid.UUID) -> Webhook:
        Webhook.objects.select_for_update().filter(pk=webhook_id).first()
        webhook = services.webhook_get_for_admin(self.actor, webhook_id)
        require_match(request, wire.webhook_body(webhook))
        return webhook


class WebhookRotateView(ApiView):
    scopes: ClassVar = {"POST": WRITE}

    @extend_schema(operation_id="webhooks_rotate", request=None, responses={200: wire.KeyOut, **problems(404)})
    def post(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """A new key. The one before signs too for a day."""
        webhook = services.webhook_get_for_admin(self.actor, webhook_id)
        return Response(wire.key_body(webhook, services.webhook_rotate(webhook, actor=self.actor)))


class WebhookPingView(ApiView):
    scopes: ClassVar = {"POST": WRITE}

    @extend_schema(operation_id="webhooks_ping", request=None, responses={202: wire.DeliveryOut, **problems(404, 409)})
    def post(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Sends an event of type `ping`."""
        webhook = services.webhook_get_for_admin(self.actor, webhook_id)
        return Response(wire.delivery_body(services.webhook_ping(webhook, actor=self.actor)), status=202)


class DeliveryListView(ApiView):
    scopes: ClassVar = {"GET": READ}
    query = PageQuery

    @extend_schema(
        operation_id="deliveries_list",
        parameters=[PageQuery],
        responses={200: page_serializer(wire.DeliveryOut), **problems(404)},
    )
    def get(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """The newest first, with every attempt. Kept for 30 days."""
        webhook = services.webhook_get_for_admin(self.actor, webhook_id)
        return listed(self.page(services.delivery_list(webhook), by=("created_at", "pk")), wire.delivery_body)


class DeliveryView(ApiView):
    scopes: ClassVar = {"GET": READ}

    @extend_schema(operation_id="deliveries_get", responses={200: wire.DeliveryOut, **problems(404)})
    def get(self, request: Request, webhook_id: uuid.UUID, delivery_id: uuid.UUID) -> Response:
        webhook = services.webhook_get_for_admin(self.actor, webhook_id)
        return tagged(request, wire.delivery_body(services.delivery_get(webhook, delivery_id)))


class DeliveryReplayView(ApiView):
    scopes: ClassVar = {"POST": WRITE}

    @extend_schema(
        operation_id="deliveries_replay", request=None, responses={202: wire.DeliveryOut, **problems(404, 409)}
    )
    def post(self, request: Request, webhook_id: uuid.UUID, delivery_id: uuid.UUID) -> Response:
        """Sent again, with the id it had."""
        webhook = services.webhook_get_for_admin(self.actor, webhook_id)
        delivery = services.delivery_replay(services.delivery_get(webhook, delivery_id), actor=self.actor)
        return Response(wire.delivery_body(delivery), status=202)
