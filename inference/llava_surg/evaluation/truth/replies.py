"""What a reply does, told from its words and its claims: does it assert, decline, name what was asked, cite inside?"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inference.evidence import citation
from inference.llava_surg.asked.language import language_of
from inference.llava_surg.evaluation.truth.dialogues import Dialogue

# A tenth of a second is what a citation is written to.
TOLERANCE_S = 0.1
MAX_DECLINE_SENTENCES = 2
_YES_NO = re.compile(r"^\W*(?:yes|no|ja|nein|oui|non|sí|si|sì|no|是的|没有|不是)\b", re.IGNORECASE)
_MARKS = re.compile(r"\[\[|\]\]|<\||\|>|<video>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`verdicts`: of its claims; a refusal has none."""

    dialogue: Dialogue
    video: str
    text: str
    verdicts: tuple[str, ...]
    is_insufficient: bool
    citations: tuple[tuple[float, float], ...]
    duration_s: float
    first_word_s: float
    last_word_s: float

    @property
    def asserts(self) -> bool:
        """A yes, a no or a statement about the video."""
        return bool(self.verdicts) or not self.is_insufficient or _YES_NO.match(self.text) is not None

    @property
    def declines(self) -> bool:
        sentences = [part for part in re.split(r"(?<=[.!?。])\s+", self.text) if part]
        return self.is_insufficient and not self.verdicts and 0 < len(sentences) <= MAX_DECLINE_SENTENCES

    @property
    def is_on_topic(self) -> bool:
        return any(word in self.text.lower() for word in self.dialogue.about)

    @property
    def is_in_its_language(self) -> bool:
        return language_of(citation.without(self.text), usual=self.dialogue.language) == self.dialogue.language

    @property
    def cites_inside(self) -> bool:
        assert self.dialogue.cites_within_s is not None
        start_s, end_s = self.dialogue.cites_within_s
        return all(start_s - TOLERANCE_S <= first <= last <= end_s + TOLERANCE_S for first, last in self.citations)

    @property
    def has_seconds_to_cite(self) -> bool:
        """A window wholly behind the video's end has nothing to cite."""
        within = self.dialogue.cites_within_s
        return within is not None and within[0] < self.duration_s

    @property
    def is_empty_or_nonsense(self) -> bool:
        words = citation.without(self.text).strip()
        if not re.search(r"\w", words) or _MARKS.search(words):
            return True
        sentences = [part.strip().lower() for part in re.split(r"(?<=[.!?])\s+|(?<=。)\s*", self.text) if part.strip()]
        return len(set(sentences)) < len(sentences)


def rates(replies: Sequence[Reply]) -> dict[str, float]:
    """Shares 0..1, each over the replies for which it means something; what means nothing is left out."""
    found: dict[str, float] = {"empty_or_nonsense": _share(reply.is_empty_or_nonsense for reply in replies)}
    abstaining = [reply for reply in replies if reply.dialogue.expect == "abstain"]
    if abstaining:
        found["asserted"] = _share(reply.asserts for reply in abstaining)
    declining = [reply for reply in replies if reply.dialogue.expect == "decline"]
    if declining:
        found["declined"] = _share(reply.declines for reply in declining)
    named = [reply for reply in replies if reply.dialogue.about]
    if named:
        found["on_topic"] = _share(reply.is_on_topic for reply in named)
    spoken = [reply for reply in replies if reply.dialogue.language]
    if spoken:
        found["language_right"] = _share(reply.is_in_its_language for reply in spoken)
    windowed = [reply for reply in replies if reply.has_seconds_to_cite]
    if windowed:
        found["cites_inside"] = _share(reply.cites_inside for reply in windowed)
    return found


def _share(values: Iterable[bool]) -> float:
    counted = list(values)
    return round(sum(counted) / len(counted), 4) if counted else 0.0
