"""What a skill report is made with: the sequence of a content, and the scorer that its references give."""

from collections.abc import Sequence
from typing import Any, Protocol

from inference.avbanet.reference import Reference, SkillSequence
from inference.avbanet.score import SkillScore
from inference.errors import ModelMissing
from inference.progress import ProgressCallback, StopCheck
from webapp.videos.models import Content

NO_MODEL = "There is no model for skill reports on this server yet. Ask the team that runs it."


class SkillComparer(Protocol):
    def score(self, sequence: SkillSequence) -> SkillScore: ...


def sequence_of(content: Content, on_progress: ProgressCallback, should_stop: StopCheck) -> SkillSequence:
    """Raises ModelMissing."""
    raise ModelMissing(NO_MODEL)


def adapted(references: Sequence[Reference], *, levels: Sequence[str]) -> SkillComparer:
    """Raises ModelMissing, and SkillRefused for references that do not belong together."""
    raise ModelMissing(NO_MODEL)


def skill_model_ids() -> list[Any]:
    """The registry's rows of what works here."""
    return []
