"""Workers die, messages get lost, clocks jump; no job stays behind without an end that its owner can see."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from tests.factories import JobFactory
from webapp.conversations.jobs import ANSWER
from webapp.jobs import queue, watchdog
from webapp.jobs.kinds import WorkQueue
from webapp.jobs.models import Job, WatchdogRound
from webapp.jobs.services import NEVER_ENQUEUED, job_cancel, job_claim, job_heartbeat
from webapp.jobs.watchdog import EVERY_S, STALE_AFTER_S, UNCLAIMED_AFTER_S, Watchdog

pytestmark = pytest.mark.django_db


@dataclass
class Night:
    """A watchdog whose time passes when it is told to; it looks as often as a real one does."""

    now_s: float = 1000.0

    def __post_init__(self) -> None:
        self.dog = Watchdog(clock=lambda: self.now_s)
        self.dog.look()

    def passes(self, seconds: float, *, beating: Job | None = None) -> None:
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            self.now_s += EVERY_S
            if beating is not None:
                assert job_heartbeat(beating.pk)
            self.dog.look()

    def sleeps(self, seconds: float) -> None:
        """Nobody looked, and perhaps nobody could."""
        self.now_s += seconds
        self.dog.look()


@pytest.fixture
def night() -> Night:
    return Night()


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> "Broker":
    broker = Broker()
    monkeypatch.setattr(queue, "enqueue", broker.enqueue)
    monkeypatch.setattr(queue, "waiting_in", broker.waiting_in)
    return broker


@dataclass
class Broker:
    messages: set[str]
    num_sent: int = 0
    is_away: bool = False

    def __init__(self) -> None:
        self.messages = set()

    def enqueue(self, job_id: Any, stage: Any) -> bool:
        self.num_sent += 1
        if not self.is_away:
            self.messages.add(queue.message_id(job_id, stage.name))
        return not self.is_away

    def waiting_in(self, _queue: WorkQueue) -> set[str] | None:
        return None if self.is_away else self.messages


def claimed(**fields: Any) -> Job:
    job = JobFactory(**fields)
    assert job_claim(job.pk, stage=job.stage, worker="gone")
    return job


def now(job: Job) -> Job:
    job.refresh_from_db()
    return job


@contextmanager
def wall_clock_set(monkeypatch: pytest.MonkeyPatch, hours: int) -> Iterator[None]:
    real = timezone.now
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: real() + timedelta(hours=hours))
        yield


# --- silent workers ---------------------------------------------------------------------------------------


def test_a_job_that_beats_is_left_alone(night: Night) -> None:
    job = claimed()
    night.passes(10 * STALE_AFTER_S, beating=job)
    assert now(job).status == "running"


def test_a_job_silent_for_less_than_the_limit_is_left_alone(night: Night) -> None:
    job = claimed()
    night.passes(STALE_AFTER_S - EVERY_S)
    assert now(job).status == "running"


def test_a_lost_ingest_waits_for_another_worker(night: Night, broker: Broker) -> None:
    job = claimed()
    night.passes(STALE_AFTER_S + EVERY_S)
    assert (now(job).status, job.attempts, job.worker) == ("queued", 1, "")


def test_an_ingest_lost_three_times_fails(night: Night) -> None:
    job = claimed(attempts=2)
    night.passes(STALE_AFTER_S + EVERY_S)
    assert (now(job).status, job.error_code, job.error_permanent) == ("failed", "worker_lost", False)


def test_a_lost_answer_ends_as_a_visible_retry(night: Night) -> None:
    job = claimed(kind="answer", stage="answer")
    night.passes(STALE_AFTER_S + EVERY_S)
    assert (now(job).status, job.error_message, job.can_retry) == ("failed", ANSWER.words_when_lost, True)


def test_a_cancel_that_its_worker_never_saw_is_heeded(night: Night) -> None:
    job = claimed()
    job_cancel(job, actor=None)
    night.passes(STALE_AFTER_S + EVERY_S)
    assert now(job).status == "cancelled"


def test_a_sign_of_life_that_comes_with_the_verdict_wins(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    job = claimed()
    verdict = watchdog._end_or_restart

    def beaten_just_now(seen: Job) -> bool:
        job_heartbeat(job.pk)
        return verdict(seen)

    monkeypatch.setattr(watchdog, "_end_or_restart", beaten_just_now)
    night.passes(STALE_AFTER_S + EVERY_S)
    assert now(job).status == "running"


# --- clocks and stalls ------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_wall_clock_that_jumps_hides_no_dead_worker(
    night: Night, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = claimed(kind="answer", stage="answer")
    with wall_clock_set(monkeypatch, hours):
        night.passes(STALE_AFTER_S + EVERY_S)
    assert now(job).error_code == "worker_lost"


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_wall_clock_that_jumps_condemns_no_living_worker(
    night: Night, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = claimed()
    night.passes(EVERY_S)
    with wall_clock_set(monkeypatch, hours):
        night.passes(STALE_AFTER_S - EVERY_S)
        assert now(job).status == "running"
        night.passes(STALE_AFTER_S, beating=job)
    assert now(job).status == "running"


def test_a_clock_set_back_hides_no_lost_message(night: Night, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    job = JobFactory()
    with wall_clock_set(monkeypatch, -1):
        night.passes(UNCLAIMED_AFTER_S + EVERY_S)
    assert broker.messages == {f"{job.pk}:probe"}


def test_after_a_time_in_which_nobody_could_write_the_workers_get_their_time(night: Night) -> None:
    job = claimed(kind="answer", stage="answer")
    night.passes(EVERY_S)
    night.sleeps(30)
    assert now(job).status == "running"
    night.passes(STALE_AFTER_S + EVERY_S)
    assert now(job).error_code == "worker_lost"


def test_a_round_that_cannot_write_gives_no_verdict(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    job = claimed()
    night.passes(EVERY_S)

    def locked(**_rest: Any) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(WatchdogRound.objects, "update_or_create", locked)
        for _ in range(20):
            night.now_s += EVERY_S
            with pytest.raises(OperationalError):
                night.dog.look()
    night.passes(EVERY_S)
    assert now(job).status == "running"


# --- lost messages ----------------------------------------------------------------------------------------


def test_a_job_whose_message_was_lost_is_handed_over_again_within_half_a_minute(night: Night, broker: Broker) -> None:
    job = JobFactory()
    night.passes(30)
    assert broker.messages == {f"{job.pk}:probe"}


def test_a_job_that_no_broker_took_is_handed_over_in_the_next_round(night: Night, broker: Broker) -> None:
    job = JobFactory(enqueued_at=NEVER_ENQUEUED)
    night.passes(EVERY_S)
    assert broker.messages == {f"{job.pk}:probe"}
    assert now(job).enqueued_at > timezone.now() - timedelta(minutes=1)


def test_who_stands_in_a_long_queue_is_sent_no_second_message(night: Night, broker: Broker) -> None:
    job = JobFactory()
    broker.messages.add(f"{job.pk}:probe")
    night.passes(600)
    assert broker.num_sent == 0


def test_a_message_about_an_earlier_stage_does_not_count(night: Night, broker: Broker) -> None:
    job = JobFactory(stage="transcode")
    broker.messages.add(f"{job.pk}:probe")
    night.passes(UNCLAIMED_AFTER_S + EVERY_S)
    assert f"{job.pk}:transcode" in broker.messages


def test_a_broker_that_is_away_is_tried_once_a_round(night: Night, broker: Broker) -> None:
    JobFactory.create_batch(5, enqueued_at=NEVER_ENQUEUED)
    broker.is_away = True
    night.passes(EVERY_S)
    assert broker.num_sent <= 1


@pytest.mark.parametrize("is_running", [True, False])
def test_work_of_a_kind_that_nobody_knows_ends_with_a_reason(night: Night, broker: Broker, is_running: bool) -> None:
    job = claimed(kind="dance", stage="waltz") if is_running else JobFactory(kind="dance", stage="waltz")
    night.passes(STALE_AFTER_S + EVERY_S)
    assert (now(job).status, job.error_code) == ("failed", "unknown_kind")
