"""Explanations and corrections for tests, over the sheet of tests/unit/reasoning/sheets.py."""

import uuid
from typing import Any

from inference.reasoning.recompute import StepChecker
from inference.reasoning.snapshot import snapshot
from tests.unit.reasoning.sheets import sheet
from webapp.accounts.actors import page_actor
from webapp.accounts.models import User
from webapp.conversations.models import Answer
from webapp.learning.corrections import correction_checked, correction_refuse, correction_submit
from webapp.learning.drafts import Draft
from webapp.learning.models import Correction, Explanation
from webapp.learning.selectors import correction_for_job
from webapp.videos.selectors import timeline_newest
from workers.correction import examined

# F3 lasts 3.5 s, so the second is the first wrong one.
STEPS = ("F1 hook: 8.0 - 3.0 = 5.0 s", "F3 hook: 33.5 - 30.0 = 9.5 s", "5.0 + 9.5 = 14.5 s")
CONCLUSION, RIGHT_STEP, RIGHT_ANSWER = "14.5 s", "F3 hook: 33.5 - 30.0 = 3.5 s", "8.5 s"


def explanation_row(answer: Answer, *, steps: tuple[str, ...] = STEPS, **fields: Any) -> Explanation:
    """Finished, of the newest timeline."""
    kept = snapshot(sheet())
    checked = map(StepChecker(sheet()).check, steps)
    rows = [{"text": step.text, "mark": step.mark, "note": step.note, "cites": []} for step in checked]
    content = answer.question.conversation.video.content
    return Explanation.objects.create(
        **{
            "answer": answer,
            "status": Explanation.Status.FINISHED,
            "sheet": kept,
            "sheet_sha256": kept["sha256"],
            "steps": rows,
            "conclusion": CONCLUSION,
            "model_name": "test model",
            "timeline": timeline_newest(content),
        }
        | fields
    )


def marking(text: str = RIGHT_STEP, *, step: int = 1, answer: str = RIGHT_ANSWER) -> Draft:
    return Draft(kind="first_wrong_step", step_index=step, right_step=text, edited_answer=answer)


def correct(explanation: Explanation, draft: Draft | None = None) -> Correction:
    """Sent by who asked, and not yet checked."""
    asker = User.objects.get(pk=explanation.answer.question.conversation.owner_id)
    return correction_submit(
        explanation.answer, actor=page_actor(asker), draft=draft or marking(), explanation=explanation
    )


def settle(correction: Correction) -> Correction:
    """What a worker makes of it, without a worker."""
    found = examined(correction_for_job(correction.job_id) or correction)
    if found.problem:
        correction_refuse(correction.pk, problem=found.problem)
    else:
        correction_checked(correction.pk, row=found.row, sheet=found.row["sheet"], remarks=found.remarks)
    return Correction.objects.get(pk=correction.pk)


def sent_correction(answer: Answer) -> Correction:
    """One that waits for a reader."""
    return settle(correct(explanation_row(answer)))


def correction_ready(name: str, ids: dict[str, uuid.UUID | int | str]) -> None:
    """What the address needs so that there is something to do."""
    if name == "correction_submit":
        Correction.objects.filter(pk=ids["correction_id"]).delete()
