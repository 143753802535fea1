"""Loads a worker's models when it starts, so that the first question does not wait for them, and registers them.

How far that is, the process says for as long as it lives: see webapp/lib/warmth.py.
What cannot be loaded is logged here and said to whoever needs it: each task loads it again and fails with the reason.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from celery.signals import worker_ready
from django.db import connections

from webapp.jobs.kinds import WorkQueue
from webapp.lib.warmth import SAY_EVERY_S, Warmth, warmth_say
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
    said = dict.fromkeys(MODELS.keys() & queues, Warmth.LOADING)
    threading.Thread(target=load_for, args=(queues, said), name="load-models", daemon=True).start()
    threading.Thread(target=keep_saying, args=(said,), name="say-models", daemon=True).start()


def load_for(queues: set[str], said: dict[str, Warmth]) -> None:
    """`said` : by queue, what this process says of its models; changed here as they come."""
    try:
        for queue in MODELS.keys() & queues:
            said[queue] = _load(queue)
            warmth_say(queue, said[queue])
    finally:
        connections.close_all()


def keep_saying(said: Mapping[str, Warmth], *, stop: threading.Event | None = None) -> None:
    """For ever, or until `stop`."""
    stop = stop or threading.Event()
    while True:
        for queue, warmth in list(said.items()):
            warmth_say(queue, warmth)
        if stop.wait(SAY_EVERY_S):
            return


def _load(queue: str) -> Warmth:
    start_s = time.monotonic()
    try:
        for load in MODELS[queue]:
            load()
    except Exception as error:  # whatever it is, the worker must live to say so to the next task
        log.error("models_not_loaded", queue=queue, reason=str(error), kind=type(error).__name__)
        return Warmth.FAILED
    log.info("models_loaded", queue=queue, seconds=round(time.monotonic() - start_s, 1))
    return Warmth.READY
