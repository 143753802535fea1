"""What a skill report is made with: the sequence of a content, and the scorer that its references give."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from inference.avbanet.adapt import Scorer, adapt
from inference.avbanet.model import SkillModel, load_skill_model
from inference.avbanet.reference import Reference, SkillSequence
from inference.avbanet.seen import video_facts
from inference.avbanet.sequence import sequence_encoder, video_sequence
from inference.avbanet.sequence_file import sequence_load, sequence_save
from inference.errors import FeaturesStale, MediaFailed, ModelMissing
from inference.progress import ProgressCallback, StopCheck
from inference.vision.store import FeatureStore
from webapp.registry.facts import ModelFacts
from webapp.registry.selectors import active_models, versions_by_artifact_ids, versions_loaded
from webapp.videos.models import Content
from workers.artifacts import located, register_loaded
from workers.built import built_for
from workers.contents import paths_of
from workers.makers import vision_models

SKILL_ENCODER = "skill_encoder.safetensors"
NO_MODEL = "There is no model for skill reports on this server yet. Ask the team that runs it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparing:
    """What compares, and what the registry knows of it."""

    model: SkillModel
    facts: tuple[ModelFacts, ...]


@built_for("scorer")
def comparing() -> Comparing:
    """Raises ModelMissing where no encoder was trained."""
    path = located("scorer", SKILL_ENCODER)
    if not path.is_file():
        raise ModelMissing(NO_MODEL)
    model = load_skill_model(path)
    return Comparing(model=model, facts=register_loaded([path]))


def sequence_of(content: Content, on_progress: ProgressCallback, should_stop: StopCheck) -> SkillSequence:
    """Made at the first need and kept beside the features; made anew where they are another encoder's.

    Raises FeaturesStale where the stored features are of another encoder, MediaFailed without any.
    """
    encoder, _heads = vision_models()
    paths = paths_of(content)
    try:
        return sequence_load(paths.skill_sequence, encoder=sequence_encoder(encoder.encoder_id))
    except (FeaturesStale, MediaFailed):
        store = FeatureStore.open(paths.features, encoder_id=encoder.encoder_id)
    facts = video_facts(store, encoder.eyes, content=content.sha256)
    sequence = video_sequence(paths.proxy, store, facts, on_progress, should_stop)
    sequence_save(sequence, paths.skill_sequence)
    return sequence


def adapted(references: Sequence[Reference], *, levels: Sequence[str] | None, encoder: Path | None = None) -> Scorer:
    """`levels` : as in `adapt` · `encoder` : weights of another than the one in use. Raises ModelMissing, and
    SkillRefused for references that do not belong together."""
    model = comparing().model if encoder is None else load_skill_model(encoder)
    return adapt(references, model, levels=levels)


def skill_model_ids() -> list[UUID]:
    """The registry's rows of what looked and of what compared."""
    encoder, _heads = vision_models()
    eyes = active_models().get("eyes") if encoder.eyes is not None else None
    seeing = [*versions_by_artifact_ids([encoder.encoder_id]), *([eyes.version] if eyes is not None else [])]
    return [version.pk for version in (*versions_loaded(comparing().facts), *seeing)]
