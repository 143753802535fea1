"""What a question names and nobody watches."""

from collections.abc import Sequence

from inference.evidence.fact import Fact
from inference.evidence.mentions import mentions
from inference.evidence.watched import Watched, kind_of

# A timeline's word for it is "unknown".
UNWATCHED_PROBABILITY = 0.0


def with_unwatched(
    facts: Sequence[Fact], question: str, *, watched: Watched, window: tuple[float, float]
) -> tuple[Fact, ...]:
    """The facts, and an unknown one over the whole window for each label the question names and nobody watches.

    Without facts, or where nothing is known of what is watched, they stay as they are.
    """
    looked_for = watched.labels_for(kind_of(facts, watched))
    if not facts or not looked_for:
        return tuple(facts)
    known = looked_for | {fact.key for fact in facts}
    named = [mention.key for mention in mentions(question, known) if mention.key not in known]
    return (*facts, *(unknown(lane, label, window) for lane, label in named))


def unknown(lane: str, label: str, window: tuple[float, float]) -> Fact:
    return Fact(lane=lane, label=label, start_s=window[0], end_s=window[1], probability=UNWATCHED_PROBABILITY)
