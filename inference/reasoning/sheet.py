"""What a reasoning model gets to know: evidence sheet, the answer's claims, the skill report's items; all citable.

Facts have the keys F1, F2, ..., claims C1, ... and skill items S1, ...; a key stands for an id, and all else is no
citation.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from inference.engines.chat_format import neutralise
from inference.evidence.citation import Span
from inference.evidence.fact import Fact
from inference.evidence.ontology import spoken
from inference.evidence.sheet import HASH_LENGTH, EvidenceSheet
from inference.evidence.verdict import CheckedClaim

KEY = re.compile(r"\b[FCS][1-9]\d{0,4}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillItem:
    """One item of a skill report: `score` of `max_score`, and the seconds that speak for it, if any."""

    id: str
    name: str
    score: float
    max_score: float
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One citable line. `numbers`: every number that it states · `names`: what it names, in lower case."""

    key: str
    id: str
    line: str
    names: tuple[str, ...]
    numbers: tuple[float, ...]
    span: Span | None = None
    fact: Fact | None = None
    item: SkillItem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningSheet:
    evidence: EvidenceSheet
    claims: tuple[CheckedClaim, ...] = ()
    items: tuple[SkillItem, ...] = ()

    @property
    def text(self) -> str:
        lines = [entry.line for entry in self.entries() if entry.fact is None]
        return "\n".join([self.evidence.text, *lines])

    @property
    def sha256(self) -> str:
        """Of everything that it says; the explanation and its correction name their sheet by it."""
        said = f"{self.evidence.sha256}\n{self.text}\n{[item.id for item in self.items]}"
        return hashlib.sha256(said.encode()).hexdigest()[:HASH_LENGTH]

    def entries(self) -> list[Entry]:
        facts = [_fact_entry(key, fact) for key, fact in self.evidence.by_key().items()]
        claims = [_claim_entry(f"C{number}", claim) for number, claim in enumerate(self.claims, start=1)]
        items = [_item_entry(f"S{number}", item) for number, item in enumerate(self.items, start=1)]
        return [*facts, *claims, *items]

    def by_key(self) -> dict[str, Entry]:
        return {entry.key: entry for entry in self.entries()}


def keys_in(text: str) -> list[str]:
    """The keys that a text cites, in its order, each once."""
    return list(dict.fromkeys(KEY.findall(text)))


def reasoning_sheet(
    evidence: EvidenceSheet, *, claims: Sequence[CheckedClaim] = (), items: Sequence[SkillItem] = ()
) -> ReasoningSheet:
    return ReasoningSheet(evidence=evidence, claims=tuple(claims), items=tuple(items))


def _fact_entry(key: str, fact: Fact) -> Entry:
    name = spoken(fact.lane, fact.label).lower()
    return Entry(
        key=key,
        id=fact.id,
        line="",
        names=(name, fact.label.replace("_", " ").lower()),
        numbers=(_tenth(fact.start_s), _tenth(fact.end_s), round(fact.probability, 2)),
        span=Span(start_s=_tenth(fact.start_s), end_s=_tenth(fact.end_s)),
        fact=fact,
    )


def _claim_entry(key: str, claim: CheckedClaim) -> Entry:
    span = None
    if claim.start_s is not None and claim.end_s is not None:
        span = Span(start_s=_tenth(claim.start_s), end_s=_tenth(claim.end_s))
    text = neutralise(" ".join(claim.text.split()))
    return Entry(
        key=key,
        id=f"claim {claim.index}",
        line=f"{key} claim ({claim.verdict.replace('_', ' ')}): {text}",
        names=(text.lower(),),
        numbers=() if span is None else (span.start_s, span.end_s),
        span=span,
    )


def _item_entry(key: str, item: SkillItem) -> Entry:
    where = "" if item.span is None else f", {item.span.start_s:.1f}-{item.span.end_s:.1f} s"
    return Entry(
        key=key,
        id=item.id,
        line=f"{key} score: {neutralise(item.name)} {item.score:g} of {item.max_score:g}{where}",
        names=(item.name.replace("_", " ").lower(),),
        numbers=(item.score, item.max_score, *((item.span.start_s, item.span.end_s) if item.span else ())),
        span=item.span,
        item=item,
    )


def _tenth(seconds: float) -> float:
    """As the sheet writes it: what a model reads is what its steps are held against."""
    return float(f"{seconds:.1f}")
