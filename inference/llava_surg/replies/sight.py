"""One label in the seconds asked about."""

from dataclasses import dataclass
from enum import StrEnum

from inference.evidence.certainty import PROBABLE_PROBABILITY, SURE_PHASE_PROBABILITY, SURE_PROBABILITY
from inference.evidence.fact import Fact
from inference.evidence.lanes import PHASE_LANE, Key

Span = tuple[float, float]


class Status(StrEnum):
    SEEN = "seen"
    UNSURE = "unsure"
    NOT_SEEN = "not_seen"
    OUT_OF_VIEW = "out_of_view"
    NOT_WATCHED = "not_watched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One label in the asked seconds. `spans`: in order of time, cut to the window; of what is unsure where it is not
    seen. `probability`: the highest of its facts."""

    key: Key
    status: Status
    facts: tuple[Fact, ...] = ()
    spans: tuple[Span, ...] = ()
    probability: float = 0.0

    @property
    def is_probable(self) -> bool:
        """Unsure, but more likely than not."""
        return self.status is Status.UNSURE and self.probability > PROBABLE_PROBABILITY

    @property
    def is_sure(self) -> bool:
        """So likely that it is told without its number."""
        enough = SURE_PHASE_PROBABILITY if self.key[0] == PHASE_LANE else SURE_PROBABILITY
        return self.status is Status.SEEN and self.probability >= enough

    @property
    def is_told(self) -> bool:
        """More likely than not, for certain or as probable."""
        return self.status is Status.SEEN or self.is_probable

    @property
    def total_s(self) -> float:
        return sum(end_s - start_s for start_s, end_s in self.spans)
