"""What a template or a wire message shows of an answer: the row, put in words. No writes."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format

from webapp.conversations.models import Answer, Claim
from webapp.conversations.rendering import (
    RenderedAnswer,
    claim_popover_id,
    clock_range,
    render_answer,
    render_badge,
    render_time_chip,
)
from webapp.conversations.selectors import answer_queue_place, claims_for_answer
from webapp.conversations.thread import Siblings, Turn
from webapp.jobs.kinds import WorkQueue
from webapp.jobs.models import Job
from webapp.jobs.watchdog import STALE_AFTER_S
from webapp.lib import events
from webapp.lib.intended_use import INTENDED_USE
from webapp.lib.labels import label_words
from webapp.lib.warmth import Warmth, warmth_of

# The watchdog looks every few seconds; well past that, nobody is coming for this answer any more.
SILENT_AFTER_S = 2 * STALE_AFTER_S
ALONE = Siblings(position=1, count=1, previous_id=None, next_id=None)


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim with what the popover needs."""

    claim: Claim

    @property
    def popover_id(self) -> str:
        return claim_popover_id(self.claim)

    @property
    def badge(self) -> str:
        return render_badge(self.claim)

    @property
    def facts(self) -> list[dict[str, Any]]:
        return [
            {
                "lane": fact.lane,
                "label": label_words(fact.lane, fact.label),
                "probability": fact.probability,
                "chip": render_time_chip(fact.start_s, fact.end_s),
            }
            for fact in self.claim.facts.all()
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """One turn as the templates want it."""

    turn: Turn

    @property
    def answer(self) -> Answer:
        return self.turn.answer

    @property
    def version(self) -> str:
        """Changes whenever the element has to be drawn anew; a running answer's text is the stream's business."""
        answer, turn = self.answer, self.turn
        text_length = 0 if answer.is_active else len(answer.text)
        siblings = f"{turn.question_siblings.position}.{turn.question_siblings.count}"
        siblings += f"-{turn.answer_siblings.position}.{turn.answer_siblings.count}"
        return f"{answer.status}-{text_length}-{answer.thumb}-{siblings}"

    @property
    def window(self) -> str:
        question = self.turn.question
        if question.window_start_s is None or question.window_end_s is None:
            return ""
        return render_time_chip(question.window_start_s, question.window_end_s)

    @property
    def place(self) -> int | None:
        return answer_queue_place(self.answer)

    @property
    def rendered(self) -> RenderedAnswer:
        answer = self.answer
        return render_answer(answer.text, duration_s=_duration_s(answer), claims=claims_for_answer(answer))

    @property
    def parts(self) -> dict[str, Any]:
        """Claims without a time are named below the text if the timeline speaks of them, and counted if not."""
        rendered = self.rendered
        checked = [claim for claim in rendered.uncited_claims if claim.facts.all()]
        return {
            "html": rendered.html,
            "popovers": [ClaimView(claim) for claim in rendered.claims],
            "uncited": [ClaimView(claim) for claim in checked],
            "num_unchecked": len(rendered.uncited_claims) - len(checked),
        }

    @property
    def mark(self) -> str:
        return ai_mark(self.answer)

    @property
    def state_words(self) -> str:
        return describe_state(self.answer)


def ai_mark(answer: Answer) -> str:
    """What goes with an answer wherever its words go."""
    written_at = timezone.localtime(answer.finished_at or answer.created_at)
    who = [answer.model_name, answer.adapter, f"{date_format(written_at, 'j F Y, H:i')}"]
    by = f" ({', '.join(part for part in who if part)})" if answer.model_name else ""
    return f"Written by AI{by}. {INTENDED_USE}"


def describe_state(answer: Answer) -> str:
    """The words beside the AI mark."""
    if answer.is_active and warmth_of(WorkQueue.ANSWERS) == Warmth.LOADING:
        return "Loading the model"
    if answer.status == Answer.Status.QUEUED:
        place = answer_queue_place(answer)
        return f"Queued, place {place}" if place else "Queued"
    if answer.status == Answer.Status.RUNNING:
        return f"Looking at {looked_at(answer)}"
    if answer.status == Answer.Status.FINISHED:
        return "Not enough evidence" if answer.is_insufficient else ""
    return answer.get_status_display()


def looked_at(answer: Answer) -> str:
    question = answer.question
    if question.window_start_s is None or question.window_end_s is None:
        return "the whole video"
    return clock_range(question.window_start_s, question.window_end_s)


def answer_state(answer: Answer) -> dict[str, Any]:
    """The row as a message: what a page shows when it comes late, or cannot have live news."""
    state: dict[str, Any] = {
        "type": "final" if not answer.is_active else "snapshot",
        "id": str(answer.pk),
        "status": answer.status,
        "words": describe_state(answer),
    }
    if not answer.is_active:
        return state | {"html": answer_html(answer)}
    waited_s = (timezone.now() - answer.created_at).total_seconds()
    return state | {"text": answer.text, "place": answer_queue_place(answer), "waited_s": int(max(0.0, waited_s))}


def answer_is_looked_after(answer: Answer) -> bool:
    """False when nobody can be at work on it: its worker and the watchdog are silent, or it waits and Redis is gone."""
    if not answer.is_active:
        return True
    job = answer.job
    if job is not None and job.status == Job.Status.RUNNING and job.heartbeat_at is not None:
        return job.heartbeat_at > timezone.now() - timedelta(seconds=SILENT_AFTER_S)
    return events.is_reachable()


def answer_html(answer: Answer) -> str:
    """The finished answer without its siblings: a page swaps it in for the streamed text."""
    turn = Turn(question=answer.question, answer=answer, question_siblings=ALONE, answer_siblings=ALONE)
    return render_to_string("conversations/_answer_body.html", {"view": AnswerView(turn=turn)})


def _duration_s(answer: Answer) -> float | None:
    return answer.question.conversation.video.content.duration_s
