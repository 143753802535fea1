"""Loads what answers in an evaluation: language model with adapter, projector, and the frames its tower saw; bare, and
behind the gate as users get it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from torch import Tensor

from inference.engines.chat_format import chat_format_named
from inference.engines.local.base_model import load_base
from inference.engines.local.engine import LocalEngine, LocalEngineOptions
from inference.evidence.fact import Fact
from inference.evidence.watched import Watched
from inference.llava_surg.adapter_files import Checkpoint, adapted_model, load_checkpoint
from inference.llava_surg.answering.answerer import LlavaSurgAnswerer
from inference.llava_surg.evaluation.asker_source import AskerSource
from inference.llava_surg.evaluation.asking import Asker
from inference.llava_surg.evaluation.cases import Case, EvaluationClip
from inference.llava_surg.evaluation.gated_asking import GatedAsker, clip_stores
from inference.llava_surg.gate.answerer import GatedAnswerer
from inference.models.device import fastest_dtype


@dataclass(frozen=True, slots=True, kw_only=True)
class Askers:
    """`bare`: the model itself, whatever it is shown; `gated`: the product around it."""

    bare: Asker
    gated: GatedAsker


class ClipWitness(Protocol):
    """Says what the heads saw in a clip of one video, times relative to the clip."""

    def facts(self, clip: EvaluationClip) -> tuple[Fact, ...]: ...


def load_askers(
    source: AskerSource,
    cases: Sequence[Case],
    *,
    witnesses: Mapping[str, ClipWitness],
    patches: Mapping[str, Tensor],
    encoder_id: str,
    watched: Watched,
    folder: Path,
) -> Askers:
    """`witnesses`, `patches`: by the video's name; the clips' features go into `folder`. Raises ModelMissing or
    ModelUntrained as `load_checkpoint` does."""
    checkpoint = load_checkpoint(source.weights)
    engine = _engine(source, checkpoint)
    clips = {(case.clip.video.name, case.clip.first): case.clip for case in cases}
    facts = {key: witnesses[clip.video.name].facts(clip) for key, clip in clips.items()}
    inner = LlavaSurgAnswerer(engine=engine, checkpoint=checkpoint, watched=watched)
    return Askers(
        bare=Asker(engine=engine, projector=checkpoint.projector, patches=patches, facts=facts, watched=watched),
        gated=GatedAsker(
            answerer=GatedAnswerer(inner, watched=watched),
            facts=lambda clip: facts[clip.video.name, clip.first],
            features=clip_stores(patches, folder, encoder_id=encoder_id),
        ),
    )


def _engine(source: AskerSource, checkpoint: Checkpoint) -> LocalEngine:
    base = load_base(source.models, dtype=fastest_dtype("cpu"))
    return LocalEngine(
        model=adapted_model(base, checkpoint),
        tokenizer=base.tokenizer,
        chat_format=chat_format_named(checkpoint.config.prompt_style),
        name=base.title,
        options=LocalEngineOptions(context_tokens=checkpoint.config.context_tokens),
    )
