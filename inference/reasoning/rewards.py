"""What a chain is worth: nothing if it cannot be parsed; what the process earns is multiplied by being right.

A fixed tenth of the process counts without it, so that a wrong answer with lovely citations never beats a right one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from inference.reasoning.recompute import CheckedStep, StepChecker
from inference.reasoning.schema import Chain, Gold
from inference.reasoning.sheet import ReasoningSheet, keys_in
from inference.reasoning.verifiers.registry import verify

CORRECT, FORMAT, CITED, CONSISTENT = 1.0, 0.1, 0.2, 0.1
UNCONDITIONAL_SHARE = 0.1
UNSUPPORTED_PENALTY, MAX_PENALTY = 0.1, 0.5
MAX_REWARD = 1.4
# Over this many words a chain loses up to half a point, linearly over as many again.
LENGTH_WORDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardBreakdown:
    """`total` in [0, 1.4]; the others as they went in."""

    total: float
    correct: float = 0.0
    is_right: bool = False
    precision: float = 0.0
    recall: float = 0.0
    consistency: float = 0.0
    num_unsupported: int = 0
    length_penalty: float = 0.0
    problem: str = ""


def reward(
    chain: Chain,
    gold: Gold,
    sheet: ReasoningSheet,
    *,
    key_facts: Collection[str] = (),
    rules: Sequence[float] = (),
) -> RewardBreakdown:
    """`key_facts`: keys that the reference cites."""
    if not chain.is_parseable:
        return RewardBreakdown(total=0.0, problem=chain.problem)
    verdict = verify(chain.answer, gold)
    checker = StepChecker(sheet, rules=rules)
    steps = [checker.check(text) for text in chain.steps]
    precision, recall = _citations(chain, sheet, key_facts)
    consistency = float(not any(step.mark == "wrong" for step in steps))
    # What is wrong has no support either: it must never be the cheaper of the two.
    unsupported = sum(step.mark in ("unsupported", "wrong") for step in steps)
    length = _length_penalty(chain)
    process = FORMAT + CITED * precision * recall + CONSISTENT * consistency
    gated = (1 - UNCONDITIONAL_SHARE) * verdict.score * process + UNCONDITIONAL_SHARE * process
    penalty = min(MAX_PENALTY, UNSUPPORTED_PENALTY * unsupported) + length
    return RewardBreakdown(
        total=min(MAX_REWARD, max(0.0, CORRECT * verdict.score + gated - penalty)),
        correct=verdict.score,
        is_right=verdict.is_right,
        precision=precision,
        recall=recall,
        consistency=consistency,
        num_unsupported=unsupported,
        length_penalty=length,
        problem=verdict.reason,
    )


def citations_are_valid(steps: Sequence[CheckedStep]) -> bool:
    """Whether every step cites only what is there and says of it what it says."""
    return not any(step.mark == "wrong" for step in steps)


def _citations(chain: Chain, sheet: ReasoningSheet, key_facts: Collection[str]) -> tuple[float, float]:
    """Precision: cited keys that exist. Recall: of the key facts; 1 where there are none."""
    cited = keys_in(" ".join(chain.steps))
    known = sheet.by_key()
    precision = sum(key in known for key in cited) / len(cited) if cited else float(not key_facts)
    recall = sum(key in cited for key in key_facts) / len(key_facts) if key_facts else 1.0
    return precision, recall


def _length_penalty(chain: Chain) -> float:
    words = len(" ".join((*chain.steps, chain.answer)).split())
    return 0.5 * min(1.0, max(0, words - LENGTH_WORDS) / LENGTH_WORDS)
