"""A sheet as JSON and back: what an explanation was written from, kept beside it and beside its corrections."""

from collections.abc import Mapping
from typing import Any

from inference.errors import InferenceError
from inference.evidence.citation import Span
from inference.evidence.fact import Fact
from inference.evidence.kinds import VideoKind
from inference.evidence.sheet import EvidenceSheet
from inference.evidence.verdict import CheckedClaim
from inference.evidence.watched import Watch
from inference.reasoning.sheet import ReasoningSheet, SkillItem


class EvidenceChanged(InferenceError):
    """The sheet is not the one that was meant: it is of another revision of the timeline."""

    code = "evidence_changed"
    permanent = True


def snapshot(sheet: ReasoningSheet) -> dict[str, Any]:
    evidence = sheet.evidence
    return {
        "sha256": sheet.sha256,
        "window": _pair(evidence.window),
        "facts": [fact.row() for fact in evidence.facts],
        "watch": {
            "kind": evidence.watch.kind.value,
            "labels": sorted(list(key) for key in evidence.watch.labels),
            "looked": [_pair(span) for span in evidence.watch.looked],
            "duration_s": evidence.watch.duration_s,
            "phases": [[label, *_pair(span)] for label, span in evidence.watch.phases],
        },
        "claims": [_claim_row(claim) for claim in sheet.claims],
        "items": [_item_row(item) for item in sheet.items],
    }


def sheet_of(row: Mapping[str, Any]) -> ReasoningSheet:
    """Raises EvidenceChanged where what is read gives another hash than was kept; KeyError or ValueError for none."""
    watch = row["watch"]
    evidence = EvidenceSheet(
        window=_span(row["window"]),
        facts=tuple(Fact(**fact) for fact in row["facts"]),
        watch=Watch(
            kind=VideoKind(watch["kind"]),
            labels=frozenset((lane, label) for lane, label in watch["labels"]),
            looked=tuple(_span(pair) for pair in watch["looked"]),
            duration_s=watch["duration_s"],
            phases=tuple((label, _span(pair)) for label, *pair in watch["phases"]),
        ),
    )
    facts = {fact.id: fact for fact in evidence.facts}
    claims = tuple(
        CheckedClaim(**{**claim, "facts": tuple(facts[one] for one in claim["facts"])}) for claim in row["claims"]
    )
    items = tuple(SkillItem(**{**item, "span": item["span"] and _span(item["span"])}) for item in row["items"])
    sheet = ReasoningSheet(evidence=evidence, claims=claims, items=items)
    if sheet.sha256 != row["sha256"]:
        raise EvidenceChanged("The evidence is not what it was when this was written.")
    return sheet


def _claim_row(claim: CheckedClaim) -> dict[str, Any]:
    return {
        "index": claim.index,
        "text": claim.text,
        "start_s": claim.start_s,
        "end_s": claim.end_s,
        "verdict": claim.verdict,
        "facts": [fact.id for fact in claim.facts],
    }


def _item_row(item: SkillItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "name": item.name,
        "score": item.score,
        "max_score": item.max_score,
        "span": None if item.span is None else _pair(item.span),
    }


def _pair(span: Span) -> list[float]:
    return [span.start_s, span.end_s]


def _span(pair: Any) -> Span:
    start_s, end_s = pair
    return Span(start_s=float(start_s), end_s=float(end_s))
