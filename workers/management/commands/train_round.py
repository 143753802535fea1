"""`manage.py train_round --smallest [--json]`: a whole training run in the foreground, as the train queue does it.

A run that was killed here is gone on with. The last line of --json is {"state", "rows", "kept", "gate"}: how the run
ended, rows of InT, references that were trained on, and passed, failed or not measured.
"""

import json
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from webapp.accounts.actors import command_actor
from webapp.jobs.models import Job
from webapp.jobs.services import job_cancel, job_cancelled, job_requeue
from webapp.jobs.watchdog import STALE_AFTER_S
from webapp.learning.models import ReferenceUse, TrainingRun
from webapp.learning.models.run import OPEN_STATES
from webapp.learning.run_selectors import gate_of
from webapp.learning.runs import training_run_start_here
from webapp.lib.commands import DatabaseCommand
from webapp.lib.errors import Conflict
from workers.pipeline import run_in_foreground
from workers.training import run_folder


class Command(DatabaseCommand):
    help = "Trains the model that explains, in the foreground; what it makes is a candidate and no more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--smallest", action="store_true", help="every stage once, in minutes")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        run = left_behind()
        if run is None:
            try:
                run = training_run_start_here(actor=command_actor(), is_smallest=options["smallest"])
            except Conflict as error:
                raise CommandError(str(error)) from error
        self._work(run)
        run.refresh_from_db()
        told = outcome(run)
        self.stdout.write(json.dumps(told) if options["json"] else line(run, told))
        if run.state != TrainingRun.State.FINISHED:
            raise CommandError(run.error_message or f"The run is {run.get_state_display().lower()}.")

    def _work(self, run: TrainingRun) -> None:
        assert run.job
        try:
            run_in_foreground(run.job.pk)
        except KeyboardInterrupt:
            # Said in the row, or the watchdog would start it again.
            job_cancel(run.job, actor=command_actor())
            job_cancelled(run.job.pk)
            raise


def left_behind() -> TrainingRun | None:
    """An open run at which nobody works any more, such as one of a command that was killed: it goes on."""
    silent_since = timezone.now() - timedelta(seconds=STALE_AFTER_S)
    left = {"job__status": Job.Status.RUNNING, "job__heartbeat_at__lt": silent_since}
    run = TrainingRun.objects.filter(state__in=OPEN_STATES, **left).first()
    if run is None or run.job_id is None or not job_requeue(run.job_id):
        return None
    return run


def outcome(run: TrainingRun) -> dict[str, Any]:
    gate = gate_of(run)
    measured = "not measured" if gate is None else "passed" if gate.is_passed else "failed"
    return {
        "state": run.state,
        "rows": num_rows(run),
        "kept": ReferenceUse.objects.filter(run_id=run.pk, outcome=ReferenceUse.Outcome.KEPT).count(),
        "gate": measured,
    }


def num_rows(run: TrainingRun) -> int:
    try:
        return int(json.loads((run_folder(run) / "round" / "int.json").read_text(encoding="utf-8"))["rows"])
    except (OSError, ValueError, KeyError):
        return 0


def line(run: TrainingRun, told: dict[str, Any]) -> str:
    return f"{run}: {told['state']}, {told['rows']} rows, {told['kept']} references used, gate {told['gate']}"
