"""Asking, branching, stopping and judging, as rows."""

import pytest
from django.db import connection

from tests.factories import VideoFactory
from tests.integration.conversations.cast import Cast, ask, begin, finish
from webapp.accounts.actors import command_actor, page_actor
from webapp.audit.models import AuditEvent
from webapp.conversations import news
from webapp.conversations.models import Answer, Question
from webapp.conversations.selectors import answer_queue_place, history_before
from webapp.conversations.services import (
    answer_regenerate,
    answer_set_thumb,
    answer_show,
    answer_stop,
    question_ask,
    question_edit,
)
from webapp.conversations.text import Window
from webapp.conversations.thread import Turn, thread_shown
from webapp.jobs.models import Job
from webapp.jobs.services import job_cancel, job_cancelled, job_fail, job_retry
from webapp.lib import events
from webapp.lib.errors import Conflict, InvalidInput, PermissionRefused, TooManyAttempts
from webapp.videos.models import Video


def shown(answer: Answer) -> list[Turn]:
    conversation = answer.question.conversation
    conversation.refresh_from_db()
    return thread_shown(conversation).turns


def test_asking_queues_an_answer_with_a_job(cast: Cast) -> None:
    answer = ask(cast)
    assert answer.status == Answer.Status.QUEUED
    assert answer.job is not None
    assert (answer.job.kind, answer.job.stage, answer.job.owner) == ("answer", "answer", cast.alice)


def test_the_question_is_not_the_title_of_its_job(cast: Cast) -> None:
    answer = ask(cast, "Did Dr Marked-Name cut the duct?")
    assert answer.job is not None
    assert answer.job.title == cast.video.title


def test_regenerating_cannot_take_all_places_of_the_assistant(cast: Cast, settings) -> None:
    answer = ask(cast)
    begin(answer)
    for _ in range(settings.OPEN_ANSWERS_MAX - 1):
        answer = answer_regenerate(actor=page_actor(cast.alice), answer=Answer.objects.get(pk=answer.pk))
        begin(answer)
    with pytest.raises(TooManyAttempts, match="3 of your questions"):
        answer_regenerate(actor=page_actor(cast.alice), answer=Answer.objects.get(pk=answer.pk))
    open_jobs = Job.objects.filter(status__in=("queued", "running"))
    assert open_jobs.count() == settings.OPEN_ANSWERS_MAX
    assert question_ask(actor=page_actor(cast.bob), video=cast.video, text="And for me?").status == Answer.Status.QUEUED


def test_many_videos_cannot_take_all_places_of_the_assistant(cast: Cast, settings) -> None:
    for _ in range(settings.OPEN_ANSWERS_MAX):
        question_ask(actor=page_actor(cast.alice), video=VideoFactory(owner=cast.alice), text="What is it?")
    with pytest.raises(TooManyAttempts):
        ask(cast)
    assert Question.objects.count() == settings.OPEN_ANSWERS_MAX


def test_the_same_request_key_asks_once(cast: Cast) -> None:
    first, second = (
        question_ask(actor=page_actor(cast.alice), video=cast.video, text="What is it?", request_key="k1")
        for _ in range(2)
    )
    assert first == second
    assert Question.objects.count() == Job.objects.count() == 1


def test_what_people_do_is_audited_once_each_and_by_id_alone(cast: Cast) -> None:
    alice = page_actor(cast.alice)
    for _ in range(2):
        asked = question_ask(actor=alice, video=cast.video, text="Did Dr Marked cut it?", request_key="k1")
    answer_stop(asked, actor=alice)
    answer_set_thumb(asked, actor=alice, thumb="down", reason="Dr Marked did not")
    found = list(AuditEvent.objects.filter(object_id=str(asked.pk)).order_by("sequence"))
    assert [row.action for row in found] == ["question.ask", "answer.stop", "answer.judge"]
    assert {str(row.detail) for row in found} == {str({"video": str(cast.video.pk)})}


