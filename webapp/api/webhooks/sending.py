"""Deliveries on their way: claimed, sent, and tried again by the schedule of Standard Webhooks.

2xx is delivered. 410 switches the webhook off. Anything else, a redirection too, is tried again; who says when
(Retry-After) is heeded. The claim is a moved `next_at`: a sender that dies is followed by the next one.
"""

import random
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from webapp.api.models import Webhook, WebhookDelivery, WebhookEvent
from webapp.api.webhooks.signing import body_of, headers_of
from webapp.lib.errors import ApplicationError
from webapp.lib.outside import TIMEOUT_S, Answer, send

# After the first attempt, which is made at once. Standard Webhooks 1.0.0, "retry schedule".
WAITS_S = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
MAX_ATTEMPTS = 1 + len(WAITS_S)
JITTER = 0.1
CLAIM_S = int(4 * TIMEOUT_S)
RETRY_AFTER_MAX_S = 24 * 3600
THROTTLED = (429, 502, 503, 504)
KEEP_DAYS = 30
GONE = 410
GONE_REASON = "The receiver answered that it is gone for good (410)."


def deliveries_due(*, now: datetime | None = None, limit: int = 100) -> list[WebhookDelivery]:
    """Claimed for the caller: nobody else gets them for CLAIM_S."""
    now = now or timezone.now()
    due = WebhookDelivery.objects.filter(
        status=WebhookDelivery.Status.PENDING, next_at__lte=now, webhook__is_active=True
    ).select_related("webhook", "event")
    return [delivery for delivery in due.order_by("next_at")[:limit] if _claim(delivery, now)]


def delivery_send(delivery: WebhookDelivery) -> bool:
    """One attempt. True if it was delivered."""
    started_s = time.monotonic()
    answer, error = _attempt(delivery)
    took_ms = int((time.monotonic() - started_s) * 1000)
    status = answer.status if answer else 0
    with transaction.atomic():
        row = WebhookDelivery.objects.select_for_update().filter(pk=delivery.pk).first()
        if row is None:
            return False
        row.num_attempts += 1
        tried = {"at": timezone.now().isoformat(), "status": status, "error": error, "took_ms": took_ms}
        row.attempts = [*row.attempts, tried][-2 * MAX_ATTEMPTS :]
        _settle(row, status=status, retry_after_s=_retry_after_s(answer))
        row.save(update_fields=["num_attempts", "attempts", "status", "next_at"])
        if status == GONE:
            Webhook.objects.filter(pk=row.webhook_id).update(is_active=False, off_reason=GONE_REASON)
    return row.status == WebhookDelivery.Status.DELIVERED


def events_forget(*, now: datetime) -> int:
    """Old events with their deliveries. Returns how many rows went."""
    return WebhookEvent.objects.filter(created_at__lt=now - timedelta(days=KEEP_DAYS)).delete()[0]


def _claim(delivery: WebhookDelivery, now: datetime) -> bool:
    claimed = WebhookDelivery.objects.filter(
        pk=delivery.pk, status=WebhookDelivery.Status.PENDING, next_at=delivery.next_at
    ).update(next_at=now + timedelta(seconds=CLAIM_S))
    return bool(claimed)


def _attempt(delivery: WebhookDelivery) -> tuple[Answer | None, str]:
    """The answer, or a sentence that says why there is none."""
    try:
        body = body_of(delivery)
        return send("POST", delivery.webhook.url, headers=headers_of(delivery, body), body=body), ""
    except ApplicationError as error:
        return None, error.message


def _settle(row: WebhookDelivery, *, status: int, retry_after_s: int) -> None:
    if 200 <= status < 300:
        row.status = WebhookDelivery.Status.DELIVERED
    elif status == GONE or row.num_attempts >= MAX_ATTEMPTS:
        row.status = WebhookDelivery.Status.FAILED
    else:
        wait_s = WAITS_S[row.num_attempts - 1] * (1 + random.uniform(0, JITTER))  # noqa: S311 - no secret
        row.next_at = timezone.now() + timedelta(seconds=max(wait_s, retry_after_s))


def _retry_after_s(answer: Answer | None) -> int:
    """Of who is too busy, in seconds; a date is left to the schedule."""
    given = answer.headers.get("retry-after", "") if answer and answer.status in THROTTLED else ""
    return min(RETRY_AFTER_MAX_S, int(given)) if given.isascii() and given.isdigit() and len(given) < 10 else 0
