"""Runs, gates and the adapter in service as their pages draw them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from webapp.learning.curves import Curve, curves_of
from webapp.learning.models import AdapterMove, Gate, TrainingRun
from webapp.learning.presentation import MARKS
from webapp.learning.run_selectors import (
    active_reasoning,
    gate_of,
    is_outdated,
    moves,
    promoted_reasoning,
    rollback_target,
)
from webapp.learning.service_watch import Trigger, triggers_of
from webapp.registry.models import ModelVersion

STAGE_WORDS = {
    "warm_up": "Learns the form",
    "measure": "Measures what it gets right",
    "int": "Looks for first wrong steps",
    "sft_int": "Learns the right steps",
    "rl_int": "Learns from what came out right",
    "pack": "Packs the adapter",
    "gate": "Gate: beside the active adapter",
}
STATE_ICONS = {
    "queued": "queued",
    "running": "running",
    "paused": "pause",
    "finished": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
    "waiting": "queued",
}
RESULTS = {
    "passed": ("success", "Passed"),
    "failed": ("error", "Failed"),
    "not_measured": ("unknown", "Not measured"),
    "too_few": ("unknown", "Too few to say"),
}
MAX_MOVES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    words: str
    state: str
    icon: str
    done: int
    total: int
    seconds: float
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRowView:
    """`limit` in words."""

    words: str
    result: str
    icon: str
    result_words: str
    limit: str
    row: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleView:
    """The same question by both. `is_corrected`: one of the hospital's own, whose right steps the run was given."""

    is_corrected: bool
    question: str
    sheet: str
    right: str
    sides: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    run: TrainingRun
    icon: str
    stages: tuple[StageView, ...]
    curves: tuple[Curve, ...]
    gate: Gate | None
    rows: tuple[GateRowView, ...]
    samples: tuple[SampleView, ...]
    is_active: bool
    is_outdated: bool

    @property
    def is_starting(self) -> bool:
        """A trainer loads libraries and models before it has anything to tell."""
        is_running = self.run.state == TrainingRun.State.RUNNING and not self.run.waiting
        return is_running and all(stage.state == "waiting" for stage in self.stages)

    @property
    def can_approve(self) -> bool:
        return self._is_measured and self.gate is not None and self.gate.approved_at is None

    @property
    def can_promote(self) -> bool:
        return self._is_measured and self.gate is not None and self.gate.approved_at is not None and not self.is_active

    @property
    def _is_measured(self) -> bool:
        is_over = self.run.state == TrainingRun.State.FINISHED and not self.is_outdated
        return self.gate is not None and self.gate.is_passed and is_over


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceView:
    """The adapter that explains now, how it does, and what there would be after a rollback.

    `active` is None until what comes with Debrief, if anything does, has been loaded once.
    """

    active: ModelVersion | None
    is_promoted: bool
    target: ModelVersion | None
    triggers: tuple[Trigger, ...]
    moves: tuple[AdapterMove, ...]
    hours: str


def run_view(run: TrainingRun) -> RunView:
    gate, active = gate_of(run), active_reasoning()
    return RunView(
        run=run,
        icon=STATE_ICONS[run.state],
        stages=tuple(_stages(run)),
        curves=tuple(curves_of(run.curve, STAGE_WORDS)),
        gate=gate,
        rows=tuple(_row(row) for row in gate.rows) if gate else (),
        samples=tuple(_sample(sample) for sample in gate.samples) if gate else (),
        is_active=active is not None and active.pk == run.version_id,
        is_outdated=gate is not None and is_outdated(gate),
    )


def service_view() -> ServiceView:
    active = active_reasoning()
    first, last = settings.TRAINING_HOURS
    return ServiceView(
        active=active,
        is_promoted=promoted_reasoning() is not None,
        target=rollback_target(),
        triggers=triggers_of(active) if active else (),
        moves=tuple(moves()[:MAX_MOVES]),
        hours="at any time" if (first, last) == (0, 24) else f"between {first}:00 and {last % 24}:00",
    )


def _stages(run: TrainingRun) -> Iterator[StageView]:
    """All of them from the start; one that was under way when the run ended is not shown as running."""
    told = {row["name"]: row for row in run.stages}
    for name, words in STAGE_WORDS.items():
        row = told.get(name, {})
        state = str(row.get("state", "waiting"))
        if state == "running" and run.state != TrainingRun.State.RUNNING:
            state = run.state
        yield StageView(
            words=words,
            state=state,
            icon=STATE_ICONS.get(state, "queued"),
            done=int(row.get("done", 0)),
            total=int(row.get("total", 0)),
            seconds=float(row.get("seconds", 0.0)),
            note=str(row.get("note", "")),
        )


def _row(row: dict[str, Any]) -> GateRowView:
    icon, words = RESULTS.get(row["result"], RESULTS["not_measured"])
    limit = f"{row['rule']} {row['limit']:g}" if row["limit"] else row["rule"]
    return GateRowView(
        words=row["words"], result=row["result"], icon=icon, result_words=words, limit=limit.capitalize(), row=row
    )


def _sample(sample: dict[str, Any]) -> SampleView:
    sides = tuple(
        {
            "name": name,
            "is_right": sample[key]["is_right"],
            "steps": [_step(step) for step in sample[key]["steps"]],
        }
        for key, name in (("active", "Active"), ("candidate", "Candidate"))
    )
    is_corrected = sample.get("stratum") == "correction"
    return SampleView(
        is_corrected=is_corrected,
        question=sample["question"],
        sheet=sample["sheet"],
        right=sample["right"],
        sides=sides,
    )


def _step(step: dict[str, str]) -> dict[str, str]:
    icon, words = MARKS.get(step["mark"], ("", ""))
    return {"text": step["text"], "mark": step["mark"], "icon": icon, "words": words}