def test_a_command_that_names_nobody_asks_nothing(cast: Cast) -> None:
    with pytest.raises(PermissionRefused):
        question_ask(actor=command_actor(), video=cast.video, text="What is it?")


def test_a_second_question_waits_for_the_first_answer(cast: Cast) -> None:
    answer = ask(cast)
    with pytest.raises(Conflict, match="still answering"):
        ask(cast, "And now?", parent=answer)


@pytest.mark.parametrize("status", [Video.Status.PROCESSING, Video.Status.REJECTED, Video.Status.FAILED])
def test_a_video_that_is_not_ready_cannot_be_asked(cast: Cast, status: Video.Status) -> None:
    video = VideoFactory(owner=cast.alice, status=status)
    with pytest.raises(Conflict, match=r"prepared"):
        question_ask(actor=page_actor(cast.alice), video=video, text="What is it?")
    assert not Question.objects.exists()


def test_a_window_is_kept_with_the_question(cast: Cast) -> None:
    window = Window(start_s=6, end_s=400)
    answer = question_ask(actor=page_actor(cast.alice), video=cast.video, text="What is it?", window=window)
    assert (answer.question.window_start_s, answer.question.window_end_s) == (6, 120)


def test_a_parent_from_another_conversation_is_refused(cast: Cast) -> None:
    other = VideoFactory(owner=cast.alice)
    elsewhere = question_ask(actor=page_actor(cast.alice), video=other, text="What is it?")
    with pytest.raises(InvalidInput):
        question_ask(actor=page_actor(cast.alice), video=cast.video, text="And then?", parent=elsewhere)


def test_asking_again_adds_a_sibling_and_shows_it(cast: Cast) -> None:
    first = finish(ask(cast))
    second = answer_regenerate(actor=page_actor(cast.alice), answer=first)
    (turn,) = shown(second)
    assert turn.answer == second
    assert (turn.answer_siblings.position, turn.answer_siblings.count) == (2, 2)
    assert turn.answer_siblings.previous_id == first.pk


def test_asking_again_with_the_same_key_adds_one_sibling(cast: Cast) -> None:
    first = finish(ask(cast))
    again = [answer_regenerate(actor=page_actor(cast.alice), answer=first, request_key="k") for _ in range(2)]
    assert again[0] == again[1]
    assert first.question.answers.count() == 2


def test_asking_again_while_it_waits_stops_the_waiting_one(cast: Cast) -> None:
    first = ask(cast)
    answer_regenerate(actor=page_actor(cast.alice), answer=first)
    first.refresh_from_db()
    assert first.status == Answer.Status.STOPPED


def test_an_edited_question_is_a_branch_of_its_own(cast: Cast) -> None:
    first = finish(ask(cast))
    follow_up = finish(ask(cast, "And then?", parent=first))
    edited = question_edit(actor=page_actor(cast.alice), question=first.question, text="Which clips are visible?")
    (turn,) = shown(edited)
    assert (turn.question_siblings.position, turn.question_siblings.count) == (2, 2)
    answer_show(first)
    assert [turn.answer for turn in shown(first)] == [first, follow_up]


def test_history_is_of_the_own_branch_only(cast: Cast) -> None:
    first = finish(ask(cast, "One?"), "1.")
    second = answer_regenerate(actor=page_actor(cast.alice), answer=first)
    finish(second, "One.")
    follow_up = ask(cast, "Two?", parent=second)
    assert [(turn.question.text, turn.text) for turn in history_before(follow_up)] == [("One?", "One.")]


def test_stopping_a_waiting_answer_ends_it_at_once(cast: Cast) -> None:
    answer = ask(cast)
    answer_stop(answer, actor=page_actor(cast.alice))
    answer.refresh_from_db()
    assert answer.status == Answer.Status.STOPPED
    assert answer.job is not None
    assert answer.job.status == Job.Status.CANCELLED


