"""Webhooks and their deliveries on the wire."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from webapp.api.models import Webhook, WebhookDelivery
from webapp.api.serializers.strict import Pattern, StrictSerializer, Text, YesNo
from webapp.api.webhooks.events import EVENT_TYPES

# Host names and literals; where it may not lead is told apart (403).
ADDRESS = r"^https?://([A-Za-z0-9.-]{1,250}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?(/[!-~]*)?$"


class WebhookIn(StrictSerializer):
    name = Text(max_length=100)
    url = Pattern(
        ADDRESS, max_length=500, help_text="https://, or http:// where whoever runs the site allowed the host."
    )
    event_types = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(EVENT_TYPES)), min_length=1, max_length=len(EVENT_TYPES)
    )
    signing = serializers.ChoiceField(choices=Webhook.Signing.choices, required=False, default=Webhook.Signing.HMAC)


class WebhookChange(StrictSerializer):
    is_active = YesNo()


class WebhookOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    name = serializers.CharField()
    receiver_url = serializers.CharField()
    event_types = serializers.ListField(child=serializers.CharField())
    signing = serializers.ChoiceField(choices=Webhook.Signing.choices)
    is_active = serializers.BooleanField()
    off_reason = serializers.CharField()
    created_at = serializers.DateTimeField()


class KeyOut(serializers.Serializer[Any]):
    """Shown here and nowhere else: the secret of `v1` (whsec_...), the public key of `v1a` (whpk_...)."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    key = serializers.CharField()


class AttemptOut(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    status = serializers.IntegerField(help_text="Of HTTP; 0 where nobody answered.")
    error = serializers.CharField()
    took_ms = serializers.IntegerField()


class DeliveryOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    event_type = serializers.CharField()
    object_id = serializers.CharField()
    status = serializers.ChoiceField(choices=WebhookDelivery.Status.choices)
    next_at = serializers.DateTimeField(allow_null=True)
    attempts = AttemptOut(many=True)
    created_at = serializers.DateTimeField()


def webhook_body(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": str(webhook.pk),
        "url": reverse("api:webhook", args=[webhook.pk]),
        "name": webhook.name,
        "receiver_url": webhook.url,
        "event_types": webhook.event_types,
        "signing": webhook.signing,
        "is_active": webhook.is_active,
        "off_reason": webhook.off_reason,
        "created_at": webhook.created_at.isoformat(),
    }


def key_body(webhook: Webhook, key: str) -> dict[str, str]:
    return {"id": str(webhook.pk), "url": reverse("api:webhook", args=[webhook.pk]), "key": key}


def delivery_body(delivery: WebhookDelivery) -> dict[str, Any]:
    is_pending = delivery.status == WebhookDelivery.Status.PENDING
    return {
        "id": str(delivery.pk),
        "url": reverse("api:delivery", args=[delivery.webhook_id, delivery.pk]),
        "event_type": delivery.event.type,
        "object_id": delivery.event.object_id,
        "status": delivery.status,
        "next_at": delivery.next_at.isoformat() if is_pending else None,
        "attempts": delivery.attempts,
        "created_at": delivery.created_at.isoformat(),
    }
