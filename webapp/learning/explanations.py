"""From "Why?" to the last step. Each change is conditional on the explanation still being open."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.accounts.models import User
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.conversations.models import Answer
from webapp.jobs.kinds import JobKind
from webapp.jobs.selectors import count_open_jobs
from webapp.jobs.services import job_create
from webapp.learning.jobs import EXPLAIN
from webapp.learning.models import Explanation
from webapp.lib.errors import Conflict, TooManyAttempts
from webapp.skills.models import ReportItem
from webapp.videos.models import Timeline, Video

OPEN = (Explanation.Status.QUEUED, Explanation.Status.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What a step cites. `key`: as the step writes it · seconds: None for a score without any."""

    key: str
    words: str
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedStep:
    """`mark`: recomputed, supported, unsupported or wrong · `note`: why it is marked so."""

    text: str
    mark: str
    note: str
    cites: tuple[Cited, ...] = ()

    def row(self) -> dict[str, Any]:
        return asdict(self)


@transaction.atomic
def explanation_ask(answer: Answer, *, actor: Actor) -> Explanation:
    """Queues one, or returns the one that is being written. Raises Conflict for an answer that is not there yet."""
    actor.require("conversations")
    locked = Answer.objects.select_for_update(of=("self",)).get(pk=answer.pk)
    if locked.is_active or not locked.text.strip():
        raise Conflict("There is no answer yet that could be explained.", code="answer_not_finished")
    writing = Explanation.objects.filter(answer=locked, status__in=OPEN).first()
    if writing is not None:
        return writing
    require_place(actor.person, EXPLAIN, words="explanations")
    return _ask(answer.question.conversation.video, actor=actor, answer=locked)


@transaction.atomic
def item_explanation_ask(item: ReportItem, *, actor: Actor) -> Explanation:
    """The same for an item of a report that is open to whoever asks. Raises Conflict where nothing is said of it."""
    actor.require("skills")
    locked = ReportItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if locked.expected is None:
        raise Conflict(locked.reason or "The comparison says nothing of this item.", code="item_unscored")
    writing = Explanation.objects.filter(report_item=locked, status__in=OPEN).first()
    if writing is not None:
        return writing
    require_place(actor.person, EXPLAIN, words="explanations")
    return _ask(item.report.video, actor=actor, report_item=locked)


def _ask(video: Video, *, actor: Actor, **explained: Any) -> Explanation:
    job = job_create(
        kind=EXPLAIN,
        owner=actor.person,
        hospital=video.hospital,
        title=video.title,
        url=reverse("video", args=[video.pk]),
    )
    made = Explanation.objects.create(job=job, **explained)
    audit_record(
        action=Action.EXPLANATION_ASK,
        actor=actor,
        hospital=video.hospital,
        object_type="video",
        object_id=str(video.pk),
    )
    return made


def explanation_started(
    explanation_id: uuid.UUID, *, timeline: Timeline | None, sheet: Mapping[str, Any], model_name: str
) -> bool:
    """A worker begins, perhaps not the first one: what was written before is forgotten. False if it was ended."""
    return bool(
        _open(explanation_id).update(
            status=Explanation.Status.RUNNING,
            timeline=timeline,
            sheet=dict(sheet),
            sheet_sha256=str(sheet.get("sha256", "")),
            model_name=model_name[:120],
            steps=[],
            writing="",
        )
    )


def explanation_write(explanation_id: uuid.UUID, *, steps: Sequence[ExplainedStep], writing: str) -> bool:
    return bool(_open(explanation_id).update(steps=[step.row() for step in steps], writing=writing[:1000]))


def explanation_finish(
    explanation_id: uuid.UUID, *, steps: Sequence[ExplainedStep], conclusion: str, problem: str, adapter: str
) -> bool:
    return bool(
        _open(explanation_id).update(
            status=Explanation.Status.FINISHED,
            steps=[step.row() for step in steps],
            writing="",
            conclusion=conclusion,
            problem=problem,
            adapter=adapter[:120],
            finished_at=timezone.now(),
        )
    )


def explanation_fail(explanation_id: uuid.UUID, *, code: str, message: str) -> bool:
    """Keeps the steps that stand."""
    return bool(
        _open(explanation_id).update(
            status=Explanation.Status.FAILED,
            writing="",
            error_code=code[:60],
            error_message=message,
            finished_at=timezone.now(),
        )
    )


def explanation_restarted(explanation_id: uuid.UUID) -> None:
    Explanation.objects.filter(pk=explanation_id).update(
        status=Explanation.Status.QUEUED, steps=[], writing="", error_code="", error_message="", finished_at=None
    )


def _open(explanation_id: uuid.UUID) -> Any:
    return Explanation.objects.filter(pk=explanation_id, status__in=OPEN)


def require_place(user: User, kind: JobKind, *, words: str) -> None:
    """Raises TooManyAttempts: nobody may take all of the assistant's places. `words`: what is in them."""
    if count_open_jobs(user, kind=kind.name) >= settings.OPEN_ANSWERS_MAX:
        raise TooManyAttempts(
            f"The assistant is still at {settings.OPEN_ANSWERS_MAX} of your {words}. Wait until one is done.",
            code=f"too_many_open_{words}",
        )
