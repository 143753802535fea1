"""The only mention of the broker: how a job is handed over after commit, and which jobs have a message waiting.

Ids travel, objects do not. A lost or doubled message is harmless: the row says what is to be done, work is claimed by
conditional update, and the watchdog hands over again what got no answer.
"""

import json
import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from celery import Celery
from django.conf import settings
from kombu import Queue
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from webapp.jobs.kinds import Stage, WorkQueue

logger = logging.getLogger(__name__)

EXPIRE_UPLOADS_EVERY_S = 600
FORGET_REQUESTS_EVERY_S = 3600
WATCH_ADAPTER_EVERY_S = 60
CLEAR_SESSIONS_EVERY_S = 24 * 3600
_BROKER_ERRORS = (KombuError, RedisError, OSError)
# Longer than any stage: what a dead worker held comes back through the watchdog long before this.
VISIBILITY_TIMEOUT_S = 24 * 3600
BROKER_TIMEOUT_S = 2
# A broker that takes connections but says nothing: longer than the second that a worker waits for a message.
BROKER_SILENCE_S = 4
_kept_here: ContextVar[uuid.UUID | None] = ContextVar("kept_here", default=None)


@lru_cache(maxsize=1)
def celery_app() -> Celery:
    """The configured app. workers/celery.py adds the task modules; the web process only sends by name."""
    app = Celery("debrief", broker=settings.BROKER_URL)
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        # A message is done with once its work begins; what becomes of the work stands in the row. An acknowledgement
        # at the end would meet a connection that a restarted Redis has cut, and that ends the whole worker process.
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        task_default_queue=WorkQueue.MEDIA.value,
        task_queues=[Queue(name.value) for name in WorkQueue],
        broker_connection_retry_on_startup=True,
        broker_transport_options=_transport_options(),
        timezone=settings.TIME_ZONE,
        beat_schedule=_beat_schedule(),
        beat_schedule_filename=str(settings.VAR_DIR / "beat-schedule"),
    )
    return app


@contextmanager
def kept_here(job_id: uuid.UUID) -> Iterator[None]:
    """Whoever is inside works on this job's stages one after the other: no message about them goes out."""
    before = _kept_here.set(job_id)
    try:
        yield
    finally:
        _kept_here.reset(before)


def is_kept_here(job_id: uuid.UUID) -> bool:
    return _kept_here.get() == job_id


def enqueue(job_id: uuid.UUID, stage: Stage) -> bool:
    """Hands one job to its queue. False when the broker cannot be reached; the row then waits for the watchdog."""
    try:
        celery_app().send_task(
            stage.task,
            args=(str(job_id), stage.name),
            task_id=message_id(job_id, stage.name),
            queue=stage.queue.value,
            retry=False,
        )
    except _BROKER_ERRORS as error:
        logger.warning("job not handed over, the broker did not answer: %s %s", job_id, error)
        return False
    return True


def message_id(job_id: uuid.UUID, stage_name: str) -> str:
    """The same for every message about one stage of one job."""
    return f"{job_id}:{stage_name}"


def waiting_in(queue: WorkQueue) -> set[str] | None:
    """The `message_id` of every message in this queue; None when the broker cannot be asked."""
    try:
        with celery_app().connection_for_write() as connection:
            channel: Any = connection.default_channel
            messages = channel.client.lrange(queue.value, 0, -1)
    except _BROKER_ERRORS as error:
        logger.warning("the broker did not say what waits in %s: %s", queue, error)
        return None
    return {json.loads(message)["headers"]["id"] for message in messages}


def _transport_options() -> dict[str, Any]:
    return {
        "visibility_timeout": VISIBILITY_TIMEOUT_S,
        # A page never waits for a broker that is away.
        "socket_connect_timeout": BROKER_TIMEOUT_S,
        "socket_timeout": BROKER_SILENCE_S,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.1,
    }


def _beat_schedule() -> dict[str, dict[str, Any]]:
    """Done by the clock itself, on no queue: see workers/clock.py."""
    return {
        "expire_uploads": {"task": "workers.beat_tasks.expire_uploads", "schedule": EXPIRE_UPLOADS_EVERY_S},
        "watch_adapter": {"task": "workers.beat_tasks.watch_adapter", "schedule": WATCH_ADAPTER_EVERY_S},
        "forget_requests": {"task": "workers.beat_tasks.forget_requests", "schedule": FORGET_REQUESTS_EVERY_S},
        "clear_sessions": {"task": "workers.beat_tasks.clear_sessions", "schedule": CLEAR_SESSIONS_EVERY_S},
    }
