"""Watches a trainer: its hours, its budget of time, memory and disk, whom it has to make room for, and its end.

It is held still at once when people wait for answers, and ended where the night is over: what it has done is kept.
"""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import structlog
from celery.worker import state as worker_state
from django.conf import settings
from django.utils import timezone

from inference.errors import InferenceError, Stopped
from webapp.learning.models import TrainingRun
from webapp.learning.run_selectors import is_somebody_waiting
from webapp.learning.runs import training_run_seen
from webapp.lib.errors import ApplicationError
from workers.round_files import failure_in, log_tail, seen_in
from workers.stages import StageContext
from workers.trainer import LOG_NAME, Trainer

POLL_S, LOOK_EVERY_S = 0.25, 2.0
# People ask several things in a row.
CALM_S = 3.0
# Who has waited longer than this waits for something else than this machine.
WAITED_AT_MOST_S = 600.0
# At the same place: then something here kills it, most likely for its memory.
MAX_KILLS = 3
UNTOUCHED = "The active adapter is untouched."
End = Literal["done", "hours", "killed"]
log = structlog.get_logger(__name__)


class WorkerEnds(InferenceError):
    """The worker was told to end; the run goes on with the next one."""

    code = "worker_ends"


class RunEnded(ApplicationError):
    """Why a run cannot go on now; what it has done is kept, and it may be started again."""

    permanent = False


