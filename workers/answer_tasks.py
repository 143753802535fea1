"""Answers a question: fetch the row, let the model write, spread its words, check its claims, keep it all."""

import time
from collections.abc import Callable, Iterator
from uuid import UUID

from celery import shared_task
from django.conf import settings

from inference.errors import EngineFailed, MediaFailed, Stopped
from inference.evidence.check import check_claims
from inference.evidence.claim import parse_claims
from inference.evidence.fact import Fact
from inference.evidence.watched import Watched, watch_over
from inference.llava_surg.schema import AnswerDelta, AnswerDone, AnswerRequest, Turn, VideoAnswerer
from inference.progress import Progress, StopCheck
from webapp.conversations import news
from webapp.conversations.models import Answer
from webapp.conversations.outcomes import (
    AnswerOutcome,
    ClaimOutcome,
    answer_finish,
    answer_news_tidy,
    answer_started,
)
from webapp.conversations.selectors import answer_for_job, history_before
from webapp.jobs.models import Job
from webapp.jobs.services import job_cancelled, job_succeed
from webapp.lib import events
from webapp.lib.storage import content_paths
from webapp.videos.models import Timeline, TimelineFact
from webapp.videos.selectors import timeline_newest
from workers import runtime
from workers.answer_writer import AnswerWriter
from workers.makers import writers_of
from workers.stages import StageContext, run_stage

# Often enough that a stop is felt as immediate, seldom enough to cost nothing beside a token.
STOP_FLAG_POLL_S = 0.05


@shared_task(name="workers.answer_tasks.answer_question")
def answer_question(job_id: str, stage: str) -> None:
    run_stage(job_id, stage, write_answer)


def write_answer(context: StageContext) -> str | None:
    """The stage's work. A stopped answer is kept, with what was written."""
    answer = answer_for_job(context.job.pk)
    if answer is None:
        raise Stopped
    timeline = timeline_newest(answer.question.conversation.video.content)
    if not context.write(answer_started, answer.pk, timeline=timeline):
        raise Stopped
    try:
        return _write(context, answer, timeline)
    finally:
        # Deleted meanwhile: the words that went out since must not outlive it.
        answer_news_tidy(answer.pk)


def _write(context: StageContext, answer: Answer, timeline: Timeline | None) -> str | None:
    should_stop = StopFlag(answer, context.should_stop)
    request = answer_request(answer, timeline)
    announce_looking(answer, request)
    writer = AnswerWriter(answer.pk, worker=context.job.worker)
    # Activated meanwhile, other models answer the next question and not the rest of this one.
    answering = runtime.answering()
    done = _stream(answering.answerer, request, writer, context, should_stop)
    was_stopped = done.was_stopped and should_stop()
    if not writer.text.strip() and not was_stopped:
        raise EngineFailed("The assistant wrote nothing. Try again.")
    writers = writers_of(timeline, written_by=answering.written_by, model_name=done.model_name)
    outcome = _outcome(writer.text, done, writers, was_stopped=was_stopped)
    claims = claims_of(writer.text, done, request, watched=answering.watched)
    context.write(_keep, answer, context.job, outcome, claims)
    return None


def _keep(answer: Answer, job: Job, outcome: AnswerOutcome, claims: list[ClaimOutcome]) -> None:
    """The answer and the end of its job: a kept answer whose job looked lost could be asked for again."""
    answer_finish(answer.pk, outcome=outcome, claims=claims, worker=job.worker)
    end = job_cancelled if outcome.was_stopped else job_succeed
    end(job.pk, worker=job.worker)


class StopFlag:
    """A StopCheck: the job's own (the row), and a flag in Redis that is seen sooner."""

    def __init__(self, answer: Answer, row_says_stop: StopCheck) -> None:
        self._key = news.stop_key(answer.pk)
        self._row_says_stop = row_says_stop
        self._asked_at_s = float("-inf")
        self._is_flagged = False

    def __call__(self) -> bool:
        if not self._is_flagged and time.monotonic() - self._asked_at_s >= STOP_FLAG_POLL_S:
            self._is_flagged = events.is_flagged(self._key)
            self._asked_at_s = time.monotonic()
        return self._is_flagged or self._row_says_stop()


