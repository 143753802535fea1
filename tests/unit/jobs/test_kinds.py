"""A kind of work is data: a new one is written down in one file, and everything else follows."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.factories import MembershipFactory
from webapp.jobs import queue
from webapp.jobs.kinds import JobKind, Stage, UnknownKind, WorkQueue, kind_forget, kind_get, kind_register
from webapp.jobs.services import job_create
from webapp.videos.jobs import INGEST
from workers.pipeline import run_in_foreground
from workers.stages import StageContext, run_stage

pytestmark = pytest.mark.django_db(transaction=True)
done: list[str] = []


def polish_instruments(job_id: str, stage: str) -> None:
    run_stage(job_id, stage, {"wash": wash, "dry": dry}[stage])


def wash(_context: StageContext) -> str:
    done.append("washed")
    return "dry"


def dry(context: StageContext) -> None:
    done.append(f"dried at attempt {context.job.attempts}")


POLISH = JobKind(
    name="polish",
    words="Polish instruments",
    stages=(
        Stage(name="wash", words="Washing", task=f"{__name__}.polish_instruments", queue=WorkQueue.MEDIA),
        Stage(name="dry", words="Drying", task=f"{__name__}.polish_instruments", queue=WorkQueue.BULK),
    ),
    words_when_lost="Nobody polishes any more.",
)


@pytest.fixture(autouse=True)
def polish(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """(task, queue) of what would have gone to the broker."""
    sent: list[tuple[str, str]] = []

    def send_task(name: str, *, queue: str, **_rest: Any) -> None:
        sent.append((name, queue))

    monkeypatch.setattr(queue.celery_app(), "send_task", send_task)
    kind_register(POLISH)
    yield sent
    kind_forget(POLISH)


def test_a_made_up_kind_is_created_handed_over_and_its_next_stage_goes_to_that_ones_queue(
    polish: list[tuple[str, str]],
) -> None:
    owner = MembershipFactory().user
    job = job_create(kind=POLISH, owner=owner, hospital=owner.memberships.get().hospital, title="Tray 4")
    polish_instruments(str(job.pk), "wash")
    task = f"{__name__}.polish_instruments"
    assert polish == [(task, "media"), (task, "bulk")]


def test_a_made_up_kind_is_worked_on_in_the_foreground_and_shown(polish: list[tuple[str, str]]) -> None:
    owner = MembershipFactory().user
    done.clear()
    job = job_create(kind=POLISH, owner=owner, hospital=owner.memberships.get().hospital, title="Tray 4")
    assert (job.kind_words, job.stage_words) == ("Polish instruments", "Washing")
    job = run_in_foreground(job.pk)
    assert (job.status, done) == ("succeeded", ["washed", "dried at attempt 1"])
    assert len(polish) == 1


def test_two_kinds_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="polish"):
        kind_register(JobKind(name="polish", words="Other", stages=INGEST.stages, words_when_lost="x"))


def test_what_is_not_known_is_said() -> None:
    with pytest.raises(UnknownKind):
        kind_get("dance")
    with pytest.raises(UnknownKind):
        INGEST.stage("dance")