@dataclass(slots=True, kw_only=True)
class RunWatch:
    """`folder` : of the run; the round works in `round` under it."""

    context: StageContext
    run: TrainingRun
    folder: Path
    spent_s: float = field(init=False)
    peak_bytes: int = field(init=False)
    num_kills: int = field(init=False)
    looked_at_s: float = field(default=float("-inf"), init=False)
    calm_since_s: float = field(default=float("-inf"), init=False)
    waiting: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.spent_s = float(self.run.cost.get("seconds", 0.0))
        self.peak_bytes = int(self.run.cost.get("peak_memory_bytes", 0))
        self.num_kills = int(self.run.cost.get("restarts", 0))

    def work(self, command: Sequence[str], *, stage: str) -> None:
        """Until the command has ended well. Raises Stopped, or RunEnded with the reason."""
        kills_here, place = 0, ""
        while True:
            self._wait_for_hours(stage)
            trainer = Trainer(folder=self.folder, command=command, threads=settings.TRAINING_THREADS)
            try:
                self._require_disk()
                trainer.start()
                end = self._watched(trainer, stage)
            finally:
                trainer.end()
            if end == "done":
                return
            if end == "killed":
                kills_here = kills_here + 1 if self._place() == place else 1
                place = self._place()
                self._note_kill(kills_here)

    def look(self, *, stage: str) -> None:
        """Writes what there is to see now."""
        self.looked_at_s = time.monotonic()
        cost = {
            "seconds": round(self.spent_s, 1),
            "peak_memory_bytes": self.peak_bytes,
            "restarts": self.num_kills,
        }
        seen = seen_in(
            self.folder / "round", log=self.folder / LOG_NAME, current=stage, cost=cost, waiting=self.waiting
        )
        self.context.write(training_run_seen, self.run.pk, seen)

    def _watched(self, trainer: Trainer, stage: str) -> End:
        last_s = time.monotonic()
        while trainer.status is None:
            time.sleep(POLL_S)
            now_s = time.monotonic()
            if not trainer.is_still:
                self.spent_s += now_s - last_s
            last_s = now_s
            if self.context.should_stop():
                raise Stopped("the run was paused or cancelled")
            require_worker_goes_on()
            if not self._is_time():
                return "hours"
            self._make_room(trainer)
            if now_s - self.looked_at_s >= LOOK_EVERY_S:
                self._require_budget(trainer)
                self.look(stage=stage)
        return self._ended(trainer.status)

    def _ended(self, status: int | None) -> End:
        """Raises RunEnded for what the trainer itself could not go on with."""
        code, reason = failure_in(self.folder / "round")
        if status == 0:
            return "done"
        if (status is not None and status < 0) or code == "trainer_killed":
            return "killed"
        raise RunEnded(f"{reason or self._last_words()} {UNTOUCHED}", code or "training_failed")

    def _make_room(self, trainer: Trainer) -> None:
        """Held still while people wait for answers, and a little longer."""
        now_s = time.monotonic()
        if is_somebody_waiting(for_at_most_s=WAITED_AT_MOST_S):
            self.calm_since_s = now_s
        is_calm = now_s - self.calm_since_s >= CALM_S
        if is_calm and trainer.is_still:
            trainer.go_on()
            self._say("")
        elif not is_calm and not trainer.is_still:
            trainer.hold_still()
            self._say("People wait for answers: it makes room for them.")

    def _wait_for_hours(self, stage: str) -> None:
        """Raises Stopped."""
        first, last = settings.TRAINING_HOURS
        while not self._is_time():
            if self.context.should_stop():
                raise Stopped("the run was paused or cancelled")
            require_worker_goes_on()
            if not self.waiting:
                self._say(f"It waits for its hours, {first}:00 to {last}:00.")
                self.look(stage=stage)
            time.sleep(POLL_S)
        if self.waiting:
            self._say("")

    def _is_time(self) -> bool:
        return self.run.is_urgent or is_within(timezone.localtime().hour, settings.TRAINING_HOURS)

    def _say(self, waiting: str) -> None:
        """Shown at the next look, which is due."""
        self.waiting, self.looked_at_s = waiting, float("-inf")

    def _require_budget(self, trainer: Trainer) -> None:
        memory = trainer.memory_bytes()
        self.peak_bytes = max(self.peak_bytes, memory)
        if memory > settings.TRAINING_MAX_MEMORY_BYTES:
            limit = settings.TRAINING_MAX_MEMORY_BYTES / 1024**3
            raise RunEnded(f"It took more memory than its {limit:.1f} GiB. {UNTOUCHED}", "out_of_memory")
        if self.spent_s > settings.TRAINING_MAX_S:
            hours = settings.TRAINING_MAX_S / 3600
            raise RunEnded(f"It has used up its {hours:.1f} hours. {UNTOUCHED}", "out_of_time")
        self._require_disk()

    def _require_disk(self) -> None:
        if shutil.disk_usage(self.folder).free < settings.DISK_RESERVE_BYTES:
            raise RunEnded(f"The disk is full: it goes on from here once there is room. {UNTOUCHED}", "storage_full")

    def _note_kill(self, kills_here: int) -> None:
        self.num_kills += 1
        log.warning("trainer_killed", run=self.run.number, kills_here=kills_here)
        if kills_here >= MAX_KILLS:
            raise RunEnded(
                f"The trainer was killed {kills_here} times at the same place, most likely for its memory. {UNTOUCHED}",
                "trainer_killed",
            )

    def _place(self) -> str:
        """Where the round is, without what changes by itself."""
        seen = seen_in(self.folder / "round", log=self.folder / LOG_NAME, current="", cost={}, waiting="")
        return str([(stage.name, stage.state, stage.done, stage.note) for stage in seen.stages])

    def _last_words(self) -> str:
        lines = [line for line in log_tail(self.folder / LOG_NAME).splitlines() if line.strip()]
        return lines[-1][:300] if lines else "The trainer ended without a word."


def require_worker_goes_on() -> None:
    """Raises WorkerEnds: a trainer must not outlive the installation that it belongs to."""
    # Its stubs say None, and it puts an exit status there.
    state: Any = worker_state
    for told in (state.should_stop, state.should_terminate):
        # Of exit statuses 0 is one too.
        if told is not None and told is not False:
            raise WorkerEnds("The worker ends.")


def is_within(hour: int, hours: tuple[int, int]) -> bool:
    """From the first hour to before the last, over midnight where the first is the later one."""
    first, last = hours
    return first <= hour < last if first < last else hour >= first or hour < last
