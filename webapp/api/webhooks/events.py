"""What can happen that hospitals' systems are told of, and the outbox that it goes into."""

import uuid

from webapp.accounts.models import Hospital
from webapp.api.models import Webhook, WebhookDelivery, WebhookEvent

EVENT_TYPES: dict[str, str] = {
    "video.created": "A video was added",
    "video.ready": "A video can be asked about",
    "video.rejected": "A file can never be used",
    "video.failed": "A video could not be prepared",
    "video.cancelled": "Preparing a video was cancelled",
    "video.removed": "A video was removed",
    "answer.finished": "An answer is written, or has ended without one",
    "explanation.finished": "An explanation is written, or has ended without one",
    "job.finished": "Background work ended, however it did",
}
PING = "ping"


def event_emit(event_type: str, *, hospital_id: uuid.UUID, object_id: uuid.UUID | str) -> None:
    """In the caller's transaction: what is rolled back is told to nobody, and what is committed is not forgotten."""
    wanting = [
        webhook
        for webhook in Webhook.objects.filter(hospital_id=hospital_id, is_active=True)
        if event_type in webhook.event_types
    ]
    if wanting:
        deliveries_create(event_type, hospital_id=hospital_id, object_id=object_id, webhooks=wanting)


def deliveries_create(
    event_type: str, *, hospital_id: uuid.UUID, object_id: uuid.UUID | str, webhooks: list[Webhook]
) -> list[WebhookDelivery]:
    event = WebhookEvent.objects.create(hospital=Hospital(pk=hospital_id), type=event_type, object_id=str(object_id))
    return WebhookDelivery.objects.bulk_create(WebhookDelivery(webhook=webhook, event=event) for webhook in webhooks)
