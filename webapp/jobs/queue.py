"""The only mention of the broker: which task does which stage, and how a job is handed over after commit.

Ids travel, objects do not. A lost or doubled message is harmless: the row says what is to be done, work is claimed by
conditional update, and the watchdog hands over again what got no answer.
"""

import logging
import uuid
from functools import lru_cache
from typing import Any

from celery import Celery
from django.conf import settings
from kombu import Queue
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from webapp.jobs.models import Job

logger = logging.getLogger(__name__)

MEDIA, GPU, TRAIN = "media", "gpu", "train"
PREPARE_VIDEO = ("workers.media_tasks.prepare_video", MEDIA)

# (kind, stage) -> (task name, queue). Each task takes (job_id, stage), both text.
TASKS: dict[tuple[str, str], tuple[str, str]] = {
    (Job.Kind.INGEST.value, Job.Stage.PROBE.value): PREPARE_VIDEO,
    (Job.Kind.INGEST.value, Job.Stage.TRANSCODE.value): PREPARE_VIDEO,
    (Job.Kind.INGEST.value, Job.Stage.FEATURES.value): ("workers.feature_tasks.extract_features", GPU),
    (Job.Kind.INGEST.value, Job.Stage.TIMELINE.value): ("workers.feature_tasks.find_timeline", GPU),
    (Job.Kind.ANSWER.value, Job.Stage.ANSWER.value): ("workers.answer_tasks.answer_question", GPU),
}

WATCHDOG_EVERY_S = 5
EXPIRE_UPLOADS_EVERY_S = 600
CLEAR_SESSIONS_EVERY_S = 24 * 3600
# Longer than any stage: what a dead worker held comes back through the watchdog long before this.
VISIBILITY_TIMEOUT_S = 24 * 3600
BROKER_TIMEOUT_S = 2


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
        task_default_queue=MEDIA,
        task_queues=[Queue(name) for name in (MEDIA, GPU, TRAIN)],
        broker_connection_retry_on_startup=True,
        broker_transport_options=_transport_options(),
        timezone=settings.TIME_ZONE,
        beat_schedule=_beat_schedule(),
        beat_schedule_filename=str(settings.VAR_DIR / "beat-schedule"),
    )
    return app


def enqueue(job_id: uuid.UUID, *, kind: str, stage: str) -> bool:
    """Hands one job to its queue. False when the broker cannot be reached; the row then waits for the watchdog."""
    task_name, queue = TASKS[(kind, stage)]
    try:
        celery_app().send_task(task_name, args=(str(job_id), str(stage)), queue=queue, retry=False)
    except (KombuError, RedisError, OSError) as error:
        logger.warning("job not handed over, the broker did not answer: %s %s", job_id, error)
        return False
    return True


def _transport_options() -> dict[str, Any]:
    return {
        "visibility_timeout": VISIBILITY_TIMEOUT_S,
        # A page never waits for a broker that is away.
        "socket_connect_timeout": BROKER_TIMEOUT_S,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.1,
    }


def _beat_schedule() -> dict[str, dict[str, Any]]:
    """Done by the clock itself, on no queue: see workers/clock.py."""
    return {
        "recover_jobs": {"task": "workers.beat_tasks.recover_jobs", "schedule": WATCHDOG_EVERY_S},
        "expire_uploads": {"task": "workers.beat_tasks.expire_uploads", "schedule": EXPIRE_UPLOADS_EVERY_S},
        "clear_sessions": {"task": "workers.beat_tasks.clear_sessions", "schedule": CLEAR_SESSIONS_EVERY_S},
    }
