"""Loads a worker's models when it starts, so that the first question does not wait for them, and registers them; and
loads others as soon as an operator has activated them.

How far that is, the process says for as long as it lives: see webapp/lib/warmth.py.
What cannot be loaded is logged here and said to whoever needs it: each task loads it again and fails with the reason.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from celery.signals import worker_ready
from django.db import DatabaseError, close_old_connections

from webapp.jobs.kinds import WorkQueue
from webapp.lib.warmth import SAY_EVERY_S, Warmth, warmth_say
from webapp.registry.models import ModelKind
from workers import runtime
from workers.artifacts import Chosen, chosen

log = structlog.get_logger(__name__)
# How soon a worker that nobody asks anything begins to load what was activated.
LOOK_EVERY_S = 0.5
MODELS: dict[str, tuple[Callable[[], object], ...]] = {
    WorkQueue.ANSWERS: (runtime.answering,),
    WorkQueue.BULK: (runtime.frame_encoder, runtime.timeline_heads, runtime.text_reader),
}


@worker_ready.connect
def load_models(sender: Any, **_signal: Any) -> None:
    """Beside the consumer: tasks are taken meanwhile, and wait for the same models."""
    said = dict.fromkeys(MODELS.keys() & set(sender.app.amqp.queues.consume_from), Warmth.LOADING)
    threading.Thread(target=keep_loaded, args=(said,), name="load-models", daemon=True).start()
    threading.Thread(target=keep_saying, args=(said,), name="say-models", daemon=True).start()


def keep_loaded(said: dict[str, Warmth], *, stop: threading.Event | None = None) -> None:
    """For ever, or until `stop`. `said` : by queue, what this process says of its models; changed here as they come."""
    stop, loaded = stop or threading.Event(), None
    while said:
        wanted = _activated()
        if wanted is not None and wanted != loaded:
            load_for(said)
            loaded = wanted
        if stop.wait(LOOK_EVERY_S):
            return


def load_for(said: dict[str, Warmth]) -> None:
    for queue in said:
        _say(said, queue, Warmth.LOADING)
        _say(said, queue, _load(queue))


def _say(said: dict[str, Warmth], queue: str, warmth: Warmth) -> None:
    said[queue] = warmth
    warmth_say(queue, warmth)


def _activated() -> Chosen | None:
    """None where the database does not say."""
    try:
        close_old_connections()
        return chosen(ModelKind.values)
    except DatabaseError as error:
        log.warning("activations_not_read", reason=str(error))
        return None


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
