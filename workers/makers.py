"""Which version of which model this worker would look at a video with, or answers with.

A revision of a timeline says which it was, an answer points at their rows in the registry.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from inference.screen_text.found import ScreenText
from inference.vision.artifacts import simulator_heads_id, timeline_heads_id
from inference.vision.encoder import FrameEncoder
from inference.vision.timeline import TimelineHeads
from webapp.registry.facts import ModelFacts
from webapp.registry.selectors import versions_by_artifact_ids, versions_loaded
from webapp.videos.models import Timeline
from workers.runtime import frame_encoder, timeline_heads


def vision_models() -> tuple[FrameEncoder, TimelineHeads | None]:
    """Raises ModelMismatch where the two do not belong together."""
    encoder, heads = frame_encoder(), timeline_heads()
    if heads is not None and encoder.heads is not None:
        heads.require_match(encoder_id=encoder.encoder_id, output_names=encoder.heads.output_names)
    return encoder, heads


def made_by(text: ScreenText | None) -> dict[str, str]:
    """Names, empty where there is no such model. `text`: what was found on the screen, if anybody looked."""
    encoder, heads = vision_models()
    return {
        "encoder": encoder.encoder_id,
        "heads": encoder.heads_id,
        "calibration": heads.calibration_id if heads is not None else "",
        "eyes": encoder.eyes.eyes_id if encoder.eyes is not None else "",
        "simulator_heads": encoder.simulator.heads_id if encoder.simulator is not None else "",
        "text_reader": text.reader_id if text is not None else "",
        "text_cover": text.covering_id if text is not None else "",
    }


def writers_of(timeline: Timeline | None, *, written_by: Sequence[ModelFacts], model_name: str) -> tuple[UUID, ...]:
    """The registry's rows of what wrote an answer and of what found the facts of its timeline.

    `written_by` : what answered with · `model_name` : whose words they are; an answer read off the timeline was
    written by no language model.
    """
    is_written = any(facts.kind == "base" and facts.title == model_name for facts in written_by)
    writing = versions_loaded(written_by) if is_written else []
    seeing = versions_by_artifact_ids(artifact_ids(timeline.made_by)) if timeline else []
    return tuple(version.pk for version in (*writing, *seeing))


def artifact_ids(names: Mapping[str, str]) -> list[str]:
    """What `made_by` names, as the manifests name it."""
    ids = [names.get("encoder", "")]
    if calibration := names.get("calibration"):
        ids.append(timeline_heads_id(calibration))
    if simulator := names.get("simulator_heads"):
        ids.append(simulator_heads_id(simulator))
    return [artifact_id for artifact_id in ids if artifact_id]
