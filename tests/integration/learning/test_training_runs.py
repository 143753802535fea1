"""A run in a process of its own: counted, paused, killed, starved, refused; and the active adapter stays as it is."""

import json
import os
import shutil
import signal
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from celery.worker import state as worker_state
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from django.utils import timezone

from tests.factories import JobFactory, MembershipFactory
from tests.training_rows import promoted, version_row
from webapp.accounts.actors import Actor, page_actor
from webapp.accounts.models import Membership
from webapp.jobs.models import Job
from webapp.learning.models import Gate, ReferenceSolution, ReferenceUse, TrainingRun
from webapp.learning.runs import training_run_cancel, training_run_pause, training_run_resume, training_run_start
from webapp.lib.errors import Conflict, NotFound
from webapp.registry.selectors import active_models
from workers import training, training_watch
from workers.pipeline import run_in_foreground
from workers.trainer import OWNER_NAME, Trainer
from workers.training_watch import is_within

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Membership:
    settings.VAR_DIR, settings.MODELS_DIR = tmp_path / "var", tmp_path / "models"
    settings.DISK_RESERVE_BYTES = 0
    for folder in (settings.VAR_DIR, settings.MODELS_DIR):
        folder.mkdir()
    monkeypatch.setattr(training_watch, "POLL_S", 0.05)
    monkeypatch.setattr(training_watch, "LOOK_EVERY_S", 0.05)
    monkeypatch.setattr(training_watch, "CALM_S", 0.2)
    fake(monkeypatch)
    return MembershipFactory(role="admin")


def fake(monkeypatch: pytest.MonkeyPatch, *options: str, verdict: str = "passed") -> None:
    def of_round(run: TrainingRun, folder: Path) -> list[str]:
        return ["tests.fakes_round", "round", str(folder / "round"), *options]

    def of_gate(run: TrainingRun, folder: Path, against: object) -> list[str]:
        return ["tests.fakes_round", "gate", str(folder / "round"), "--verdict", verdict]

    monkeypatch.setattr(training, "round_command", of_round)
    monkeypatch.setattr(training, "gate_command", of_gate)


def started(admin: Membership) -> TrainingRun:
    return training_run_start(actor=page_actor(admin.user), is_smallest=True, is_urgent=True)


def worked(run: TrainingRun) -> TrainingRun:
    assert run.job_id
    run_in_foreground(run.job_id)
    run.refresh_from_db()
    return run


@pytest.fixture
def beside() -> Iterator[Callable[[TrainingRun], threading.Thread]]:
    """Works on a run in another thread."""
    threads: list[threading.Thread] = []

    def work(job_id: uuid.UUID) -> None:
        try:
            run_in_foreground(job_id)
        finally:
            connections.close_all()

    def begin(run: TrainingRun) -> threading.Thread:
        thread = threading.Thread(target=work, args=(run.job_id,), daemon=True)
        thread.start()
        threads.append(thread)
        return thread

    yield begin
    for thread in threads:
        thread.join(30)


def until(seen: Callable[[], Any], limit_s: float = 30.0) -> Any:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if found := seen():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")


def trainer_of(run: TrainingRun) -> psutil.Process | None:
    try:
        return psutil.Process(int((training.run_folder(run) / OWNER_NAME).read_text()))
    except (OSError, ValueError, psutil.Error):
        return None


def fresh(run: TrainingRun) -> TrainingRun:
    return TrainingRun.objects.get(pk=run.pk)


def test_a_run_is_counted_leaves_a_candidate_and_a_measured_gate_and_activates_nothing(
    admin: Membership, settings: Any
) -> None:
    active = version_row("before")
    promoted(active)
    run = worked(started(admin))

    assert (run.state, run.error_message) == ("finished", "")
    assert run.version is not None
    assert run.version.state == "candidate"
    stage = next(row for row in run.stages if row["name"] == "sft_int")
    assert (stage["done"], stage["total"], stage["state"]) == (10, 10, "finished")
    assert [point[1] for point in run.curve] == list(range(1, 11))
    assert run.cost["tokens_generated"] == 10
    assert run.gate.is_passed
    assert active_models()["reasoning"].version == active
    assert (Path(settings.MODELS_DIR) / "reasoning" / run.version.version).is_dir()


def test_no_command_makes_active_what_its_gate_refused(admin: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, verdict="failed")
    run = worked(started(admin))
    assert run.version is not None
    with pytest.raises(CommandError, match="has not been passed"):
        call_command("models", "activate", run.version.version)
    assert "reasoning" not in active_models()

    Gate.objects.filter(run=run).update(is_passed=True, approved_by=admin.user, approved_at=timezone.now())
    call_command("models", "activate", run.version.version)
    assert active_models()["reasoning"].version == run.version


