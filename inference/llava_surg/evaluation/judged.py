"""Who is judged: the weights that ship, or models that have not seen the surgery."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from torch import Tensor

from inference.datasets.cholect50 import LabelledVideo
from inference.evidence.watched import Watched, watched_outputs
from inference.lab.command_line import say
from inference.llava_surg.adapter_files import ADAPTER_FOLDER
from inference.llava_surg.evaluation.asker_source import AskerSource
from inference.llava_surg.evaluation.cases import Case, clips_of, closed_cases
from inference.llava_surg.evaluation.held_out import held_out_witnesses
from inference.llava_surg.evaluation.predicted import predicted_witnesses
from inference.llava_surg.evaluation.shipped import EYES, HEADS, TOWER, ShippedEyes, shipped_witnesses
from inference.llava_surg.evaluation.witness import Witness
from inference.llava_surg.training.crossval import fold_checkpoint, held_out_towers
from inference.models.manifest import manifest_path, read_manifest
from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.timeline import TimelineHeads
from inference.vision.training.patches import cached_patches

CHECKPOINT = "llava_surg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """`weights`: our own folder; `models`: the base models; `work`: what is kept between runs; `folds`: adapters that
    have not seen their surgery, None for the one that ships."""

    data: Path
    weights: Path
    models: Path
    work: Path
    folds: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One answering model and the surgeries it is judged on. witnesses, patches : by the surgery's name."""

    videos: tuple[LabelledVideo, ...]
    source: AskerSource
    witnesses: Mapping[str, Witness]
    patches: Mapping[str, Tensor]
    encoder_id: str
    watched: Watched


def shipped(videos: Sequence[LabelledVideo], places: Places) -> Judged:
    eyes = ShippedEyes.load(places.weights)
    witnesses, patches = shipped_witnesses(videos, eyes, work=places.work / "shipped", on_progress=say)
    return Judged(
        videos=tuple(videos),
        source=_source(places, places.weights / CHECKPOINT, places.weights / TOWER),
        witnesses=witnesses,
        patches=patches,
        encoder_id=eyes.encoder.encoder_id,
        watched=eyes.watched,
    )


def predicted(videos: Sequence[LabelledVideo], places: Places, predictions: Path, *, sees_frames: bool) -> Judged:
    """The answering model that ships, told by eyes that have not seen the surgeries what they saw. `sees_frames` off:
    frames are not looked at, since nobody is shown any."""
    eyes = ShippedEyes.load(places.weights)
    witnesses = predicted_witnesses(predictions, videos, shown=tuple(sorted(eyes.watched.outputs)))
    if sees_frames:
        return replace(shipped(videos, places), witnesses=witnesses)
    return Judged(
        videos=tuple(videos),
        source=_source(places, places.weights / CHECKPOINT, places.weights / TOWER),
        witnesses=witnesses,
        patches={},
        encoder_id=eyes.encoder.encoder_id,
        watched=eyes.watched,
    )


def retrained(videos: Sequence[LabelledVideo], places: Places) -> Iterator[Judged]:
    """Towers that have not seen the surgery, trained where they are not kept yet; with folds adapters too. Raises
    FileNotFoundError for a surgery without its fold, before anything is trained."""
    if places.folds is not None:
        for video in videos:
            fold_of(places.folds, video)
    heads = TimelineHeads.load(places.weights / HEADS)
    witnesses = held_out_witnesses(videos, data_dir=places.data, work=places.work, heads=heads)
    towers = held_out_towers(places.data, places.work)
    for video in videos:
        folder = places.weights / CHECKPOINT
        if places.folds is not None:
            folder = fold_of(places.folds, video)
        source = _source(places, folder, towers[video.name])
        patches, encoder_id = patches_of(source, _any_cases(video))
        yield Judged(
            videos=(video,),
            source=source,
            witnesses={video.name: witnesses[video.name]},
            patches=patches,
            encoder_id=encoder_id,
            watched=watched_outputs(witnesses[video.name].shown),
        )


def fold_of(folds: Path, video: LabelledVideo) -> Path:
    """Weights that have not seen the surgery. Raises FileNotFoundError where there are none."""
    if not (folder := fold_checkpoint(folds, video.name)).is_dir():
        raise FileNotFoundError(2, "no fold", str(folder))
    return folder


def trained_on(weights: Path) -> frozenset[str]:
    """Surgeries that any part of what ships has learnt from, as the manifests say."""
    parts = (weights / TOWER, weights / EYES, weights / CHECKPOINT / ADAPTER_FOLDER)
    manifests = [read_manifest(manifest_path(part)) for part in parts if part.exists()]
    return frozenset(name for manifest in manifests for name in manifest.trained_on)


def _source(places: Places, weights: Path, tower: Path) -> AskerSource:
    return AskerSource(weights=weights, tower=tower, models=places.models, cache=places.work / "patches")


def _any_cases(video: LabelledVideo) -> list[Case]:
    return closed_cases(clips_of(video), seed=0, per_label=1)


def patches_of(source: AskerSource, cases: Sequence[Case]) -> tuple[dict[str, Tensor], str]:
    """The labelled frames of each surgery as the source's tower sees them, (T, 49, 1280), and that tower's id."""
    encoder = FrameEncoder(EncoderOptions(weights=source.tower))
    videos = {case.clip.video.name: case.clip.video for case in cases}
    seen = {name: cached_patches(video, encoder=encoder, cache_dir=source.cache) for name, video in videos.items()}
    return seen, encoder.encoder_id
