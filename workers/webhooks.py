"""Webhooks on their way out, in the clock's process: several at once, so that one that hangs holds up no other."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from django.db import DatabaseError, close_old_connections, connections

from webapp.api.models import WebhookDelivery
from webapp.api.webhooks.sending import deliveries_due, delivery_send

log = structlog.get_logger(__name__)
EVERY_S = 1.0
AT_ONCE = 8


def deliver(stop: threading.Event, *, every_s: float = EVERY_S) -> None:
    """Until told to stop."""
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="webhook") as pool:
        while not stop.wait(every_s):
            deliver_once(pool)
            close_old_connections()


def deliver_once(pool: ThreadPoolExecutor) -> int:
    """Hands what is due to the pool, as many as can begin soon. Returns how many."""
    try:
        due = deliveries_due(limit=2 * AT_ONCE)
    except DatabaseError as error:
        log.warning("webhooks_could_not_look", error=str(error))
        return 0
    for delivery in due:
        pool.submit(_send, delivery)
    return len(due)


def _send(delivery: WebhookDelivery) -> None:
    facts: dict[str, Any] = {"delivery": str(delivery.pk), "webhook": str(delivery.webhook_id)}
    try:
        log.info("webhook_sent", is_delivered=delivery_send(delivery), **facts)
    except Exception:  # whatever it is, the claim runs out and the delivery is tried again
        log.exception("webhook_failed", **facts)
    finally:
        connections.close_all()
