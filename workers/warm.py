"""Loads a worker's models when it starts, so that the first question does not wait for them, and registers them.

What cannot be loaded is logged here and said to whoever needs it: each task loads it again and fails with the reason.
"""

import threading
from collections.abc import Callable
from typing import Any

import structlog
from celery.signals import worker_ready
from django.db import connections

from webapp.jobs.kinds import WorkQueue
from workers import runtime

log = structlog.get_logger(__name__)
MODELS: dict[str, tuple[Callable[[], object], ...]] = {
    WorkQueue.ANSWERS: (runtime.answerer,),
    WorkQueue.BULK: (runtime.frame_encoder, runtime.timeline_heads, runtime.text_reader),
}


@worker_ready.connect
def load_models(sender: Any, **_signal: Any) -> None:
    """Beside the consumer: tasks are taken meanwhile, and wait for the same models."""
    queues = set(sender.app.amqp.queues.consume_from)
    threading.Thread(target=load_for, args=(queues,), name="load-models", daemon=True).start()


def load_for(queues: set[str]) -> None:
    try:
        for queue in MODELS.keys() & queues:
            for load in MODELS[queue]:
                load()
        log.info("models_loaded", queues=sorted(queues))
    except Exception as error:  # whatever it is, the worker must live to say so to the next task
        log.error("models_not_loaded", reason=str(error), kind=type(error).__name__)
    finally:
        connections.close_all()
