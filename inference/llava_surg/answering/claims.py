"""An answer's claims: its sentences, the seconds they point at, and what the timeline says of them.

Supported: a fact of the timeline says the same in those seconds. Contradicted: the timeline is sure of the
opposite. Everything else is not verified. Words are matched by a small vocabulary, not understood.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from inference.evidence.citation import spans, without
from inference.evidence.fact import Fact
from inference.evidence.mentions import Mention, mentions
from inference.llava_surg.answering.timeline_text import LIKELY_PROBABILITY, SURE_PROBABILITY

Verdict = Literal["supported", "not_verified", "contradicted"]

# To speak for a claim a fact must be what may be claimed, and to speak against one what the timeline calls sure.
SUPPORTING_PROBABILITY = LIKELY_PROBABILITY
CONTRADICTING_PROBABILITY = SURE_PROBABILITY
# What the timeline must cover of a claim's seconds before it may speak against it.
MIN_COVERAGE = 0.5

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^\s\[])|\n+")
_NEGATION = re.compile(r"\b(no|not|none|without|never|isn't|aren't|cannot)\b", re.IGNORECASE)
_ANSWER_WORD = re.compile(r"^\s*(yes|no),\s*", re.IGNORECASE)
# What is inferred is no claim about what the picture shows.
_INFERENCE = re.compile(r"\b(usually|next|aim|suggests?|because|will|should|may|might|perhaps|plan)\b", re.IGNORECASE)
INSUFFICIENT = "not enough evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedClaim:
    """`text` without its citations; times are None where the sentence points at nothing."""

    index: int
    text: str
    start_s: float | None
    end_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedClaim:
    index: int
    text: str
    start_s: float | None
    end_s: float | None
    verdict: Verdict
    facts: tuple[Fact, ...]


def parse_claims(text: str, duration_s: float) -> list[ParsedClaim]:
    """One claim per sentence; several citations in one sentence give the span around them."""
    claims: list[ParsedClaim] = []
    for sentence in _SENTENCE_END.split(text):
        cited = spans(sentence, duration_s)
        words = " ".join(without(sentence).split()).replace(" .", ".").replace(" ,", ",")
        if not words.strip(" .,;:!?-*"):
            continue
        claims.append(
            ParsedClaim(
                index=len(claims),
                text=words,
                start_s=min(span.start_s for span in cited) if cited else None,
                end_s=max(span.end_s for span in cited) if cited else None,
            )
        )
    return claims


def check_claims(claims: Iterable[ParsedClaim], facts: Sequence[Fact]) -> list[CheckedClaim]:
    """Each claim with its verdict and the facts behind it."""
    return [_check(claim, facts) for claim in claims]


def _check(claim: ParsedClaim, facts: Sequence[Fact]) -> CheckedClaim:
    verdict, behind = _judge(claim, facts)
    return CheckedClaim(
        index=claim.index,
        text=claim.text,
        start_s=claim.start_s,
        end_s=claim.end_s,
        verdict=verdict,
        facts=tuple(behind),
    )


def _judge(claim: ParsedClaim, facts: Sequence[Fact]) -> tuple[Verdict, list[Fact]]:
    said = mentions(claim.text, {(fact.lane, fact.label) for fact in facts})
    if not said or INSUFFICIENT in claim.text.lower() or _INFERENCE.search(claim.text):
        return "not_verified", []
    near = [fact for fact in facts if _overlap_s(claim, fact) > 0]
    # "No, the phase is ..." answers a question; what it states is not negated.
    is_negated = _NEGATION.search(_ANSWER_WORD.sub("", claim.text)) is not None
    results = [_judge_mention(mention, claim, near, is_negated=is_negated) for mention in said]
    against = [fact for verdict, behind in results if verdict == "contradicted" for fact in behind]
    if against:
        return "contradicted", against
    if all(verdict == "supported" for verdict, _ in results):
        return "supported", [fact for _, behind in results for fact in behind]
    return "not_verified", [fact for _, behind in results for fact in behind]


def _judge_mention(
    mention: Mention, claim: ParsedClaim, near: Sequence[Fact], *, is_negated: bool
) -> tuple[Verdict, list[Fact]]:
    same = [fact for fact in near if (fact.lane, fact.label) == mention.key]
    if is_negated:
        seen = [fact for fact in same if fact.probability >= CONTRADICTING_PROBABILITY]
        if seen:
            return "contradicted", seen
        # The head looked at these seconds and named others: that it did not name this one is evidence too.
        others = [fact for fact in near if fact.lane == mention.lane and fact.probability >= SUPPORTING_PROBABILITY]
        return ("supported", others) if others and not same else ("not_verified", same)
    seen = [fact for fact in same if fact.probability >= SUPPORTING_PROBABILITY]
    if seen:
        return "supported", seen
    if not mention.is_exclusive:
        return "not_verified", same
    others = [
        fact
        for fact in near
        if fact.lane == mention.lane
        and fact.label != mention.label
        and fact.probability >= CONTRADICTING_PROBABILITY
        and _covers(claim, fact)
    ]
    return ("contradicted", others) if others else ("not_verified", same)


def _overlap_s(claim: ParsedClaim, fact: Fact) -> float:
    """Seconds in common; a claim without times is about the whole video."""
    if claim.start_s is None or claim.end_s is None:
        return max(fact.end_s - fact.start_s, 1e-6)
    start_s, end_s = claim.start_s, max(claim.end_s, claim.start_s + 1e-3)
    return min(end_s, fact.end_s) - max(start_s, fact.start_s)


def _covers(claim: ParsedClaim, fact: Fact) -> bool:
    if claim.start_s is None or claim.end_s is None:
        return False
    length_s = max(claim.end_s - claim.start_s, 1e-3)
    return _overlap_s(claim, fact) / length_s >= MIN_COVERAGE
