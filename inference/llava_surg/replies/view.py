"""What the timeline says of the asked seconds, by label: seen, unsure, looked for and not seen, or not looked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from inference.evidence.certainty import LIKELY_PROBABILITY
from inference.evidence.citation import Span as CoveredSpan
from inference.evidence.coverage import share
from inference.evidence.detectors import phases_of_lane
from inference.evidence.fact import Fact
from inference.evidence.kinds import OPERATIONS, VideoKind
from inference.evidence.lanes import COURSE_LANE, KIND_LANE, TEXT_LANE, Key
from inference.evidence.naming import IN_VIEW_LANE, WORK_LANE, named, told_by
from inference.evidence.verdict import EDGE_S, NEARLY_ALL
from inference.evidence.watched import Watch
from inference.llava_surg.answering.sightings import joined_spans
from inference.llava_surg.replies.sight import Sight, Span, Status

# The timeline counts whole seconds; a shorter stretch is the edge of one that lies outside.
MIN_OVERLAP_S = 0.25


@dataclass(frozen=True, kw_only=True)
class View:
    """`watch`: what is looked for in this kind of video, and when somebody looked."""

    facts: Sequence[Fact]
    watch: Watch
    start_s: float
    end_s: float

    @property
    def span(self) -> Span:
        return self.start_s, self.end_s

    @cached_property
    def inside(self) -> tuple[Fact, ...]:
        """Facts of the asked seconds, cut to them, in order of time."""
        cut = (
            replace(fact, start_s=max(fact.start_s, self.start_s), end_s=min(fact.end_s, self.end_s))
            for fact in self.facts
            if fact.lane != TEXT_LANE and not fact.label.startswith("null")
        )
        kept = (fact for fact in cut if fact.end_s - fact.start_s >= MIN_OVERLAP_S)
        return tuple(sorted(kept, key=lambda fact: (fact.start_s, fact.lane, fact.label)))

    def sight(self, key: Key) -> Sight:
        mine = [fact for fact in self.inside if named(fact.key) == named(key)]
        sure = [fact for fact in mine if fact.probability >= LIKELY_PROBABILITY]
        if sure:
            return _sight(key, Status.SEEN, sure)
        if mine:
            return _sight(key, Status.UNSURE, mine)
        return Sight(key=key, status=self._unseen(key))

    def work(self, key: Key) -> Sight:
        """Work on a structure, which its being in view does not tell; where it is not in view, none is seen."""
        key = (WORK_LANE, key[1])
        mine = [fact for fact in self.inside if fact.key == key]
        sure = [fact for fact in mine if fact.probability >= LIKELY_PROBABILITY]
        if mine:
            return _sight(key, Status.SEEN if sure else Status.UNSURE, sure or mine)
        if key in self.watch.labels:
            return Sight(key=key, status=self._unseen(key))
        in_view = self.sight(key)
        return in_view if in_view.status is Status.NOT_SEEN else Sight(key=key, status=Status.NOT_WATCHED)

    def kind(self) -> Sight | None:
        """What kind of video it is told to be; None where nobody told."""
        told = [fact for fact in self.facts if fact.lane == KIND_LANE]
        unknown = [fact for fact in told if fact.label == VideoKind.UNKNOWN]
        longest = max(unknown or told, key=lambda fact: fact.end_s - fact.start_s, default=None)
        if longest is None:
            return None
        return _sight(longest.key, Status.UNSURE if unknown else Status.SEEN, [longest])

    def likeliest_kind(self) -> Sight | None:
        """What a video of unknown kind looks most like; None where the kind is told or nothing is."""
        told = [fact for fact in self.facts if fact.lane == KIND_LANE]
        known = [fact for fact in told if fact.label != VideoKind.UNKNOWN]
        if not known or len(known) == len(told):
            return None
        likeliest = max(known, key=lambda fact: fact.probability)
        return _sight(likeliest.key, Status.UNSURE, [likeliest])

    @property
    def is_strange(self) -> bool:
        """No operation and no exercise: what is told of it is told with its number, and nothing of it is supported."""
        return self.watch.kind not in (*OPERATIONS, VideoKind.BOX_TRAINER)

    @property
    def is_repeated(self) -> bool:
        """A loop or a still, of which no phases are told."""
        return any(fact.lane == COURSE_LANE for fact in self.facts)

    def screen_text(self) -> list[Span]:
        """Where something was read off the screen, inside the asked seconds. What it says is a stranger's word."""
        cut = [
            (max(fact.start_s, self.start_s), min(fact.end_s, self.end_s))
            for fact in self.facts
            if fact.lane == TEXT_LANE
        ]
        return joined_spans([span for span in cut if span[1] - span[0] >= MIN_OVERLAP_S])

    def _unseen(self, key: Key) -> Status:
        """Silence is a denial only where a watcher looked at nearly all of the asked seconds."""
        tellers = [one for one in told_by(named(key)) if one in self.watch.labels]
        if not tellers:
            return Status.NOT_WATCHED
        key = next((one for one in tellers if one[0] == IN_VIEW_LANE), tellers[0])
        asked = CoveredSpan(start_s=self.start_s, end_s=self.end_s)
        looked = share(asked, self.watch.looked_for(key[0]), edge_s=EDGE_S)
        return Status.NOT_SEEN if looked >= NEARLY_ALL else Status.OUT_OF_VIEW

    def seen_in(self, *lanes: str) -> list[Sight]:
        """What is seen in these lanes, in order of first sight."""
        keys = dict.fromkeys(named(fact.key) for fact in self.inside if named(fact.key)[0] in lanes)
        sights = [self.sight(key) for key in keys]
        return sorted((one for one in sights if one.status is Status.SEEN), key=lambda one: one.spans[0])

    def unsure_in(self, *lanes: str) -> list[Sight]:
        """What may be there in these lanes, the likeliest first."""
        keys = dict.fromkeys(named(fact.key) for fact in self.inside if named(fact.key)[0] in lanes)
        sights = (self.sight(key) for key in keys)
        return sorted((one for one in sights if one.status is Status.UNSURE), key=lambda one: -one.probability)

    def cut(self, start_s: float, end_s: float) -> "View":
        """The part of it between two times."""
        start_s = min(max(start_s, self.start_s), self.end_s)
        return replace(self, start_s=start_s, end_s=max(start_s, min(end_s, self.end_s)))

    def gaps(self, sight: Sight) -> list[Span]:
        """Where a label that is seen is not, if its watchers looked at nearly all of the asked seconds."""
        if self._unseen(sight.key) is not Status.NOT_SEEN:
            return []
        edges = [self.start_s, *(edge for span in sight.spans for edge in span), self.end_s]
        pairs = zip(edges[::2], edges[1::2], strict=True)
        return [(start_s, end_s) for start_s, end_s in pairs if end_s - start_s >= MIN_OVERLAP_S]

    def likeliest_phase(self) -> Sight | None:
        """The phase of most of the asked seconds, sure or not."""
        phases = [self.sight(key) for key in dict.fromkeys(fact.key for fact in self.inside if fact.lane == "phase")]
        seen = [one for one in phases if one.status is Status.SEEN]
        return max(seen or phases, key=lambda one: one.total_s, default=None)

    @property
    def is_anything_watched(self) -> bool:
        """Beside what kind of video it is, and whether its pictures repeat themselves."""
        return any(key[0] not in (KIND_LANE, COURSE_LANE) for key in self.watch.labels)

    def taught_in(self, key: Key) -> tuple[str, ...]:
        """The phases in which alone somebody looks for it; empty where somebody does in all."""
        tellers = [one for one in told_by(named(key)) if one in self.watch.labels]
        return tuple(sorted({phase for one in tellers if one[0] == IN_VIEW_LANE for phase in phases_of_lane(one[0])}))

    def is_watched_lane(self, lane: str) -> bool:
        return any(named(key)[0] == lane for key in self.watch.labels)


def _sight(key: Key, status: Status, facts: Sequence[Fact]) -> Sight:
    return Sight(
        key=key,
        status=status,
        facts=tuple(facts),
        spans=tuple(joined_spans([(fact.start_s, fact.end_s) for fact in facts])),
        probability=max(fact.probability for fact in facts),
    )
