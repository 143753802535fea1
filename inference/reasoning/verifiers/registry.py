"""Which verifier judges which type of answer, strictly or leniently.

The strict reading takes the answer as it is declared; the lenient one takes its best part. Where the two drift apart
during reinforcement, a model is learning a form and not an answer.
"""

import re
from collections.abc import Callable, Mapping

from inference.reasoning.schema import AnswerType, Gold, Verdict
from inference.reasoning.verifiers.measured import verify_count, verify_intervals, verify_numeric, verify_timestamp
from inference.reasoning.verifiers.named import (
    verify_abstain,
    verify_choice,
    verify_ordinal,
    verify_short_text,
    verify_vocabulary,
    wrong,
)
from inference.reasoning.verifiers.words import abstains

# Part of every recipe: a change of a verifier is another training.
VERSION = 1
_PART = re.compile(r"[,;.()]\s+|\s+(?:because|since|which|that is)\s+")
_SHOWN = re.compile(r"-?\d+(?:\.\d+)?(?:\s*[a-z%]+)?", re.IGNORECASE)

VERIFIERS: Mapping[AnswerType, Callable[[str, Gold], Verdict]] = {
    "choice": verify_choice,
    "vocabulary": verify_vocabulary,
    "ordinal": verify_ordinal,
    "numeric": verify_numeric,
    "count": verify_count,
    "timestamp": verify_timestamp,
    "intervals": verify_intervals,
    "abstain": verify_abstain,
    "short_text": verify_short_text,
}


def verify(answer: str, gold: Gold) -> Verdict:
    """The strict verdict. A gold of any type may be "cannot tell"."""
    if not answer.strip():
        return wrong("no answer")
    if gold.type != "abstain" and (abstains(gold.value) or abstains(answer)):
        return verify_abstain(answer, gold)
    return VERIFIERS[gold.type](answer.strip(), gold)


def verify_leniently(answer: str, gold: Gold) -> Verdict:
    """The best verdict on the whole, on a part between commas, or on a number in it."""
    parts = [answer, *_PART.split(answer), *_SHOWN.findall(answer)]
    return max((verify(part, gold) for part in parts if part.strip()), key=lambda one: one.score, default=wrong(""))
