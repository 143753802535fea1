"""What is known of one window: the sightings of each lane, and whether the reader sees them as text."""

from collections.abc import Sequence
from dataclasses import dataclass

from inference.evidence.certainty import CLEAR
from inference.evidence.citation import Span, written
from inference.evidence.fact import Fact
from inference.llava_surg.answering.sightings import Sighting, sightings, whole_span


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """`has_timeline` off: the answer must come from the visual tokens and can only point at the whole window."""

    start_s: float
    end_s: float
    seen: tuple[Sighting, ...]
    has_timeline: bool

    @property
    def whole(self) -> str:
        return cite((self.start_s, self.end_s))

    def lane(self, lane: str) -> list[Sighting]:
        return [one for one in self.seen if one.lane == lane]

    def find(self, lane: str, label: str) -> Sighting | None:
        return next((one for one in self.seen if (one.lane, one.label) == (lane, label)), None)

    def clear(self, lane: str) -> list[Sighting]:
        """What may be claimed: sure or likely."""
        return [one for one in self.lane(lane) if one.certainty in CLEAR]

    def cited(self, one: Sighting) -> str:
        if not self.has_timeline:
            return self.whole
        return " ".join(cite(span) for span in one.spans)


def view_of(facts: Sequence[Fact], *, start_s: float, end_s: float, has_timeline: bool = True) -> View:
    return View(
        start_s=start_s,
        end_s=end_s,
        seen=tuple(sightings(facts, start_s=start_s, end_s=end_s)),
        has_timeline=has_timeline,
    )


def cite(span: tuple[float, float]) -> str:
    start_s, end_s = whole_span(span)
    return written(Span(start_s=start_s, end_s=end_s))
