"""Checks a correction against the sheet that it was made on, as each round will, and tells its author at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from celery import shared_task

from inference.errors import Stopped
from inference.reasoning.admission import Proposed, problem_of, unbacked
from inference.reasoning.instructions import addresses_the_model
from inference.reasoning.schema import gold_of
from inference.reasoning.sheet import ReasoningSheet
from inference.reasoning.snapshot import EvidenceChanged, sheet_of, snapshot
from inference.reasoning.verifiers.registry import verify
from inference.reasoning.verifiers.said import gold_said
from webapp.learning.corrections import correction_checked, correction_refuse
from webapp.learning.models import Correction
from webapp.learning.references import references_beside
from webapp.learning.selectors import correction_for_job
from webapp.videos.selectors import timeline_newest
from workers.explain import sheet_for
from workers.stages import StageContext, run_stage

SOURCE = "correction"
_NUMBER = re.compile(r"(?<![\w.])\d{1,7}(?:\.\d{1,4})?(?![\w.]*\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """`problem`: why it goes back to its author; else the row that a round would read, and remarks for its readers."""

    problem: str = ""
    row: Mapping[str, Any] = field(default_factory=dict)
    remarks: Sequence[str] = ()


@shared_task(name="workers.correction.check_correction")
def check_correction(job_id: str, stage: str) -> None:
    run_stage(job_id, stage, check)


def check(context: StageContext) -> str | None:
    correction = correction_for_job(context.job.pk)
    if correction is None:
        raise Stopped
    found = examined(correction)
    if found.problem:
        context.write(correction_refuse, correction.pk, problem=found.problem)
    else:
        context.write(correction_checked, correction.pk, row=found.row, sheet=found.row["sheet"], remarks=found.remarks)
    return None


def examined(correction: Correction) -> Examined:
    try:
        sheet = _sheet(correction)
    except EvidenceChanged as error:
        return Examined(problem=f"{error} Ask for the explanation again.")
    proposed = proposed_by(correction, sheet)
    if problem := problem_of(proposed):
        return Examined(problem=problem)
    return Examined(row=row_of(correction, proposed), remarks=remarks_on(correction, proposed))


def proposed_by(correction: Correction, sheet: ReasoningSheet) -> Proposed:
    """The steps before the marked one stay, the right one takes its place, and what followed falls away."""
    is_mark = correction.kind == Correction.Kind.FIRST_WRONG_STEP
    before = tuple(correction.attempt[: correction.step_index or 0]) if is_mark else ()
    return Proposed(
        sheet=sheet,
        question=correction.question,
        gold=gold_said(correction.edited_answer or correction.conclusion),
        reference=(*before, correction.right_step if is_mark else correction.reason),
        mark=correction.right_step if is_mark else "",
        rules=tuple(float(found) for found in _NUMBER.findall(correction.question)),
    )


def row_of(correction: Correction, proposed: Proposed) -> dict[str, Any]:
    """As inference/reasoning/training/intake.py reads it."""
    content = correction.answer.question.conversation.video.content
    row: dict[str, Any] = {
        "group": f"content {content.sha256[:16]}",
        "source": SOURCE,
        "stratum": SOURCE,
        "sheet": snapshot(proposed.sheet),
        "question": correction.question,
        "gold": proposed.gold.row(),
        "reference": list(proposed.reference),
        "rules": list(proposed.rules),
    }
    if not proposed.mark:
        return row
    ended = [f"Answer: {correction.conclusion}"] if correction.conclusion else []
    mark = {"location": correction.step_index, "text": correction.right_step}
    return row | {"attempt": [*correction.attempt, *ended], "mark": mark}


def remarks_on(correction: Correction, proposed: Proposed) -> list[str]:
    """For those who read it, in sentences."""
    said = (correction.right_step, correction.edited_answer, correction.reason)
    remarks = []
    if note := unbacked(proposed):
        remarks.append(f"Code cannot back the sentence: {note}")
    if correction.marked_mark in ("recomputed", "supported"):
        remarks.append(f"Code backs the step that is marked as wrong: it is {correction.marked_mark}.")
    if any(addresses_the_model(text) for text in said):
        remarks.append("It may be meant for the model rather than for a reader. Look twice.")
    against = [row for row in references_beside(correction) if _contradicts(row, proposed)]
    remarks += [
        f"An approved reference answers the same question with “{_answer(row)}”. A training refuses both."
        for row in against
    ]
    return remarks


def _sheet(correction: Correction) -> ReasoningSheet:
    """As it was shown; where nothing was explained, as it is shown now."""
    if correction.sheet:
        return sheet_of(correction.sheet)
    answer = correction.answer
    return sheet_for(answer, correction.timeline or timeline_newest(answer.question.conversation.video.content))


def _contradicts(row: Mapping[str, Any], proposed: Proposed) -> bool:
    """The same question about the same sheet, with an answer that the other's verifier does not take."""
    is_same = str(row["question"]).strip().lower() == proposed.question.strip().lower()
    if not is_same or row["sheet"]["sha256"] != proposed.sheet.sha256:
        return False
    return not verify(proposed.answer, gold_of(row["gold"])).is_right


def _answer(row: Mapping[str, Any]) -> str:
    return f"{row['gold']['value']} {row['gold'].get('unit', '')}".strip()
