"""What becomes of an answer: started, partly written, finished, stopped, failed.

Each change is conditional on the answer still being open, so the worker, the watchdog and a cancel can meet
without undoing one another. Redis is asked and told once the row is committed: it may hang, and a transaction that
waited for it would hold up every other writer.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.functions import Length
from django.utils import timezone

from webapp.conversations import news
from webapp.conversations.models import Answer, Claim, ClaimFact
from webapp.lib import events
from webapp.lib.commits import after_commit
from webapp.videos.models import Timeline

AnswerId = uuid.UUID | str
ACTIVE = (Answer.Status.QUEUED, Answer.Status.RUNNING)
LOST_CODE, LOST_MESSAGE = "answer_lost", "The answer was not kept. Try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOutcome:
    """The whole text and who wrote it. `was_stopped`: a person stopped it, the text is what was written by then.

    `is_cut_off`: it met DEBRIEF_ANSWER_MAX_TOKENS · `model_version_ids`: rows of the registry.
    """

    text: str
    model_name: str
    adapter: str
    ttft_s: float | None
    num_tokens: int
    is_insufficient: bool = False
    was_stopped: bool = False
    is_cut_off: bool = False
    model_version_ids: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimOutcome:
    """One checked sentence. `fact_ids`: the facts behind the verdict, of the revision that the answer was given."""

    index: int
    text: str
    start_s: float | None
    end_s: float | None
    verdict: str
    fact_ids: tuple[str, ...] = ()


def answer_started(answer_id: AnswerId, *, timeline: Timeline | None = None) -> bool:
    """A worker begins, perhaps not the first one: whatever was written before is forgotten.

    `timeline`: the revision it is given, which is kept from now on.
    """
    started = _open(answer_id).update(
        status=Answer.Status.RUNNING, timeline=timeline, text="", error_code="", error_message=""
    )
    if started:
        _announce(answer_id, "restart")
    return bool(started)


def answer_save_partial(answer_id: AnswerId, text: str, *, worker: str) -> None:
    """So that the row shows something even where the live news cannot be reached."""
    Answer.objects.filter(pk=answer_id, status=Answer.Status.RUNNING, job__worker=worker).update(text=text)


def answer_finish(answer_id: AnswerId, *, outcome: AnswerOutcome, claims: list[ClaimOutcome], worker: str) -> bool:
    """Text and claims in one transaction. False if the answer was ended meanwhile, or its job is another worker's."""
    status = Answer.Status.STOPPED if outcome.was_stopped else Answer.Status.FINISHED
    with transaction.atomic():
        finished = Answer.objects.filter(pk=answer_id, status=Answer.Status.RUNNING, job__worker=worker).update(
            status=status,
            text=outcome.text,
            model_name=outcome.model_name[:120],
            adapter=outcome.adapter[:120],
            ttft_s=outcome.ttft_s,
            num_tokens=outcome.num_tokens,
            is_insufficient=outcome.is_insufficient,
            error_code=Answer.CUT_OFF if outcome.is_cut_off else "",
            finished_at=timezone.now(),
        )
        if not finished:
            return False
        Claim.objects.filter(answer_id=answer_id).delete()
        _keep_claims(answer_id, claims)
        _keep_model_versions(answer_id, outcome.model_version_ids)
        _announce(answer_id, "stopped" if outcome.was_stopped else "done")
    return True


def answer_fail(answer_id: AnswerId, *, code: str, message: str) -> bool:
    """Keeps what was written. Used by the worker's failure and by the watchdog alike."""
    return _end(answer_id, status=Answer.Status.FAILED, error_code=code[:60], error_message=message)


def answer_cancelled(answer_id: AnswerId) -> bool:
    """Stopped before or outside of its worker; keeps what was written."""
    return _end(answer_id, status=Answer.Status.STOPPED)


def answer_requeued(answer_id: AnswerId) -> None:
    """Its job was put back into the queue from the jobs page."""
    with transaction.atomic():
        Claim.objects.filter(answer_id=answer_id).delete()
        Answer.objects.filter(pk=answer_id).update(
            status=Answer.Status.QUEUED, text="", error_code="", error_message="", finished_at=None
        )
        after_commit(events.lower_flag, news.stop_key(answer_id))
        _announce(answer_id, "restart")


def answer_news_tidy(answer_id: AnswerId) -> None:
    """Nothing is left of what was streamed if the answer's row is gone."""
    if not Answer.objects.filter(pk=answer_id).exists():
        news.forget(answer_id)


def _end(answer_id: AnswerId, *, status: Answer.Status, **fields: str) -> bool:
    with transaction.atomic():
        if not _open(answer_id).update(status=status, finished_at=timezone.now(), **fields):
            return False
        after_commit(_keep_streamed, answer_id, status)
        _announce(answer_id, "failed" if status == Answer.Status.FAILED else "stopped")
    return True


def _keep_streamed(answer_id: AnswerId, status: Answer.Status) -> None:
    """The stream may hold words that its worker did not come to save; not if the answer was begun anew meanwhile."""
    streamed = news.recover_text(answer_id)
    ended = Answer.objects.filter(pk=answer_id, status=status).annotate(num_saved=Length("text"))
    ended.filter(num_saved__lt=len(streamed)).update(text=streamed)


def _open(answer_id: AnswerId) -> Any:
    return Answer.objects.filter(pk=answer_id, status__in=ACTIVE)


def _announce(answer_id: AnswerId, news_type: news.NewsType) -> None:
    after_commit(news.announce, answer_id, news_type)


def _keep_model_versions(answer_id: AnswerId, version_ids: tuple[uuid.UUID, ...]) -> None:
    link = Answer.model_versions.through
    link.objects.filter(answer_id=answer_id).delete()
    link.objects.bulk_create(link(answer_id=answer_id, modelversion_id=version_id) for version_id in version_ids)


def _keep_claims(answer_id: AnswerId, claims: list[ClaimOutcome]) -> None:
    rows = Claim.objects.bulk_create(_claim(answer_id, claim) for claim in claims)
    ClaimFact.objects.bulk_create(
        ClaimFact(claim=row, fact_id=uuid.UUID(fact_id))
        for row, claim in zip(rows, claims, strict=True)
        for fact_id in dict.fromkeys(claim.fact_ids)
    )


def _claim(answer_id: AnswerId, claim: ClaimOutcome) -> Claim:
    return Claim(
        answer_id=uuid.UUID(str(answer_id)),
        index=claim.index,
        text=claim.text,
        start_s=claim.start_s,
        end_s=claim.end_s,
        verdict=claim.verdict,
    )
