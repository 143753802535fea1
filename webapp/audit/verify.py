"""Walks a chain from its first row and names the first thing that is wrong with it.

Seen: a changed row, a deleted row, an inserted or reordered row, a cut-off tail (the head row remembers where the
chain ended). Not seen without an anchor: a rewrite of the whole chain, or of its tail, *together with* its head, by
someone who can write to the database freely. An anchor is a copy of the heads kept outside the database; whatever
it covers can no longer be rewritten unnoticed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypedDict

from webapp.audit.chain import event_hash
from webapp.audit.models import AuditEvent, AuditHead

ROWS_AT_A_TIME = 2000


class Anchor(TypedDict):
    """Where one chain stood when the anchor was written."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """`problem` is empty for an unbroken chain; otherwise `broken_sequence` is the first row that is wrong or gone."""

    hospital_id: str
    num_rows: int
    head_hash: str
    problem: str = ""
    broken_sequence: int | None = None

    @property
    def is_unbroken(self) -> bool:
        return not self.problem


def chains_verify(anchors: Mapping[str, Anchor] | None = None) -> Iterator[ChainReport]:
    """One report per chain; chains that only an anchor still knows of are reported as gone."""
    anchors = anchors or {}
    with_rows = set(AuditEvent.objects.order_by().values_list("hospital_id", flat=True).distinct())
    with_heads = set(AuditHead.objects.values_list("hospital_id", flat=True))
    for hospital_id in sorted(with_rows | with_heads | set(anchors)):
        yield chain_verify(hospital_id, anchor=anchors.get(hospital_id))


def chain_verify(hospital_id: str, *, anchor: Anchor | None = None) -> ChainReport:
    num_rows = 0
    previous_hash = ""
    events = AuditEvent.objects.filter(hospital_id=hospital_id).order_by("sequence")
    for event in events.iterator(chunk_size=ROWS_AT_A_TIME):
        expected = num_rows + 1
        problem = _row_problem(event, expected=expected, previous_hash=previous_hash, anchor=anchor)
        if problem:
            return ChainReport(
                hospital_id=hospital_id,
                num_rows=num_rows,
                head_hash=previous_hash,
                problem=problem,
                broken_sequence=min(expected, event.sequence),
            )
        num_rows, previous_hash = expected, event.hash
    problem = _end_problem(hospital_id, num_rows=num_rows, head_hash=previous_hash, anchor=anchor)
    return ChainReport(
        hospital_id=hospital_id,
        num_rows=num_rows,
        head_hash=previous_hash,
        problem=problem,
        broken_sequence=num_rows + 1 if problem else None,
    )


def _row_problem(event: AuditEvent, *, expected: int, previous_hash: str, anchor: Anchor | None) -> str:
    if event.sequence > expected:
        return f"row {expected} is missing: the next one is {event.sequence}"
    if event.sequence < expected:
        return f"row {event.sequence} does not belong in the chain"
    if event.previous_hash != previous_hash:
        return f"row {event.sequence} (id {event.pk}) does not follow from the row before it"
    if event.hash != event_hash(event):
        return f"row {event.sequence} (id {event.pk}, {event.action}) was changed after it was written"
    if anchor and anchor["sequence"] == event.sequence and anchor["hash"] != event.hash:
        return f"row {event.sequence} (id {event.pk}) is not the one the anchor knows: the chain was rewritten"
    return ""


def _end_problem(hospital_id: str, *, num_rows: int, head_hash: str, anchor: Anchor | None) -> str:
    head = AuditHead.objects.filter(hospital_id=hospital_id).first()
    if anchor and anchor["sequence"] > num_rows:
        return f"rows {num_rows + 1} to {anchor['sequence']} are missing: the anchor knows them"
    if head is None:
        return "the head row of the chain is missing" if num_rows else ""
    if head.sequence > num_rows:
        return f"rows {num_rows + 1} to {head.sequence} are missing from the end"
    if head.sequence < num_rows or head.hash != head_hash:
        return "the head row of the chain does not match its last row"
    return ""
