"""What of each label is seen in a window."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from inference.evidence.certainty import certainty
from inference.evidence.fact import Fact
from inference.evidence.lanes import TEXT_LANE

MAX_SPANS = 3
MAX_LABELS_PER_LANE = 7
# Lanes the heads always watch: an empty one is said to be empty.
WATCHED_LANES = ("phase", "instrument", "verb", "target")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One label in one window: its longest spans in order of time, clipped to the window."""

    lane: str
    label: str
    spans: tuple[tuple[float, float], ...]
    probability: float
    is_cut: bool = False

    @property
    def certainty(self) -> str:
        return certainty(self.probability)

    @property
    def total_s(self) -> float:
        return sum(end_s - start_s for start_s, end_s in self.spans)


def sightings(facts: Sequence[Fact], *, start_s: float, end_s: float) -> list[Sighting]:
    """Facts that touch the window, one entry per label, in order of lane and time."""
    by_label: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in (one for one in facts if one.lane != TEXT_LANE):
        if fact.start_s < end_s and fact.end_s > start_s and not fact.label.startswith("null"):
            by_label[fact.lane, fact.label].append(fact)
    seen = [_sighting(key, rows, start_s=start_s, end_s=end_s) for key, rows in by_label.items()]
    lanes = [*WATCHED_LANES, *sorted({one.lane for one in seen} - set(WATCHED_LANES))]
    kept: list[Sighting] = []
    for lane in lanes:
        in_lane = sorted((one for one in seen if one.lane == lane), key=lambda one: -one.total_s)
        kept += sorted(in_lane[:MAX_LABELS_PER_LANE], key=lambda one: one.spans[0])
    return kept


def whole(seconds: float) -> str:
    return str(round(seconds))


def whole_span(span: tuple[float, float]) -> tuple[int, int]:
    """At least one second long, so that every citation can be played."""
    start_s, end_s = round(span[0]), round(span[1])
    return start_s, max(end_s, start_s + 1)


def span_text(span: tuple[float, float]) -> str:
    start_s, end_s = whole_span(span)
    return f"{start_s}-{end_s}"


def _sighting(key: tuple[str, str], facts: Sequence[Fact], *, start_s: float, end_s: float) -> Sighting:
    clipped = [(max(fact.start_s, start_s), min(fact.end_s, end_s)) for fact in facts]
    lengths = [end - start for start, end in clipped]
    probability = sum(fact.probability * length for fact, length in zip(facts, lengths, strict=True)) / max(
        sum(lengths), 1e-9
    )
    longest = sorted(joined_spans(clipped), key=lambda span: span[0] - span[1])
    return Sighting(
        lane=key[0],
        label=key[1],
        spans=tuple(sorted(longest[:MAX_SPANS])),
        probability=probability,
        is_cut=len(longest) > MAX_SPANS,
    )


def joined_spans(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans that touch or overlap become one."""
    joined: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + 1.0:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
