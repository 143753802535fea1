"""Answers that name something: a choice, a word of a closed vocabulary, a place on a scale, yes or no, a short text."""

from collections import Counter

from inference.reasoning.schema import Gold, Verdict
from inference.reasoning.verifiers.words import abstains, names, normalised

# Wrong, but better than an assertion that is wrong.
WRONG_ABSTENTION = 0.1
MIN_TOKEN_F1 = 0.8
RIGHT = Verdict(score=1.0, is_right=True)


def wrong(reason: str, score: float = 0.0) -> Verdict:
    return Verdict(score=score, is_right=False, reason=reason)


def verify_choice(answer: str, gold: Gold) -> Verdict:
    """Exactly one option, the right one; two or a hedge are none."""
    named = names(answer, gold.options)
    if len(named) != 1:
        return wrong("no option is named" if not named else "several options are named")
    return RIGHT if normalised(named[0]) == normalised(gold.value) else wrong(f"{named[0]} is not the option")


def verify_vocabulary(answer: str, gold: Gold) -> Verdict:
    """A set of names, in any order; `aliases` are "other name=name". Right only if the set is the same."""
    other = {normalised(alias): normalised(name) for alias, _, name in (one.partition("=") for one in gold.aliases)}

    def as_set(text: str) -> set[str]:
        parts = [normalised(part) for part in text.replace(";", ",").replace(" and ", ",").split(",")]
        return {other.get(part, part) for part in parts if part}

    said, meant = as_set(answer), as_set(gold.value)
    if said == meant:
        return RIGHT
    common = len(said & meant)
    return wrong("other names", 2 * common / (len(said) + len(meant)) if common else 0.0)


def verify_ordinal(answer: str, gold: Gold) -> Verdict:
    """`options`: the scale. Near is rewarded, right is within the tolerance of the gold's own raters."""
    named = names(answer, gold.options)
    if len(named) != 1:
        return wrong("no single place on the scale is named")
    places = [normalised(option) for option in gold.options]
    away = abs(places.index(normalised(named[0])) - places.index(normalised(gold.value)))
    if away <= gold.tolerance:
        return RIGHT
    return wrong(f"{away} places away", 1 - away / max(1, len(places) - 1))


def verify_abstain(answer: str, gold: Gold) -> Verdict:
    """yes, no or "cannot tell"; wrong to assert is worse than wrong to abstain."""
    if abstains(gold.value):
        return RIGHT if abstains(answer) else wrong("it asserts what the evidence does not tell")
    if abstains(answer):
        return wrong("the evidence does tell", WRONG_ABSTENTION)
    said = normalised(answer).split(" ")[0]
    return RIGHT if said == normalised(gold.value) else wrong(f"{said} is not the answer")


def verify_short_text(answer: str, gold: Gold) -> Verdict:
    """Token F1 against the gold and each alias. A judge model may break ties elsewhere and never promotes alone."""
    best = max(_token_f1(normalised(answer), normalised(text)) for text in (gold.value, *gold.aliases))
    return RIGHT if best >= MIN_TOKEN_F1 else wrong("other words", best)


def _token_f1(said: str, meant: str) -> float:
    one, other = Counter(said.split()), Counter(meant.split())
    common = sum((one & other).values())
    return 2 * common / (sum(one.values()) + sum(other.values())) if common else 0.0
