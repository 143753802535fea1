"""How sure a fact is, in words; which of them may be claimed, and which may speak against a claim."""

SURE, LIKELY, UNSURE, UNKNOWN = "sure", "likely", "unsure", "unknown"
# What may be claimed.
CLEAR = frozenset({SURE, LIKELY})
SURE_PROBABILITY = 0.8
LIKELY_PROBABILITY = 0.6
# A phase below it is told with its number: it is told of minutes at once, so that a wrong one is wrong for minutes.
SURE_PHASE_PROBABILITY = 0.9
# What may be told as "probably", with its number: more likely than not, and never a claim.
PROBABLE_PROBABILITY = 0.5


def certainty(probability: float) -> str:
    """`unknown` at 0: nobody watches for it."""
    if probability >= SURE_PROBABILITY:
        return SURE
    if probability >= LIKELY_PROBABILITY:
        return LIKELY
    return UNSURE if probability > 0 else UNKNOWN
