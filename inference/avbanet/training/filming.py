"""Trials filmed and read as the product reads a video that was uploaded."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from inference.avbanet.reference import SkillSequence
from inference.avbanet.sequence import VideoFacts, video_sequence
from inference.avbanet.sequence_file import sequence_load, sequence_save
from inference.avbanet.training.trials import Plan, Trial
from inference.evidence.kinds import VideoKind
from inference.progress import Progress, ProgressCallback, ignore_progress
from inference.simulator.simulation import Simulation
from inference.simulator.truth_file import Truth
from inference.simulator.video import write_simulation
from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.extract import extract_features
from inference.vision.store import FeatureStore

# What the eyes say of all of them, the organ scene too.
KIND = VideoKind.BOX_TRAINER.value
# Events that are mistakes; the rest is course, hesitation or camera.
ERRORS = frozenset({"drop", "missed_grasp", "off_target", "off_line", "loop_slipped", "bleeding"})


def simulator_tower(weights: Path) -> FrameEncoder:
    """The tower alone: the kind of a simulated video is known."""
    return FrameEncoder(EncoderOptions(weights=weights))


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
