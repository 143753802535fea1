"""Simulated test videos with exact truth, seen as the product sees a video: file, samples, features, timeline."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from inference.datasets.cholect50 import LabelledVideo
from inference.evidence.fact import Fact
from inference.lab.recipe import kept, recipe_key
from inference.llava_surg.evaluation.cases import EvaluationClip
from inference.media.frames import read_samples
from inference.progress import Progress, ProgressCallback, ignore_progress
from inference.simulator.fingerprint import simulator_fingerprint
from inference.simulator.simulation import Simulation
from inference.simulator.spec import TASKS, SimulationSpec
from inference.simulator.truth_file import Truth
from inference.simulator.video import write_simulation
from inference.vision.encoder import FrameEncoder
from inference.vision.extract import extract_features
from inference.vision.preprocess import frames_to_pixels
from inference.vision.store import FeatureStore
from inference.vision.timeline import TimelineHeads, find_timeline

# Far from every seed that anything was trained or tuned on.
FIRST_SEED = 70_000
DURATION_S = 36.0
WIDTH_PX, HEIGHT_PX = 480, 270
SKILLS = (0.15, 0.5, 0.85)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedVideo:
    """`labels` by second as the truth has them; `segments` as the timeline shows them; `patches`: (T, 49, 1280)."""

    video: LabelledVideo
    segments: tuple[Fact, ...]
    patches: Tensor

    def facts(self, clip: EvaluationClip) -> tuple[Fact, ...]:
        """Segments that touch the clip, cut to it, times relative to it."""
        return tuple(self._facts(clip.first, clip.last))

    def _facts(self, first: int, last: int) -> Iterator[Fact]:
        for segment in self.segments:
            start_s, end_s = max(segment.start_s, first), min(segment.end_s, last)
            if end_s > start_s:
                yield replace(segment, start_s=start_s - first, end_s=end_s - first)


def simulated_videos(
    folder: Path,
    *,
    per_task: int,
    encoder: FrameEncoder,
    heads: TimelineHeads,
    on_progress: ProgressCallback = ignore_progress,
) -> list[SimulatedVideo]:
    """`per_task` videos of each exercise, skills in turn. Files are kept in `folder` and used again."""
    specs = [_spec(task, index) for task in TASKS for index in range(per_task)]
    found = []
    for done, spec in enumerate(specs):
        found.append(_simulated(spec, folder, encoder, heads))
        on_progress(Progress(done=done + 1, total=len(specs), unit="clips"))
    return found


def _spec(task: str, index: int) -> SimulationSpec:
    return SimulationSpec(
        task=task,  # type: ignore[arg-type]
        skill=SKILLS[index % len(SKILLS)],
        seed=FIRST_SEED + index,
        duration_s=DURATION_S,
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
    )


def _simulated(spec: SimulationSpec, folder: Path, encoder: FrameEncoder, heads: TimelineHeads) -> SimulatedVideo:
    name = f"sim-{spec.task}-{spec.seed}-{recipe_key(asdict(spec), simulator_fingerprint())}"
    path = folder / f"{name}.mp4"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        write_simulation(Simulation(spec), folder, name=name)
    truth: Truth = json.loads((folder / f"{name}.truth.json").read_text(encoding="utf-8"))
    features = folder / f"{name}.{recipe_key(encoder.reading_id)}.safetensors"
    extract_features(path, features, encoder)
    segments = tuple(find_timeline(FeatureStore.open(features), heads, encoder.simulator))
    return SimulatedVideo(video=labelled(name, truth), segments=segments, patches=_patches(path, encoder))


def labelled(name: str, truth: Truth) -> LabelledVideo:
    """The truth at each whole second, in the timeline's lanes: exercises stand in the phase lane, gestures as verbs."""
    fps = truth["fps"]
    seconds = tuple(range(truth["num_frames"] // fps))
    frames = [truth["frames"][second * fps] for second in seconds]
    is_operation = truth["task"] == "organ"
    return LabelledVideo(
        name=name,
        seconds=seconds,
        labels={
            "instrument": tuple(frozenset(frame["instruments"]) for frame in frames),
            "verb": tuple(frozenset({frame["gesture"]}) for frame in frames),
            "target": tuple(frozenset() for _ in frames),
            "phase": tuple(frozenset({frame["phase"] if is_operation else truth["task"]}) for frame in frames),
        },
    )


def labels_seen(videos: Sequence[LabelledVideo]) -> dict[str, tuple[str, ...]]:
    """Every label of each lane, in order."""
    lanes = {lane for video in videos for lane in video.labels}
    return {
        lane: tuple(sorted({label for video in videos for labels in video.labels[lane] for label in labels}))
        for lane in lanes
    }


def _patches(video: Path, encoder: FrameEncoder) -> Tensor:
    def write(part: Path) -> None:
        frames = [frames_to_pixels(np.asarray(frame)[None]) for _, frame in read_samples(video)]
        save_file({"patches": encoder.encode(torch.cat(frames)).half().contiguous()}, part)

    path = video.with_name(f"{video.stem}.patches.{recipe_key(encoder.reading_id)}.safetensors")
    return load_file(kept(path, write))["patches"]
