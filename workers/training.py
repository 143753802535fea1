"""A training run, from its references to a measured gate: the trainer works in a process of its own, this one watches.

The worker may be killed, and so may the trainer: the watchdog has the run begun again, and it goes on from what lies in
its folder. Whatever stops it, the adapter that explains stays as it is.
"""

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

from celery import shared_task
from django.conf import settings

from inference.errors import Stopped
from inference.models.artifact import open_artifact
from inference.models.manifest import read_manifest
from webapp.accounts.actors import worker_actor
from webapp.learning.models import TrainingRun
from webapp.learning.promotions import gate_record
from webapp.learning.references import references_refused, references_used, training_references
from webapp.learning.run_selectors import run_for_job
from webapp.learning.runs import training_run_began, training_run_ended, training_run_packed
from webapp.registry.models import ModelVersion
from webapp.registry.selectors import versions_loaded
from webapp.registry.services import model_register
from workers.artifacts import MODELS, facts_of
from workers.reasoning_adapter import ReasoningAdapter, active_adapter
from workers.stages import StageContext, run_stage
from workers.training_watch import UNTOUCHED, RunEnded, RunWatch

# What a product's round does; the arms of the experiment are left to the command line.
STAGES = ("warm_up", "measure", "int", "sft_int", "rl_int", "pack")
# The least of which every row of the checklist is measured.
SMALLEST_GATE = ("--per-stratum", "3", "--general", "4", "--injections", "6")
ADAPTERS_FOLDER = "reasoning"


@shared_task(name="workers.training.train_round")
def train_round(job_id: str, stage: str) -> None:
    run_stage(job_id, stage, work_on_run)


def work_on_run(context: StageContext) -> None:
    run = run_for_job(context.job.pk)
    if run is None:
        raise Stopped("the run was deleted meanwhile")
    require_trl()
    folder = run_folder(run)
    num_references = write_references(run, folder)
    context.write(training_run_began, run.pk, num_references=num_references)
    watch = RunWatch(context=context, run=run, folder=folder)
    watch.work(round_command(run, folder), stage="")
    version = register_candidate(folder / "round" / "packed", worker=context.job.worker)
    context.write(training_run_packed, run.pk, version)
    against = active_adapter()
    watch.work(gate_command(run, folder, against), stage="gate")
    measured(context, run, folder, against)
    watch.look(stage="over")
    context.write(training_run_ended, run.pk, state=TrainingRun.State.FINISHED)


def require_trl() -> None:
    """Raises RunEnded."""
    if find_spec("trl") is None:
        raise RunEnded(f"TRL is not installed on this worker: `make training`. {UNTOUCHED}", "trainer_missing")


def run_folder(run: TrainingRun) -> Path:
    return Path(settings.VAR_DIR) / "training" / str(run.number)


def write_references(run: TrainingRun, folder: Path) -> int:
    """Once, when the run begins: one that goes on has the references that it began with. How many there are."""
    path = folder / "references.jsonl"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        staged = path.with_suffix(".part")
        staged.write_text(
            "".join(json.dumps(row) + "\n" for row in training_references(run.hospital)), encoding="utf-8"
        )
        staged.replace(path)
    return len(path.read_text(encoding="utf-8").splitlines())


def round_command(run: TrainingRun, folder: Path) -> list[str]:
    command = ["inference.train", "reasoning", "--out", str(folder / "round"), "--base", run.base]
    command += ["--models", str(settings.MODELS_DIR), "--references", str(folder / "references.jsonl")]
    command += ["--data", str(settings.DATA_DIR)] if _has_data() else ["--simulated"]
    command += ["--threads", str(settings.TRAINING_THREADS), *(["--smallest"] if run.is_smallest else [])]
    return [*command, "--stages", *STAGES]


def gate_command(run: TrainingRun, folder: Path, against: ReasoningAdapter | None) -> list[str]:
    command = ["inference.evaluate", "reasoning-gate", "--round", str(folder / "round")]
    command += ["--candidate", str(folder / "round" / "packed"), "--to", str(folder / "gate.json")]
    command += ["--models", str(settings.MODELS_DIR), "--references", str(folder / "references.jsonl")]
    command += ["--data", str(settings.DATA_DIR)] if _has_data() else []
    command += ["--against", str(against.folder)] if against is not None else []
    return [*command, *(SMALLEST_GATE if run.is_smallest else ())]


def register_candidate(packed: Path, *, worker: str) -> ModelVersion:
    """Moved to where models lie, whole, and known to the registry from then on."""
    manifest = open_artifact(packed, kind="reasoning")
    place = Path(settings.MODELS_DIR) / ADAPTERS_FOLDER / manifest.version
    if not place.is_dir():
        staged = place.with_name(f".{manifest.version}.part")
        shutil.rmtree(staged, ignore_errors=True)
        shutil.copytree(packed, staged)
        staged.rename(place)
    facts = facts_of(manifest, location=f"{MODELS}/{ADAPTERS_FOLDER}/{manifest.version}")
    return model_register(facts, actor=worker_actor(worker))


def measured(context: StageContext, run: TrainingRun, folder: Path, against: ReasoningAdapter | None) -> None:
    found = json.loads((folder / "gate.json").read_text(encoding="utf-8"))
    context.write(
        gate_record,
        run.pk,
        against=_version_of(against),
        is_passed=found["is_passed"],
        rows=found["rows"],
        samples=found["samples"],
        seconds=found["seconds"],
    )
    outcomes = found["references"].items()
    context.write(references_used, run, [one for one, row in outcomes if row["outcome"] == "kept"])
    refused = [(one, row["reason"]) for one, row in outcomes if row["outcome"] != "kept"]
    context.write(references_refused, run, refused)


def _version_of(adapter: ReasoningAdapter | None) -> ModelVersion | None:
    if adapter is None:
        return None
    facts = facts_of(read_manifest(adapter.folder / "manifest.json"), location="")
    return next(iter(versions_loaded([facts])), None)


def _has_data() -> bool:
    return Path(settings.DATA_DIR).is_dir()