def answer_request(answer: Answer, timeline: Timeline | None) -> AnswerRequest:
    """Raises MediaFailed if the video's features are gone from storage."""
    question = answer.question
    content = question.conversation.video.content
    paths = content_paths(content.hospital_id, content.sha256)
    if not paths.features.exists():
        raise MediaFailed("The stored frames of this video are missing. Ask an administrator to prepare it again.")
    return AnswerRequest(
        features_path=paths.features,
        samples_path=paths.samples,
        duration_s=content.duration_s or 0.0,
        question=question.text,
        history=tuple(Turn(question=turn.question.text, answer=turn.text) for turn in history_before(answer)),
        window_start_s=question.window_start_s,
        window_end_s=question.window_end_s,
        facts=timeline_facts(timeline),
    )


def timeline_facts(timeline: Timeline | None) -> tuple[Fact, ...]:
    """What models saw. Words that somebody wrote on the screen are no fact: they could be orders to the model."""
    if timeline is None:
        return ()
    return tuple(_fact(row) for row in timeline.facts.exclude(lane=TimelineFact.Lane.TEXT))


def _fact(row: TimelineFact) -> Fact:
    return Fact(
        id=str(row.pk),
        lane=row.lane,
        label=row.label,
        start_s=row.start_s,
        end_s=row.end_s,
        probability=row.probability,
    )


def announce_looking(answer: Answer, request: AnswerRequest) -> None:
    span = {"start_s": request.window_start_s, "end_s": request.window_end_s}
    news.announce(answer.pk, "state", {"state": "looking", **span})


def claims_of(text: str, done: AnswerDone, request: AnswerRequest, *, watched: Watched) -> list[ClaimOutcome]:
    """Those that were checked before they were told; of an answer that nobody has checked yet, checked now."""
    known = {fact.id for fact in request.facts}
    checked = done.claims
    if checked is None:
        watch = watch_over(request.facts, watched=watched, duration_s=request.duration_s)
        claims = parse_claims(text, request.duration_s)
        checked = tuple(check_claims(claims, request.facts, watch=watch, question=request.question))
    return [
        ClaimOutcome(
            index=claim.index,
            text=claim.text,
            start_s=claim.start_s,
            end_s=claim.end_s,
            verdict=claim.verdict,
            fact_ids=tuple(fact.id for fact in claim.facts if fact.id in known),
        )
        for claim in checked
    ]


def _stream(
    answerer: VideoAnswerer,
    request: AnswerRequest,
    writer: AnswerWriter,
    context: StageContext,
    should_stop: StopCheck,
) -> AnswerDone:
    """Passes every delta on and returns what the stream ended with; the writer holds the text even if it raises."""
    stream: Iterator[AnswerDelta | AnswerDone] = answerer.stream(request, should_stop)
    num_deltas = 0
    try:
        for item in stream:
            if isinstance(item, AnswerDone):
                return item
            num_deltas += 1
            writer.write(item.text)
            context.on_progress(Progress(done=num_deltas, total=settings.ANSWER_MAX_TOKENS, unit="tokens"))
    finally:
        writer.close()
        _close(stream)
    raise EngineFailed("The assistant ended in the middle. Try again.")


def _close(stream: Iterator[AnswerDelta | AnswerDone]) -> None:
    """A generator that is left half-way still holds its place in the engine's batch."""
    close: Callable[[], None] | None = getattr(stream, "close", None)
    if close is not None:
        close()


def _outcome(text: str, done: AnswerDone, writers: tuple[UUID, ...], *, was_stopped: bool) -> AnswerOutcome:
    return AnswerOutcome(
        text=text.strip(),
        model_name=done.model_name,
        adapter=done.adapter,
        ttft_s=done.ttft_s,
        num_tokens=done.num_tokens,
        is_insufficient=done.is_insufficient,
        was_stopped=was_stopped,
        is_cut_off=not was_stopped and done.num_tokens >= settings.ANSWER_MAX_TOKENS,
        model_version_ids=writers,
    )
