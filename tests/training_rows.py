"""Runs, gates and candidates for tests."""

import uuid
from typing import Any

from django.test import Client
from django.utils import timezone

from tests.factories import JobFactory
from tests.skill_rows import prove
from webapp.accounts.actors import command_actor
from webapp.accounts.models import Hospital, User
from webapp.jobs.models import Job
from webapp.learning.models import AdapterMove, Gate, TrainingRun
from webapp.registry.facts import ModelFacts
from webapp.registry.models import ModelVersion
from webapp.registry.services import model_register, models_activate

ROW: dict[str, Any] = {
    "key": "hard",
    "words": "Right on what is hard for the base",
    "result": "passed",
    "rule": "better for certain",
    "limit": 0.0,
    "value": 0.6,
    "before": 0.1,
    "difference": 0.5,
    "low": 0.31,
    "high": 0.68,
    "num_items": 20,
    "note": "hard: level",
}
STEP = {"text": "F1 hook: 8.0 - 3.0 = 5.0 s", "mark": "recomputed"}
SAMPLE: dict[str, Any] = {
    "question": "How long is F1?",
    "sheet": "F1 hook, 3.0-8.0 s",
    "right": "5.0 s",
    "active": {"steps": [{"text": "<b>F9</b>", "mark": "wrong"}], "is_right": False},
    "candidate": {"steps": [STEP], "is_right": True},
}
CURVE = [["sft_int", step, 3.0 / step, None] for step in range(1, 9)] + [["rl_int", 1, 0.0, 0.4]]
STAGES = [
    {"name": "warm_up", "state": "finished", "done": 8, "total": 8, "seconds": 31.0, "note": "rows 32"},
    {"name": "measure", "state": "running", "done": 3, "total": 8, "seconds": 12.0, "note": ""},
]


def version_row(name: str = "one", *, location: str = "") -> ModelVersion:
    facts = ModelFacts(
        kind="reasoning",
        name="reasoning",
        version=name,
        title="reasoning",
        sha256=name,
        artifact_id=f"reasoning@{name}",
        needs=({"kind": "base", "id": "tiny@1"},),
        location=location or f"models/reasoning/{name}",
    )
    return model_register(facts, actor=command_actor())


def run_row(hospital: Hospital, *, number: int = 1, admin: User | None = None, **fields: Any) -> TrainingRun:
    """Finished, with a candidate."""
    given = {
        "state": TrainingRun.State.FINISHED,
        "base": "smollm2-135m-instruct",
        "stages": STAGES,
        "curve": CURVE,
        "cost": {
            "seconds": 61.0,
            "tokens_read": 900,
            "tokens_generated": 80,
            "peak_memory_bytes": 10**9,
            "restarts": 1,
        },
        "log_tail": "measure: <script>",
        "started_by": admin,
    }
    return TrainingRun.objects.create(number=number, hospital=hospital, **{**given, **fields})


def gate_row(
    run: TrainingRun, *, is_passed: bool = True, approver: User | None = None, against: ModelVersion | None = None
) -> Gate:
    row = ROW if is_passed else {**ROW, "result": "failed", "low": -0.2}
    unmeasured = {**ROW, "key": "gsm8k", "result": "not_measured", "value": None, "before": None, "low": None}
    return Gate.objects.create(
        run=run,
        against=against,
        is_passed=is_passed,
        rows=[row] if is_passed else [row, unmeasured],
        samples=[SAMPLE],
        seconds=9.0,
        approved_by=approver,
        approved_at=timezone.now() if approver else None,
    )


def promoted(version: ModelVersion, *, by: User | None = None, before: ModelVersion | None = None) -> AdapterMove:
    models_activate([version], is_by_hand=True, actor=command_actor())
    return AdapterMove.objects.create(kind=AdapterMove.Kind.PROMOTE, before=before, after=version, actor=by)


def training_rows(hospital: Hospital, admin: User) -> dict[str, uuid.UUID]:
    job = JobFactory(owner=admin, hospital=hospital, kind="train", stage="train", status=Job.Status.SUCCEEDED)
    run = run_row(hospital, admin=admin, job=job, version=version_row())
    gate_row(run)
    return {"run_id": run.pk}


def training_ready(name: str, ids: dict[str, Any], admin: Client) -> None:
    """What the address needs so that there is something to do."""
    run = TrainingRun.objects.get(pk=ids["run_id"])
    person = User.objects.get(pk=admin.session["_auth_user_id"])
    if name in ("training_run_pause", "training_run_cancel"):
        _at(run, TrainingRun.State.RUNNING, Job.Status.RUNNING)
    if name == "training_run_resume":
        _at(run, TrainingRun.State.PAUSED, Job.Status.CANCELLED)
    if name == "adapter_promote":
        Gate.objects.filter(run=run).update(approved_by=person, approved_at=timezone.now())
    if name == "adapter_roll_back":
        assert run.version
        promoted(run.version, by=person)
    if name in ("adapter_promote", "adapter_roll_back"):
        prove(admin, person)


def _at(run: TrainingRun, state: str, job_status: str) -> None:
    TrainingRun.objects.filter(pk=run.pk).update(state=state)
    Job.objects.filter(pk=run.job_id).update(status=job_status)