def test_a_trainer_that_was_killed_goes_on_from_where_it_was(
    admin: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(monkeypatch, "--die-at", "4")
    run = worked(started(admin))
    assert (run.state, run.cost["restarts"]) == ("finished", 1)
    assert [point[1] for point in run.curve] == list(range(1, 11))


def test_one_that_is_killed_again_and_again_at_one_place_ends_with_the_reason(
    admin: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(monkeypatch, "--fail", "trainer_killed")
    run = worked(started(admin))
    assert (run.state, run.error_code) == ("failed", "trainer_killed")
    assert "most likely for its memory" in run.error_message


@pytest.mark.parametrize("kind", ["diverged", "out_of_memory", "storage_full"])
def test_what_a_trainer_could_not_go_on_with_is_the_runs_reason_and_the_active_adapter_stays(
    admin: Membership, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    active = version_row("before")
    promoted(active)
    fake(monkeypatch, "--fail", kind)
    run = worked(started(admin))

    assert (run.state, run.error_code) == ("failed", kind)
    assert run.error_message == f"It ended: {kind}. The active adapter is untouched."
    assert active_models()["reasoning"].version == active
    assert run.version is None
    fake(monkeypatch)
    training_run_resume(run, actor=page_actor(admin.user))
    assert worked(run).state == "finished"


def test_more_memory_than_its_budget_ends_a_run_and_its_processes(
    admin: Membership, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.TRAINING_MAX_MEMORY_BYTES = 1024
    fake(monkeypatch, "--pause", "1")
    run = worked(started(admin))
    assert (run.state, run.error_code) == ("failed", "out_of_memory")
    assert trainer_of(run) is None


def test_a_full_disk_ends_a_run_before_the_disk_is_full(admin: Membership, settings: Any) -> None:
    settings.DISK_RESERVE_BYTES = 2 * shutil.disk_usage(settings.VAR_DIR).total
    run = worked(started(admin))
    assert (run.state, run.error_code) == ("failed", "storage_full")
    settings.DISK_RESERVE_BYTES = 0
    training_run_resume(run, actor=page_actor(admin.user))
    assert worked(run).state == "finished"


def test_a_budget_of_time_ends_a_run(admin: Membership, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.TRAINING_MAX_S = 0
    fake(monkeypatch, "--pause", "1")
    assert worked(started(admin)).error_code == "out_of_time"


def test_a_paused_run_gives_its_memory_back_and_goes_on_where_it_was(
    admin: Membership, monkeypatch: pytest.MonkeyPatch, beside: Callable[[TrainingRun], threading.Thread]
) -> None:
    fake(monkeypatch, "--pause", "0.4")
    run = started(admin)
    thread = beside(run)
    trainer = until(lambda: fresh(run).curve and trainer_of(run))
    training_run_pause(run, actor=page_actor(admin.user))
    thread.join(30)
    assert fresh(run).state == "paused"
    assert not trainer.is_running()
    steps = len(fresh(run).curve)
    with pytest.raises(Conflict):
        started(admin)

    fake(monkeypatch)
    training_run_resume(run, actor=page_actor(admin.user))
    finished = worked(run)
    assert finished.state == "finished"
    assert steps < 10
    assert [point[1] for point in finished.curve] == list(range(1, 11))


def test_a_run_holds_still_while_people_wait_for_answers(
    admin: Membership, monkeypatch: pytest.MonkeyPatch, beside: Callable[[TrainingRun], threading.Thread]
) -> None:
    fake(monkeypatch, "--pause", "0.3")
    run = started(admin)
    beside(run)
    trainer = until(lambda: fresh(run).curve and trainer_of(run))
    waited_for = JobFactory(owner=admin.user, kind="answer", stage="answer")
    until(lambda: trainer.status() == psutil.STATUS_STOPPED)
    until(lambda: "answers" in fresh(run).waiting)
    Job.objects.filter(pk=waited_for.pk).update(status=Job.Status.SUCCEEDED)
    until(lambda: fresh(run).state == "finished")
    assert fresh(run).waiting == ""


def test_a_cancelled_run_ends_its_trainer(
    admin: Membership, monkeypatch: pytest.MonkeyPatch, beside: Callable[[TrainingRun], threading.Thread]
) -> None:
    fake(monkeypatch, "--pause", "0.4")
    run = started(admin)
    thread = beside(run)
    trainer = until(lambda: trainer_of(run))
    training_run_cancel(run, actor=page_actor(admin.user))
    thread.join(30)
    assert fresh(run).state == "cancelled"
    assert not trainer.is_running()


def test_a_worker_that_is_told_to_end_takes_its_trainer_along_and_the_run_waits_for_the_next(
    admin: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(monkeypatch, "--pause", "0.3")
    run = started(admin)
    monkeypatch.setattr(worker_state, "should_stop", 0)
    training.train_round(str(run.job_id), "train")
    assert trainer_of(run) is None
    assert Job.objects.get(pk=run.job_id).status == Job.Status.QUEUED
    monkeypatch.setattr(worker_state, "should_stop", None)
    fake(monkeypatch)
    assert worked(run).state == "finished"


def test_without_trl_a_run_says_what_is_missing(admin: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "find_spec", lambda name: None)
    run = worked(started(admin))
    assert (run.state, run.error_code) == ("failed", "trainer_missing")


def test_what_a_dead_worker_left_running_is_ended_before_the_next_begins(tmp_path: Path) -> None:
    command = ["tests.fakes_round", "round", str(tmp_path / "round"), "--pause", "30"]
    orphan = Trainer(folder=tmp_path, command=command)
    orphan.start()
    assert orphan.process is not None
    left = orphan.process
    # As if its worker were gone: nobody ends it.
    following = Trainer(folder=tmp_path, command=["tests.fakes_round", "round", str(tmp_path / "round")])
    following.start()
    assert left.wait(10) == -signal.SIGKILL
    following.end()


def test_a_number_that_is_another_process_by_now_is_left_alone(tmp_path: Path) -> None:
    stranger = psutil.Popen([sys.executable, "-c", "import time; time.sleep(30)"], start_new_session=True)
    (tmp_path / OWNER_NAME).write_text(str(stranger.pid))
    trainer = Trainer(folder=tmp_path, command=["tests.fakes_round", "round", str(tmp_path / "round")])
    trainer.start()
    trainer.end()
    assert stranger.is_running()
    stranger.kill()
    stranger.wait()


def test_a_run_waits_for_its_hours_unless_it_is_urgent(
    admin: Membership, settings: Any, beside: Callable[[TrainingRun], threading.Thread]
) -> None:
    hour = time.localtime().tm_hour
    settings.TIME_ZONE = os.environ.get("TZ", "UTC")
    settings.TRAINING_HOURS = ((hour + 3) % 24, (hour + 5) % 24 or 24)
    run = training_run_start(actor=page_actor(admin.user), is_smallest=True)
    thread = beside(run)
    until(lambda: "hours" in fresh(run).waiting)
    assert trainer_of(run) is None
    training_run_cancel(run, actor=page_actor(admin.user))
    thread.join(30)
    assert fresh(run).state == "cancelled"


@pytest.mark.parametrize(
    ("hour", "hours", "is_in"),
    [(23, (20, 6), True), (5, (20, 6), True), (6, (20, 6), False), (12, (20, 6), False), (9, (8, 17), True)],
)
def test_hours_reach_over_midnight(hour: int, hours: tuple[int, int], is_in: bool) -> None:
    assert is_within(hour, hours) is is_in


def test_a_withdrawn_reference_is_in_no_run_after(admin: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.factories import AnswerFactory, ConversationFactory, QuestionFactory, VideoFactory
    from webapp.learning.models import Correction

    video = VideoFactory(owner=admin.user)
    kept = []
    conversation = ConversationFactory(video=video, owner=admin.user)
    for text in ("one", "two"):
        question = QuestionFactory(conversation=conversation, text=text)
        answer = AnswerFactory(question=question, text="x", status="finished")
        correction = Correction.objects.create(
            hospital=admin.hospital, author=admin.user, answer=answer, kind="edited_answer", question=text
        )
        kept.append(ReferenceSolution.objects.create(hospital=admin.hospital, correction=correction, answer=answer))
    first = worked(started(admin))
    assert first.num_references == 2
    ReferenceSolution.objects.filter(pk=kept[0].pk).update(state=ReferenceSolution.State.WITHDRAWN)
    second = worked(started(admin))
    assert second.num_references == 1
    uses = ReferenceUse.objects.order_by("run_number").values_list("run_number", "reference_id")
    assert set(uses) == {(1, kept[0].pk), (1, kept[1].pk), (2, kept[1].pk)}


def test_only_administrators_of_the_hospital_that_trains_start_one(admin: Membership) -> None:
    for other in (MembershipFactory(hospital=admin.hospital), MembershipFactory(role="admin")):
        with pytest.raises(NotFound):
            training_run_start(actor=Actor(membership=other, via="page"))


def test_the_command_ends_with_one_line_of_what_came_of_it(
    admin: Membership, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("train_round", "--smallest", "--json")
    told = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert told == {"state": "finished", "rows": 3, "kept": 0, "gate": "passed"}


def test_the_command_goes_on_with_a_run_whose_command_was_killed(
    admin: Membership, capsys: pytest.CaptureFixture[str]
) -> None:
    run = started(admin)
    long_ago = timezone.now() - timedelta(minutes=5)
    Job.objects.filter(pk=run.job_id).update(status=Job.Status.RUNNING, worker="gone", heartbeat_at=long_ago)
    TrainingRun.objects.filter(pk=run.pk).update(state="running")
    call_command("train_round", "--smallest", "--json")
    assert json.loads(capsys.readouterr().out.strip().splitlines()[-1])["state"] == "finished"
    assert TrainingRun.objects.count() == 1
