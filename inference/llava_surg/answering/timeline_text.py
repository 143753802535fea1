"""The timeline's facts as the text a small language model reads: few lines, few numbers, words for how sure.

`hook 3-8 15-21 likely` says: in these seconds a head saw a hook, with a probability between 0.6 and 0.8; `unknown`: no
head watches for it. What textbooks say of the phase stands below it, so that the model need not remember it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from inference.evidence.fact import Fact
from inference.evidence.lanes import TEXT_LANE, Key
from inference.evidence.ontology import spoken
from inference.llava_surg.answering.knowledge import MILESTONES, PHASE_KNOWLEDGE, PHASE_ORDER
from inference.llava_surg.answering.sightings import WATCHED_LANES, Sighting, sightings, span_text, whole

UNWATCHED_WORDS = "Not enough evidence: the video is not searched for it."


def timeline_text(facts: Sequence[Fact], *, start_s: float, end_s: float) -> str:
    """Ends without a line break. Times are absolute seconds of the video, whole."""
    heading = f"Clip {whole(start_s)}-{whole(end_s)} s."
    if all(fact.lane == TEXT_LANE for fact in facts):
        return f"{heading}\nNo timeline."
    seen = sightings(facts, start_s=start_s, end_s=end_s)
    lanes = [*WATCHED_LANES, *dict.fromkeys(one.lane for one in seen if one.lane not in WATCHED_LANES)]
    lines = [_line(lane, [one for one in seen if one.lane == lane]) for lane in lanes]
    return "\n".join([heading, lines[0], *_knowledge(seen), *lines[1:]])


def watched_text(labels: Iterable[Key]) -> str:
    """What is looked for, for a model that was not trained on these timelines; empty if that is not known."""
    lanes: dict[str, list[str]] = defaultdict(list)
    for lane, label in sorted(labels):
        lanes[lane].append(spoken(lane, label))
    if not lanes:
        return ""
    listed = "; ".join(f"{lane}: {', '.join(words)}" for lane, words in lanes.items())
    return f"Looked for: {listed}. Nothing else is looked for: say neither yes nor no about it, but {UNWATCHED_WORDS}"


def _knowledge(seen: Sequence[Sighting]) -> list[str]:
    """Of the longest phase, where it is a known one."""
    longest = max((one for one in seen if one.lane == "phase"), key=lambda one: one.total_s, default=None)
    if longest is None or longest.label not in PHASE_KNOWLEDGE:
        return []
    known = PHASE_KNOWLEDGE[longest.label]
    place = PHASE_ORDER.index(longest.label)
    course = [f"{statement}: {'yes' if place >= first else 'no'}" for statement, first in MILESTONES.items()]
    return [
        f"aim: {known.aim}",
        f"next: {known.followed_by}",
        f"suggests: {known.suggests}",
        *course,
    ]


def _line(lane: str, seen: Sequence[Sighting]) -> str:
    return f"{lane}: " + ("; ".join(_item(one) for one in seen) or "none")


def _item(one: Sighting) -> str:
    spans = " ".join(span_text(span) for span in one.spans)
    return f"{spoken(one.lane, one.label)} {spans} {one.certainty}"
