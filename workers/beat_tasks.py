"""What the clock does by the hour: left-over bytes and sessions removed. Safe to run twice at once."""

import structlog
from django.core.management import call_command
from django.utils import timezone

from webapp.accounts.known_places import places_expire
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


@app.task(name="workers.beat_tasks.clear_sessions")
def clear_sessions() -> None:
    """Ended sessions, and browsers not seen for long, stay in their tables until somebody sweeps."""
    call_command("clearsessions")
    places_expire()
