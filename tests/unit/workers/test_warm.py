"""A worker loads the models of its own queues when it starts, and outlives one that cannot be loaded."""

import pytest

from inference.errors import ModelMissing
from webapp.jobs.kinds import WorkQueue
from workers import warm


def test_only_the_models_of_its_own_queues_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(
        warm, "MODELS", {queue: (lambda queue=queue: loaded.append(queue),) for queue in ("answers", "bulk")}
    )
    warm.load_for({"answers", "media"})
    assert loaded == ["answers"]


def test_a_model_that_cannot_be_loaded_ends_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ModelMissing("not here")

    monkeypatch.setattr(warm, "MODELS", {"answers": (fail,)})
    warm.load_for({"answers"})


def test_each_queue_that_computes_has_its_models() -> None:
    assert set(warm.MODELS) == {WorkQueue.ANSWERS, WorkQueue.BULK}
