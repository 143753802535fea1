"""What the heads watch for, and what follows for labels they do not: a timeline's silence about those says nothing.

A label that a question names and no head watches enters the prompt as unknown, so the answer is "Not enough evidence"
and not "No".
"""

from collections.abc import Iterable, Sequence

from inference.llava_surg.schema import Fact
from inference.llava_surg.vocabulary import mentions

Labels = frozenset[tuple[str, str]]

# Heads of the box trainer speak in the usual lanes.
_LANES = {"task": "phase", "gesture": "verb"}
# The timeline's word for it is "unknown".
UNWATCHED_PROBABILITY = 0.0


def watched_labels(output_names: Iterable[str]) -> Labels:
    """`output_names`: the heads' outputs that are shown, as "lane/label" or "simulator/lane/label"."""
    pairs = (name.rsplit("/", 1) for name in output_names)
    return frozenset((_lane(group), label) for group, label in pairs)


def with_unwatched(
    facts: Sequence[Fact], question: str, *, watched: Labels, window: tuple[float, float]
) -> tuple[Fact, ...]:
    """The facts, and an unknown one over the whole window for each label the question names and nobody watches.

    Without facts, or where nothing is known of what is watched, they stay as they are.
    """
    if not facts or not watched:
        return tuple(facts)
    known = watched | {(fact.lane, fact.label) for fact in facts}
    named = [mention.key for mention in mentions(question, known) if mention.key not in known]
    return (*facts, *(unknown(lane, label, window) for lane, label in named))


def unknown(lane: str, label: str, window: tuple[float, float]) -> Fact:
    return Fact(lane=lane, label=label, start_s=window[0], end_s=window[1], probability=UNWATCHED_PROBABILITY)


def _lane(group: str) -> str:
    lane = group.rsplit("/", 1)[-1]
    return _LANES.get(lane, lane)
