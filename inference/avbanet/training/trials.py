"""Simulated operators and their trials: drawn once, filmed by cameras of their own, read as the product reads videos.

Whoever judges an encoder holds out people, with their seeds, and a task. The skills of a level and how far people of
one skill differ were written down before anything was trained (docs/decisions/0025-skill-parameters-frozen.md).
"""

import hashlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inference.avbanet.reference import LEVELS, SkillSequence
from inference.avbanet.sequence import VideoFacts, video_sequence
from inference.avbanet.sequence_file import sequence_load, sequence_save
from inference.evidence.kinds import VideoKind
from inference.progress import Progress, ProgressCallback, ignore_progress
from inference.simulator.simulation import Simulation
from inference.simulator.spec import TASKS, SimulationSpec, Task
from inference.simulator.truth_file import Truth
from inference.simulator.video import write_simulation
from inference.vision.encoder import FrameEncoder
from inference.vision.extract import extract_features
from inference.vision.store import FeatureStore

BOX_TASKS: tuple[Task, ...] = tuple(task for task in TASKS if task != "organ")
SKILLS_OF_LEVEL = {"novice": (0.0, 0.27), "intermediate": (0.37, 0.63), "expert": (0.73, 1.0)}
NUM_OPERATORS = 18
FIRST_OPERATOR, FIRST_SEED = 5_000, 80_000
# A third of each level's people is held out at a time.
NUM_FOLDS = 3
# Everybody's clip is equally long, so that nothing can be told by length.
CLIP_S = 40.0
WIDTH_PX, HEIGHT_PX, FPS = 480, 270, 15
# What the eyes say of all of them, the organ scene too.
KIND = VideoKind.BOX_TRAINER.value
# Events that are mistakes; the rest is course, hesitation or camera.
ERRORS = frozenset({"drop", "missed_grasp", "off_target", "off_line", "loop_slipped", "bleeding"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """`number` : names the way of moving too."""

    number: int
    level: str
    skill: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    operator: Operator
    spec: SimulationSpec

    @property
    def name(self) -> str:
        said = json.dumps(asdict(self), sort_keys=True)
        return f"{self.spec.task}-{self.operator.number}-{hashlib.sha256(said.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`errors_s` : when mistakes happened · `path_mm` : how far the two tips went."""

    task: Task
    operator: Operator
    sequence: SkillSequence
    errors_s: tuple[float, ...]
    path_mm: float


def operators() -> list[Operator]:
    """A third of each level, skills anywhere in the level's range; the same people each time."""
    found = []
    for index in range(NUM_OPERATORS):
        number, level = FIRST_OPERATOR + index, LEVELS[index % len(LEVELS)]
        skill = float(np.random.default_rng([number, 7]).uniform(*SKILLS_OF_LEVEL[level]))
        found.append(Operator(number=number, level=level, skill=skill))
    return found


def fold_of(operator: Operator) -> int:
    """As many of each level in each fold."""
    return (operator.number - FIRST_OPERATOR) // len(LEVELS) % NUM_FOLDS


def plans() -> list[Plan]:
    """Everybody does every task once; the organ scene too, which never trains."""
    return [
        Plan(operator=operator, spec=_spec(operator, task, FIRST_SEED + index))
        for index, operator in enumerate(operators())
        for task in TASKS
    ]


def _spec(operator: Operator, task: Task, seed: int) -> SimulationSpec:
    return SimulationSpec(
        task=task,
        skill=operator.skill,
        seed=seed,
        duration_s=CLIP_S,
        fps=FPS,
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        operator=operator.number,
        cameras="varied",
    )


def trials(
    wanted: Sequence[Plan], encoder: FrameEncoder, work: Path, on_progress: ProgressCallback = ignore_progress
) -> list[Trial]:
    """Made once, then read from `work`; several processes may share the work. Progress counts clips."""
    folder = work / "trials" / encoder.encoder_id
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for done, plan in enumerate(wanted, start=1):
        found.append(_kept(plan, folder) or _made(plan, encoder, folder))
        on_progress(Progress(done=done, total=len(wanted), unit="clips"))
    return found


def _kept(plan: Plan, folder: Path) -> Trial | None:
    facts = folder / f"{plan.name}.json"
    if not facts.is_file():
        return None
    fields = json.loads(facts.read_text(encoding="utf-8"))
    return _trial(plan, sequence_load(folder / f"{plan.name}.safetensors"), fields)


def _made(plan: Plan, encoder: FrameEncoder, folder: Path) -> Trial:
    """Films it, reads it as a video that was uploaded, and keeps what was read and what was true."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        files = write_simulation(Simulation(plan.spec), Path(made))
        truth: Truth = json.loads(files.truth.read_text(encoding="utf-8"))
        extract_features(files.video, Path(made) / "store", encoder)
        store = FeatureStore.open(Path(made) / "store")
        facts = VideoFacts(content=plan.name, kind=KIND)
        sequence = video_sequence(files.video, store, facts)
    sequence_save(sequence, folder / f"{plan.name}.safetensors")
    fields = {"errors_s": _errors_s(truth), "path_mm": _path_mm(truth)}
    unfinished = folder / f".{plan.name}.json"
    unfinished.write_text(json.dumps(fields), encoding="utf-8")
    unfinished.replace(folder / f"{plan.name}.json")
    return _trial(plan, sequence, fields)


def _trial(plan: Plan, sequence: SkillSequence, fields: dict[str, Any]) -> Trial:
    return Trial(
        task=plan.spec.task,
        operator=plan.operator,
        sequence=sequence,
        errors_s=tuple(fields["errors_s"]),
        path_mm=float(fields["path_mm"]),
    )


def _errors_s(truth: Truth) -> list[float]:
    return [event["timestamp_s"] for event in truth["events"] if event["type"] in ERRORS]


def _path_mm(truth: Truth) -> float:
    """Of both tips together, tremor included, as the truth knows them."""
    tips = np.array([[frame["hands"][hand]["tip_mm"] for hand in ("left", "right")] for frame in truth["frames"]])
    return float(np.linalg.norm(np.diff(tips, axis=0), axis=2).sum())
