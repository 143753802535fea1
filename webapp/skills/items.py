"""What the references' own scores say of each item, for a video that resembles them with given shares.

An estimate is no more than its references: the share of a level is spread over the scores that this level's references
have on the item. Where a level that matters has none, nothing is said.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# The interval holds at least this share of the probability.
INTERVAL_SHARE = 0.8
SCORER_ABSTAINED = "The comparison says nothing of this video."


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredReference:
    level: str
    item_scores: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemEstimate:
    """`shares` : by score, summing to 1. All numbers are missing where `reason` is given."""

    key: str
    shares: Mapping[int, float]
    expected: float | None = None
    low: int | None = None
    high: int | None = None
    reason: str = ""


def item_estimate(
    key: str, *, probabilities: Mapping[str, float], references: Sequence[ScoredReference]
) -> ItemEstimate:
    if not probabilities:
        return ItemEstimate(key=key, shares={}, reason=SCORER_ABSTAINED)
    by_level: dict[str, list[int]] = defaultdict(list)
    for reference in references:
        if key in reference.item_scores:
            by_level[reference.level].append(int(reference.item_scores[key]))
    unscored = [level for level, share in probabilities.items() if share > 0 and not by_level[level]]
    if unscored:
        words = f"No reference of the level {unscored[0]} has a score for this item."
        return ItemEstimate(key=key, shares={}, reason=words)
    shares: Counter[int] = Counter()
    for level, share in probabilities.items():
        for score in by_level[level]:
            shares[score] += share / len(by_level[level])  # type: ignore[assignment]
    low, high = interval(shares)
    expected = sum(score * share for score, share in shares.items())
    return ItemEstimate(key=key, shares=dict(shares), expected=expected, low=low, high=high)


def interval(shares: Mapping[int, float], *, at_least: float = INTERVAL_SHARE) -> tuple[int, int]:
    """The shortest range of scores that holds `at_least`; of equally short ones the likeliest."""
    scores = sorted(shares)
    ranges = [
        (high - low, -sum(shares[score] for score in scores if low <= score <= high), low, high)
        for low in scores
        for high in scores
        if low <= high and sum(shares[score] for score in scores if low <= score <= high) >= at_least - 1e-9
    ]
    _width, _share, low, high = min(ranges)
    return low, high


def level_set(probabilities: Mapping[str, float], *, at_least: float = INTERVAL_SHARE) -> list[str]:
    """The fewest levels that together hold `at_least`, in the order given: the interval of the whole."""
    held, kept = 0.0, set[str]()
    for level, share in sorted(probabilities.items(), key=lambda entry: -entry[1]):
        kept.add(level)
        held += share
        if held >= at_least - 1e-9:
            break
    return [level for level in probabilities if level in kept]
