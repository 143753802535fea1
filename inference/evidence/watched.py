"""What is watched for, in which kind of video, and during which seconds: where nobody looks, silence says nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from inference.evidence.citation import Span
from inference.evidence.coverage import without
from inference.evidence.detectors import DETECTORS, detector_named, phases_of_lane
from inference.evidence.fact import Fact
from inference.evidence.kinds import VideoKind
from inference.evidence.lanes import BODY_LANE, KIND_LANE, PHASE_LANE, TEXT_LANE, Key
from inference.evidence.ontology import find, key_of_output

Labels = frozenset[Key]
Status = Literal["watched", "not_watched", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """`outputs`: "detector/label" of every output that is good enough to be shown. Empty: it is not known."""

    outputs: frozenset[str] = frozenset()

    def labels_for(self, kind: VideoKind) -> Labels:
        """What is looked for in such a video; a detector is silent outside its kinds."""
        names = {detector.name for detector in DETECTORS if kind in detector.kinds and detector.lane != "scene"}
        return frozenset(key_of_output(output) for output in self.outputs if output.rpartition("/")[0] in names)


NOT_KNOWN = Watched()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One video's: `labels` that are looked for in its `kind`, and the stretches in which somebody `looked`.

    `phases`: where the timeline tells each phase, for watchers that speak only in some.
    """

    kind: VideoKind
    labels: Labels
    looked: tuple[Span, ...]
    duration_s: float
    phases: tuple[tuple[str, Span], ...] = ()

    @property
    def whole(self) -> Span:
        return Span(start_s=0.0, end_s=self.duration_s)

    def status(self, lane: str, label: str) -> Status:
        if (lane, label) in self.labels:
            return "watched"
        return "not_watched" if find(lane, label) is not None else "unknown"

    def looked_for(self, lane: str) -> tuple[Span, ...]:
        """Where the watchers of a lane looked: whether the camera is outside the body is watched all the time, and who
        was taught one phase alone looks only there."""
        if lane == BODY_LANE and self.looked:
            return (self.whole,)
        wanted = phases_of_lane(lane)
        if not wanted:
            return self.looked
        elsewhere = without(self.whole, [span for phase, span in self.phases if phase in wanted])
        return tuple(part for span in self.looked for part in without(span, elsewhere))

    def is_exclusive(self, lane: str, label: str) -> bool:
        """Whether its watcher tells one label at a time: then it looked only where it told any."""
        known = find(lane, label)
        own = [detector_named(name) for name in known.columns] if known is not None else []
        return any(detector.is_exclusive for detector in own if self.kind in detector.kinds)

    def tells_absence(self, lane: str, label: str) -> bool:
        """Whether silence of its watcher denies it; one that misses much only says that it saw nothing."""
        known = find(lane, label)
        own = [detector_named(name) for name in known.columns] if known is not None else []
        return all(
            detector.tells_absence and label not in detector.often_missed
            for detector in own
            if self.kind in detector.kinds
        )


def watched_outputs(names: Iterable[str]) -> Watched:
    """Raises KeyError for an output of no known detector."""
    outputs = frozenset(names)
    for name in outputs:
        key_of_output(name)
    return Watched(outputs=outputs)


def watch_over(facts: Sequence[Fact], *, watched: Watched, duration_s: float) -> Watch:
    """Of a video whose timeline is `facts`. One that tells nothing at all was watched by nobody, and while the camera
    is outside the body nobody looks for what is inside."""
    kind, told = kind_of(facts, watched), [fact for fact in facts if fact.lane != TEXT_LANE]
    outside = [Span(start_s=fact.start_s, end_s=fact.end_s) for fact in told if fact.key == (BODY_LANE, "outside")]
    whole = Span(start_s=0.0, end_s=max(0.0, duration_s))
    looked = tuple(without(whole, outside)) if told else ()
    phases = tuple(
        (fact.label, Span(start_s=fact.start_s, end_s=fact.end_s)) for fact in told if fact.lane == PHASE_LANE
    )
    labels = watched.labels_for(kind)
    return Watch(kind=kind, labels=labels, looked=looked, duration_s=whole.end_s, phases=phases)


def kind_of(facts: Sequence[Fact], watched: Watched = NOT_KNOWN) -> VideoKind:
    """What a fact in the lane "kind" says, the longest one; where one says "unknown", what others say is only what the
    video looks most like. Without any: a box trainer where the timeline holds what only its watchers tell, else the
    operation that all others were trained on."""
    said = [fact for fact in facts if fact.lane == KIND_LANE]
    if any(fact.label == VideoKind.UNKNOWN for fact in said):
        return VideoKind.UNKNOWN
    if said:
        label = max(said, key=lambda fact: fact.end_s - fact.start_s).label
        return VideoKind(label) if label in set(VideoKind) else VideoKind.UNKNOWN
    operation, trainer = VideoKind.LAPAROSCOPIC_CHOLECYSTECTOMY, VideoKind.BOX_TRAINER
    only_there = watched.labels_for(trainer) - watched.labels_for(operation)
    return trainer if any(fact.key in only_there for fact in facts) else operation
