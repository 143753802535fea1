"""The Celery application of the clock: `celery -A workers.clock beat`.

The clock does its work itself, in its own process. On a queue that conversions share, the watchdog would wait behind
them for hours, and an answer whose worker died would look alive for as long.
"""

from typing import Any

from celery.signals import task_postrun, task_prerun
from django.db import close_old_connections

from workers.celery import app

app.conf.include = ("workers.beat_tasks",)
# Called by the scheduler, a task then runs where it is called.
app.conf.task_always_eager = True


@task_prerun.connect
@task_postrun.connect
def drop_dead_connections(**_signal: Any) -> None:
    """Celery does this for workers only; without it the clock would not outlive a restart of the database."""
    close_old_connections()
