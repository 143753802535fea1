"""Everything that people change about webhooks, and the only door to them: administrators, their own hospital's."""

import uuid
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.api.models import Webhook, WebhookDelivery
from webapp.api.services import record
from webapp.api.webhooks.events import EVENT_TYPES, PING, deliveries_create
from webapp.api.webhooks.signing import key_make, key_seal, told_key
from webapp.audit.actions import Action
from webapp.lib.errors import Conflict, InvalidInput, NotFound
from webapp.lib.outside import check_url

WEBHOOKS_PER_HOSPITAL = 20
# How long the old key signs beside the new one.
OVERLAP = timedelta(days=1)


def webhook_list_for_admin(actor: Actor) -> "QuerySet[Webhook]":
    return Webhook.objects.filter(hospital_id=actor.administrator.hospital_id)


def webhook_get_for_admin(actor: Actor, webhook_id: uuid.UUID) -> Webhook:
    """Raises NotFound."""
    webhook = webhook_list_for_admin(actor).filter(pk=webhook_id).first()
    if webhook is None:
        raise NotFound("There is no such webhook.")
    return webhook


def delivery_list(webhook: Webhook) -> "QuerySet[WebhookDelivery]":
    return webhook.deliveries.select_related("event")


def delivery_get(webhook: Webhook, delivery_id: uuid.UUID) -> WebhookDelivery:
    """Raises NotFound."""
    delivery = delivery_list(webhook).filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound("There is no such delivery.")
    return delivery


@transaction.atomic
def webhook_create(
    *, actor: Actor, name: str, url: str, event_types: Collection[str], signing: str = Webhook.Signing.HMAC
) -> tuple[Webhook, str]:
    """The row, and what the receiver checks signatures with. Raises InvalidInput or Conflict."""
    hospital = actor.administrator.hospital
    check_url(url)
    _require_known(event_types, signing)
    if Webhook.objects.filter(hospital=hospital).count() >= WEBHOOKS_PER_HOSPITAL:
        raise Conflict(f"There are {WEBHOOKS_PER_HOSPITAL} webhooks. Remove one first.", "too_many_webhooks")
    webhook = Webhook.objects.create(
        hospital=hospital,
        name=name.strip()[:100] or "Webhook",
        url=url,
        event_types=sorted(event_types),
        signing=signing,
        sealed_key=key_seal(key_make(signing)),
    )
    record(Action.WEBHOOK_CREATE, webhook, actor=actor, events=webhook.event_types)
    return webhook, told_key(webhook)


@transaction.atomic
def webhook_rotate(webhook: Webhook, *, actor: Actor) -> str:
    """What the receiver checks with from now on; the key before signs too for OVERLAP."""
    webhook.sealed_key_before, webhook.key_before_until = webhook.sealed_key, timezone.now() + OVERLAP
    webhook.sealed_key = key_seal(key_make(webhook.signing))
    webhook.save(update_fields=["sealed_key", "sealed_key_before", "key_before_until"])
    record(Action.WEBHOOK_ROTATE, webhook, actor=actor)
    return told_key(webhook)


@transaction.atomic
def webhook_set_active(webhook: Webhook, *, actor: Actor, is_active: bool) -> None:
    """What is on its way waits while it is off, and goes on once it is on again."""
    webhook.is_active, webhook.off_reason = is_active, ""
    webhook.save(update_fields=["is_active", "off_reason"])
    record(Action.WEBHOOK_UPDATE, webhook, actor=actor, is_active=is_active)


@transaction.atomic
def webhook_remove(webhook: Webhook, *, actor: Actor) -> None:
    record(Action.WEBHOOK_REMOVE, webhook, actor=actor)
    webhook.delete()


@transaction.atomic
def webhook_ping(webhook: Webhook, *, actor: Actor) -> WebhookDelivery:
    """An event that happened to nobody, to see whether the receiver hears."""
    _require_active(webhook)
    (delivery,) = deliveries_create(PING, hospital_id=webhook.hospital_id, object_id=webhook.pk, webhooks=[webhook])
    record(Action.WEBHOOK_REPLAY, webhook, actor=actor, delivery=str(delivery.pk))
    return delivery


@transaction.atomic
def delivery_replay(delivery: WebhookDelivery, *, actor: Actor) -> WebhookDelivery:
    """Sent again from the first attempt on, with the id it had."""
    _require_active(delivery.webhook)
    delivery.status, delivery.next_at, delivery.num_attempts = WebhookDelivery.Status.PENDING, timezone.now(), 0
    delivery.save(update_fields=["status", "next_at", "num_attempts"])
    record(Action.WEBHOOK_REPLAY, delivery.webhook, actor=actor, delivery=str(delivery.pk))
    return delivery


def _require_active(webhook: Webhook) -> None:
    if not webhook.is_active:
        raise Conflict("Switch the webhook on first.", "webhook_off")


def _require_known(event_types: Collection[str], signing: str) -> None:
    if not event_types or not set(event_types) <= set(EVENT_TYPES):
        raise InvalidInput("Choose what it is told of.", "events_invalid")
    if signing not in Webhook.Signing.values:
        raise InvalidInput("Choose how it is signed.", "choice_invalid")
