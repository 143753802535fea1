"""The chain that the foreground walks is the one that the queues know."""

from webapp.jobs.models import Job
from webapp.jobs.queue import TASKS
from workers.pipeline import INGEST


def test_the_chain_is_the_one_the_queues_know() -> None:
    known = {stage: name for (kind, stage), (name, _queue) in TASKS.items() if kind == Job.Kind.INGEST}
    assert {step.stage: step.task.name for step in INGEST} == known  # type: ignore[attr-defined]
