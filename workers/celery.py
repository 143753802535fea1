"""The Celery application of the worker processes: `celery -A workers.celery worker -Q media`.

The application itself is made in webapp/jobs/queue.py, because the web process asks for work by name; this module
adds what only workers need: Django, the tasks, and Django's own logging instead of Celery's.
"""

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
django.setup()

from celery.signals import setup_logging  # noqa: E402 - Django has to be ready before anything that touches models

from webapp.jobs.kinds import WorkQueue, stages_on  # noqa: E402
from webapp.jobs.queue import celery_app  # noqa: E402


def task_modules(*queues: WorkQueue) -> tuple[str, ...]:
    """Where the tasks of these queues stand."""
    return tuple(sorted({stage.task_module for _, stage in stages_on(queues)}))


app = celery_app()
# The tasks that need models are added by workers/gpu.py; those of the clock stand in workers/clock.py.
app.conf.include = task_modules(WorkQueue.MEDIA, WorkQueue.TRAIN)
app.conf.worker_consumer = "workers.consumer:Consumer"


@setup_logging.connect
def keep_django_logging(**_signal: Any) -> None:
    """A receiver, even an empty one, stops Celery from replacing the handlers that settings.LOGGING made."""
