"""What the heads watch for, and what follows for labels they do not: a timeline's silence about those says nothing.

A label that a question names and no head watches enters the prompt as unknown, so the answer is "Not enough evidence"
and not "No".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inference.evidence.fact import Fact
from inference.evidence.mentions import mentions

Labels = frozenset[tuple[str, str]]

# Heads of the box trainer speak in the usual lanes.
_LANES = {"task": "phase", "gesture": "verb"}
_SIMULATOR = "simulator/"
# The timeline's word for it is "unknown".
UNWATCHED_PROBABILITY = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """The labels looked for in operations and in simulated videos: each has heads of its own. Empty: not known."""

    filmed: Labels = frozenset()
    simulated: Labels = frozenset()

    def labels_for(self, facts: Sequence[Fact]) -> Labels:
        """A timeline that holds what only the simulator's heads can say was made by them."""
        only_simulated = self.simulated - self.filmed
        return self.simulated if any((fact.lane, fact.label) in only_simulated for fact in facts) else self.filmed


NOT_KNOWN = Watched()


def watched_labels(output_names: Iterable[str]) -> Watched:
    """`output_names`: the heads' outputs that are shown, as "lane/label" or "simulator/lane/label"."""
    names = tuple(output_names)
    return Watched(
        filmed=frozenset(_label(name) for name in names if not name.startswith(_SIMULATOR)),
        simulated=frozenset(_label(name) for name in names if name.startswith(_SIMULATOR)),
    )


def with_unwatched(
    facts: Sequence[Fact], question: str, *, watched: Watched, window: tuple[float, float]
) -> tuple[Fact, ...]:
    """The facts, and an unknown one over the whole window for each label the question names and nobody watches.

    Without facts, or where nothing is known of what is watched, they stay as they are.
    """
    looked_for = watched.labels_for(facts)
    if not facts or not looked_for:
        return tuple(facts)
    known = looked_for | {(fact.lane, fact.label) for fact in facts}
    named = [mention.key for mention in mentions(question, known) if mention.key not in known]
    return (*facts, *(unknown(lane, label, window) for lane, label in named))


def unknown(lane: str, label: str, window: tuple[float, float]) -> Fact:
    return Fact(lane=lane, label=label, start_s=window[0], end_s=window[1], probability=UNWATCHED_PROBABILITY)


def _label(name: str) -> tuple[str, str]:
    group, _, label = name.rpartition("/")
    lane = group.rsplit("/", 1)[-1]
    return _LANES.get(lane, lane), label
