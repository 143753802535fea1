"""What the clock does by the hour: left-over bytes and sessions removed. Safe to run twice at once."""

import structlog
from django.core.management import call_command
from django.utils import timezone
from oauth2_provider.models import clear_expired

from webapp.accounts.actors import worker_actor
from webapp.accounts.known_places import places_expire
from webapp.api.idempotency import requests_forget
from webapp.api.oauth.assertions import assertions_forget
from webapp.api.webhooks.sending import events_forget
from webapp.learning.service_watch import adapter_watch
from webapp.lib.erasure import remains_erase
from webapp.videos.cleanup import storage_tidy
from workers.celery import app

log = structlog.get_logger(__name__)


@app.task(name="workers.beat_tasks.expire_uploads")
def expire_uploads() -> None:
    num_removed = storage_tidy(now=timezone.now())
    remains_erase()
    if num_removed:
        log.info("storage_tidied", num_removed=num_removed)


@app.task(name="workers.beat_tasks.watch_adapter")
def watch_adapter() -> None:
    """What explains worse in service than its limits allow is rolled back without anybody asking."""
    move = adapter_watch(actor=worker_actor("clock"))
    if move is not None:
        log.warning("adapter_rolled_back", reason=move.reason)


@app.task(name="workers.beat_tasks.clear_sessions")
def clear_sessions() -> None:
    """Ended sessions, and browsers not seen for long, stay in their tables until somebody sweeps."""
    call_command("clearsessions")
    places_expire()


@app.task(name="workers.beat_tasks.forget_requests")
def forget_requests() -> None:
    """What the API keeps for a while: tokens given out, keys of requests, assertions seen, webhooks delivered."""
    clear_expired()
    requests_forget()
    assertions_forget()
    events_forget(now=timezone.now())
