"""A worker loads the models of its own queues when it starts, and outlives one that cannot be loaded."""

import threading

import pytest

from inference.errors import ModelMissing
from webapp.jobs.kinds import WorkQueue
from webapp.lib.warmth import QUEUES, Warmth, warmth_of
from workers import warm


def test_only_the_models_of_its_own_queues_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(
        warm, "MODELS", {queue: (lambda queue=queue: loaded.append(queue),) for queue in ("answers", "bulk")}
    )
    said = {"answers": Warmth.LOADING}
    warm.load_for(said)
    assert loaded == ["answers"]
    assert said == {"answers": Warmth.READY}


def test_a_model_that_cannot_be_loaded_ends_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ModelMissing("not here")

    monkeypatch.setattr(warm, "MODELS", {"answers": (fail,)})
    said = {"answers": Warmth.LOADING}
    warm.load_for(said)
    assert said == {"answers": Warmth.FAILED}


def test_a_process_says_so_while_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    stop.set()
    warm.keep_saying({"answers": Warmth.LOADING}, stop=stop)
    assert warmth_of("answers") == Warmth.LOADING
    assert warmth_of("media") is None


def test_each_queue_that_computes_has_its_models() -> None:
    assert set(warm.MODELS) == {WorkQueue.ANSWERS, WorkQueue.BULK} == set(QUEUES)
