"""The Celery application of the clock: `celery -A workers.clock beat`.

The clock does its work itself, in its own process. On a queue that conversions share, the watchdog would wait behind
them for hours, and an answer whose worker died would look alive for as long. The watchdog has a thread of its own,
because beat goes by the wall clock: set back by an hour, it would not call for an hour. So have webhooks: they wait for
receivers (webhooks.py).
"""

import threading
from typing import Any

import structlog
from celery.signals import beat_init, task_postrun, task_prerun
from django.db import DatabaseError, close_old_connections

from workers.celery import app

# isort: split
# Makes use of models: only after workers.celery made Django ready.
from webapp.jobs.watchdog import EVERY_S, Watchdog
from workers.webhooks import deliver

log = structlog.get_logger(__name__)

app.conf.include = ("workers.beat_tasks",)
# Called by the scheduler, a task then runs where it is called.
app.conf.task_always_eager = True


@task_prerun.connect
@task_postrun.connect
def drop_dead_connections(**_signal: Any) -> None:
    """Celery does this for workers only; without it the clock would not outlive a restart of the database."""
    close_old_connections()


@beat_init.connect
def start_watchdog(**_signal: Any) -> None:
    threading.Thread(target=watch, args=(threading.Event(),), name="watchdog", daemon=True).start()


@beat_init.connect
def start_webhooks(**_signal: Any) -> None:
    threading.Thread(target=deliver, args=(threading.Event(),), name="webhooks", daemon=True).start()


def watch(stop: threading.Event, *, every_s: float = EVERY_S) -> None:
    """Until told to stop; `wait` goes by the clock that nobody can set."""
    watchdog = Watchdog()
    while not stop.wait(every_s):
        look_once(watchdog)
        close_old_connections()


def look_once(watchdog: Watchdog) -> None:
    try:
        for job in watchdog.look():
            log.warning("job_recovered", job_id=str(job.pk), stage=job.stage, status=job.status, attempts=job.attempts)
    except DatabaseError as error:
        log.warning("watchdog_could_not_look", error=str(error))
    except Exception:  # the watchdog is the last to give up
        log.exception("watchdog_failed")
