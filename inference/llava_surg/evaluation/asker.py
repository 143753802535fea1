"""Loads what answers in an evaluation: language model with adapter, projector, and the frames its tower saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from torch import Tensor

from inference.engines.chat_format import chat_format_named
from inference.engines.local.base_model import load_base
from inference.engines.local.engine import LocalEngine
from inference.evidence.fact import Fact
from inference.evidence.watched import Watched
from inference.llava_surg.adapter_files import adapted_model, load_checkpoint
from inference.llava_surg.evaluation.asking import Asker
from inference.llava_surg.evaluation.cases import Case, EvaluationClip
from inference.models.device import fastest_dtype
from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.training.patches import cached_patches


@dataclass(frozen=True, slots=True, kw_only=True)
class AskerSource:
    """`weights`: projector and adapter; `tower`: the vision tower they were trained on."""

    weights: Path
    tower: Path
    models: Path
    cache: Path


class ClipWitness(Protocol):
    """Says what the heads saw in a clip of one video, times relative to the clip."""

    def facts(self, clip: EvaluationClip) -> tuple[Fact, ...]: ...


def load_asker(
    source: AskerSource,
    cases: Sequence[Case],
    *,
    witnesses: Mapping[str, ClipWitness],
    patches: Mapping[str, Tensor],
    watched: Watched,
) -> Asker:
    """`witnesses`, `patches`: by the video's name. Raises ModelMissing or ModelUntrained as `load_checkpoint` does."""
    checkpoint = load_checkpoint(source.weights)
    base = load_base(source.models, dtype=fastest_dtype("cpu"))
    engine = LocalEngine(
        model=adapted_model(base, checkpoint),
        tokenizer=base.tokenizer,
        chat_format=chat_format_named(checkpoint.config.prompt_style),
        name=base.title,
    )
    clips = {(case.clip.video.name, case.clip.first): case.clip for case in cases}
    return Asker(
        engine=engine,
        projector=checkpoint.projector,
        patches=patches,
        facts={key: witnesses[clip.video.name].facts(clip) for key, clip in clips.items()},
        watched=watched,
    )


def patches_of(source: AskerSource, cases: Sequence[Case]) -> dict[str, Tensor]:
    """The labelled frames of each surgery as the source's tower sees them, (T, 49, 1280)."""
    encoder = FrameEncoder(EncoderOptions(weights=source.tower))
    videos = {case.clip.video.name: case.clip.video for case in cases}
    return {name: cached_patches(video, encoder=encoder, cache_dir=source.cache) for name, video in videos.items()}