def test_stopping_a_running_answer_tells_row_and_flag(cast: Cast, django_capture_on_commit_callbacks) -> None:
    answer = ask(cast)
    job = begin(answer)
    answer.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        answer_stop(answer, actor=page_actor(cast.alice))
    job.refresh_from_db()
    assert job.cancel_requested
    assert events.is_flagged(news.stop_key(answer.pk))


def test_a_killed_worker_leaves_a_failure_with_the_partial_text(live_cast: Cast) -> None:
    answer = ask(live_cast)
    job = begin(answer)
    news.announce(answer.pk, "delta", {"text": "Two clips ", "offset": 0})
    news.announce(answer.pk, "delta", {"text": "are pla", "offset": 10})
    job_fail(job.pk, code="worker_lost", message="The assistant was interrupted. Try again.", permanent=False)
    answer.refresh_from_db()
    assert (answer.status, answer.text, answer.error_code) == ("failed", "Two clips are pla", "worker_lost")


def test_a_job_cancelled_by_its_worker_keeps_the_partial_text(live_cast: Cast) -> None:
    answer = ask(live_cast)
    job = begin(answer)
    news.announce(answer.pk, "delta", {"text": "Two clips", "offset": 0})
    job_cancelled(job.pk)
    answer.refresh_from_db()
    assert (answer.status, answer.text) == ("stopped", "Two clips")


def test_no_transaction_waits_for_redis(live_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Redis that hangs would otherwise hold the database's write lock for as long."""
    asked_inside: list[bool] = []

    def note(*_args: object, **_rest: object) -> str:
        asked_inside.append(connection.in_atomic_block)
        return ""

    for name in ("publish", "read_after", "raise_flag", "lower_flag"):
        monkeypatch.setattr(events, name, note if name != "read_after" else lambda *_args: note() or [])
    answer = ask(live_cast)
    begin(answer)
    answer.refresh_from_db()
    another = answer_regenerate(actor=page_actor(live_cast.alice), answer=answer)
    job_fail(answer.job_id, code="worker_lost", message="Interrupted.", permanent=False)
    job_retry(Job.objects.get(pk=answer.job_id), actor=None)
    assert another.job is not None
    job_cancel(another.job, actor=None)
    assert len(asked_inside) >= 6
    assert not any(asked_inside)


def test_a_job_tried_again_from_the_jobs_page_starts_its_answer_anew(cast: Cast) -> None:
    answer = ask(cast)
    job = begin(answer)
    job_fail(job.pk, code="worker_lost", message="Interrupted.", permanent=False)
    job.refresh_from_db()
    job_retry(job, actor=None)
    answer.refresh_from_db()
    assert (answer.status, answer.text, answer.error_message) == ("queued", "", "")


def test_the_place_in_the_queue_counts_earlier_jobs(cast: Cast) -> None:
    answers = [
        question_ask(actor=page_actor(cast.alice), video=VideoFactory(owner=cast.alice), text="What is it?")
        for _ in range(3)
    ]
    assert [answer_queue_place(answer) for answer in answers] == [1, 2, 3]
    begin(answers[0])
    for answer in answers:
        answer.refresh_from_db()
    assert [answer_queue_place(answer) for answer in answers] == [None, 1, 2]


def test_a_judgement_keeps_its_reason_and_can_be_taken_back(cast: Cast) -> None:
    answer = finish(ask(cast))
    answer_set_thumb(answer, actor=page_actor(cast.alice), thumb="down", reason="It is a hook.")
    assert (answer.thumb, answer.thumb_reason) == ("down", "It is a hook.")
    answer_set_thumb(answer, actor=page_actor(cast.alice), thumb="")
    assert (answer.thumb, answer.thumb_reason) == ("", "")
    with pytest.raises(InvalidInput):
        answer_set_thumb(answer, actor=page_actor(cast.alice), thumb="sideways")
