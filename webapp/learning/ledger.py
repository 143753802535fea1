"""What became of a correction, line by line, and what it says beside what was said before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.safestring import SafeString

from webapp.learning.models import AdapterMove, Correction, ReferenceSolution, ReferenceUse, TrainingRun
from webapp.learning.presentation import step_html
from webapp.lib.display import clock
from webapp.lib.labels import label_words
from webapp.videos.selectors import timeline_newest

State = Correction.State
ICONS = {
    State.CHECKING: "running",
    State.REFUSED: "error",
    State.SUBMITTED: "hourglass",
    State.APPROVED: "success",
    State.DECLINED: "rejected",
    State.WITHDRAWN: "cancelled",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Citable:
    """One thing that a step may cite, and the key by which it does. Seconds: None for a score without any."""

    key: str
    words: str
    start_s: float | None = None
    end_s: float | None = None

    @property
    def place(self) -> str:
        return "" if self.start_s is None or self.end_s is None else f"{clock(self.start_s)}–{clock(self.end_s)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """`icon`: of the icons' style sheet · `note`: somebody's own words, or code's."""

    icon: str
    words: str
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenStep:
    number: int
    html: SafeString
    is_wrong: bool
    is_dropped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionView:
    """`is_stale`: the video was looked at anew since, so the evidence of it is as it was then."""

    correction: Correction
    icon: str
    attempt: tuple[WrittenStep, ...]
    right_step: SafeString
    reason: SafeString
    lines: tuple[LedgerLine, ...]
    is_stale: bool

    @property
    def answer(self) -> str:
        """What it says that the answer is."""
        return self.correction.edited_answer or self.correction.conclusion


def correction_view(correction: Correction) -> CorrectionView:
    newest = timeline_newest(correction.answer.question.conversation.video.content)
    return CorrectionView(
        correction=correction,
        icon=ICONS[State(correction.state)],
        attempt=tuple(_attempt(correction)),
        right_step=_drawn(correction.right_step, correction.sheet),
        reason=_drawn(correction.reason, correction.sheet),
        lines=tuple(_lines(correction)),
        is_stale=correction.timeline_id is not None and newest is not None and newest.pk != correction.timeline_id,
    )


def citable(sheet: Mapping[str, Any]) -> list[Citable]:
    """Numbered as inference/reasoning/sheet.py numbers them; a test compares the two."""
    facts = [
        Citable(
            key=f"F{number}",
            words=label_words(fact["lane"], fact["label"]),
            start_s=fact["start_s"],
            end_s=fact["end_s"],
        )
        for number, fact in enumerate(sheet.get("facts", ()), start=1)
    ]
    claims = [
        Citable(key=f"C{number}", words=claim["text"], start_s=claim["start_s"], end_s=claim["end_s"])
        for number, claim in enumerate(sheet.get("claims", ()), start=1)
    ]
    items = [_item(number, item) for number, item in enumerate(sheet.get("items", ()), start=1)]
    return [*facts, *claims, *items]


def _item(number: int, item: Mapping[str, Any]) -> Citable:
    start_s, end_s = item["span"] or (None, None)
    words = f"{item['name']} {item['score']:g} of {item['max_score']:g}"
    return Citable(key=f"S{number}", words=words, start_s=start_s, end_s=end_s)


def _drawn(text: str, sheet: Mapping[str, Any]) -> SafeString:
    cites = [{"key": one.key, "words": one.words, "start_s": one.start_s, "end_s": one.end_s} for one in citable(sheet)]
    return step_html({"text": text, "cites": cites})


def _attempt(correction: Correction) -> Iterator[WrittenStep]:
    marked = correction.step_index
    for index, text in enumerate(correction.attempt):
        yield WrittenStep(
            number=index + 1,
            html=_drawn(text, correction.sheet),
            is_wrong=index == marked,
            is_dropped=marked is not None and index > marked,
        )


def _lines(correction: Correction) -> Iterator[LedgerLine]:
    yield LedgerLine(icon="send", words="Sent", at=correction.created_at)
    if correction.state == State.CHECKING:
        yield LedgerLine(icon="running", words="Code checks it against what was seen")
    elif correction.problem:
        yield LedgerLine(
            icon="error", words="Sent back by the check", at=correction.decided_at, note=correction.problem
        )
    elif correction.row:
        words = "Code lets it pass, with a remark" if correction.remarks else "Code found nothing against it"
        yield LedgerLine(icon="success", words=words, note=" ".join(correction.remarks))
    for reading in correction.readings.all():
        is_approval = reading.verdict == reading.Verdict.APPROVE
        words = f"{'Approved' if is_approval else 'Declined'} by {reading.reader}"
        yield LedgerLine(
            icon="success" if is_approval else "rejected", words=words, at=reading.created_at, note=reading.note
        )
    if correction.state == State.SUBMITTED:
        yield LedgerLine(icon="hourglass", words="Waits for somebody beside its author to read it")
    yield from _reference_lines(correction)
    if correction.state == State.WITHDRAWN and not correction.receipts.all():
        yield LedgerLine(icon="cancelled", words="Withdrawn", at=correction.decided_at)


def _reference_lines(correction: Correction) -> Iterator[LedgerLine]:
    reference = getattr(correction, "reference", None)
    if reference is None:
        return
    uses = list(reference.uses.all())
    if reference.state == ReferenceSolution.State.ACTIVE and not uses:
        yield LedgerLine(icon="queued", words="In the next training")
    for use in uses:
        yield _use_line(use)
        yield from _adapter_lines(use)
    if reference.state == ReferenceSolution.State.SUPERSEDED:
        yield LedgerLine(icon="reference", words="A later correction of this answer took its place")
    for receipt in correction.receipts.all():
        by = f" by {receipt.withdrawn_by}" if receipt.withdrawn_by_id not in (None, correction.author_id) else ""
        yield LedgerLine(icon="cancelled", words=f"Withdrawn{by}", at=receipt.created_at, note=receipt.reason)


def _adapter_lines(use: ReferenceUse) -> Iterator[LedgerLine]:
    """What became of the adapter that the run made, move by move."""
    if use.outcome != ReferenceUse.Outcome.KEPT:
        return
    run = TrainingRun.objects.filter(pk=use.run_id).first()
    if run is None or run.version_id is None:
        return
    concerned = Q(after=run.version_id) | Q(before=run.version_id)
    for move in AdapterMove.objects.filter(concerned).order_by("created_at"):
        if move.after_id == run.version_id:
            words = f"The adapter of run {use.run_number} explains from now on"
            yield LedgerLine(icon="success", words=words, at=move.created_at)
        else:
            word = "gave way to a later one" if move.kind == AdapterMove.Kind.PROMOTE else "was rolled back"
            words = f"The adapter of run {use.run_number} {word}"
            yield LedgerLine(icon="cancelled", words=words, at=move.created_at, note=move.reason)


def _use_line(use: ReferenceUse) -> LedgerLine:
    if use.outcome == ReferenceUse.Outcome.KEPT:
        return LedgerLine(icon="trend", words=f"Training run {use.run_number} learns from it", at=use.created_at)
    return LedgerLine(
        icon="rejected", words=f"Training run {use.run_number} left it out", at=use.created_at, note=use.reason
    )
