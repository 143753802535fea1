"""The doors of the conversation: what they answer, what they refuse, and to whom."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import VideoFactory
from tests.hostile import HOSTILE_TEXTS
from tests.integration.conversations.cast import Cast, ask, begin, finish
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.conversations.models import Answer, Question
from webapp.conversations.outcomes import answer_save_partial
from webapp.jobs.models import Job
from webapp.lib.warmth import Warmth, warmth_say
from webapp.videos.models import Video

JSON = {"Accept": "application/json"}


def signed_in(user: User) -> Client:
    client = Client(headers=JSON)
    client.force_login(user)
    return client


def post_question(cast: Cast, user: User | None = None, **fields: Any) -> Any:
    key = fields.pop("key", "")
    headers = {"Idempotency-Key": key} if key else {}
    client = signed_in(user or cast.alice)
    return client.post(reverse("question_ask", args=[cast.video.pk]), {"text": "What is it?"} | fields, headers=headers)


def test_asking_answers_with_the_thread(cast: Cast) -> None:
    response = post_question(cast)
    assert response.status_code == 202
    assert response.json()["answer"] in response.json()["thread"]
    assert "Queued, place 1" in response.json()["thread"]


def test_asking_costs_the_same_after_many_turns(cast: Cast) -> None:
    def cost(parent: Answer | None) -> tuple[int, int, Answer]:
        with CaptureQueriesContext(connection) as queries:
            response = post_question(cast, **({"parent": str(parent.pk)} if parent else {}))
        asked = finish(Answer.objects.get(pk=response.json()["answer"]))
        return len(queries), len(response.content), asked

    _, _, first = cost(None)
    few_queries, few_bytes, parent = cost(first)
    for number in range(30):
        parent = finish(ask(cast, f"Question {number}", parent=parent))
    many_queries, many_bytes, _ = cost(parent)
    assert many_queries <= few_queries
    assert many_bytes <= few_bytes * 1.1


def test_a_change_says_behind_which_answer_it_stands(cast: Cast) -> None:
    first = finish(ask(cast))
    second = finish(ask(cast, "And then?", parent=first))
    changed = signed_in(cast.alice).post(reverse("answer_regenerate", args=[second.pk])).json()
    assert changed["after"] == str(first.pk)
    assert "And then?" in changed["thread"]
    assert "Which instruments are visible?</p>" not in changed["thread"]
    edited = signed_in(cast.alice).post(reverse("question_edit", args=[first.question_id]), {"text": "Which clips?"})
    assert edited.status_code == 409
    signed_in(cast.alice).post(reverse("answer_stop", args=[changed["answer"]]))
    edited = signed_in(cast.alice).post(reverse("question_edit", args=[first.question_id]), {"text": "Which clips?"})
    assert edited.json()["after"] is None


def test_a_page_learns_what_another_one_asked(cast: Cast) -> None:
    client, url = signed_in(cast.alice), reverse("conversation_shown", args=[cast.video.pk])
    assert client.get(url).json() == {"shown": ""}
    answer = ask(cast)
    assert client.get(url).json() == {"shown": str(answer.pk)}
    assert signed_in(cast.charlie).get(url).status_code == 404


def test_a_page_that_looks_by_itself_keeps_nobody_signed_in() -> None:
    assert "conversation_shown" in settings.SESSION_PASSIVE_VIEWS


def test_a_double_click_asks_once(cast: Cast) -> None:
    first, second = post_question(cast, key="same"), post_question(cast, key="same")
    assert first.json()["answer"] == second.json()["answer"]
    assert Question.objects.count() == 1


@pytest.mark.parametrize(("text", "code"), [("  ", "question_empty"), ("x" * 10_000, "question_too_long")])
def test_a_bad_question_is_refused_in_words(cast: Cast, text: str, code: str) -> None:
    response = post_question(cast, text=text)
    assert response.status_code == 422
    assert response.json()["code"] == code
    assert not Question.objects.exists()


def test_a_video_that_is_not_ready_is_a_clear_refusal(cast: Cast) -> None:
    Video.objects.filter(pk=cast.video.pk).update(status=Video.Status.PROCESSING)
    response = post_question(cast)
    assert response.status_code == 409
    assert "still being prepared" in response.json()["detail"]


@pytest.mark.parametrize("fields", [{"window_start_s": "x"}, {"window_start_s": "9", "window_end_s": "3"}])
def test_a_bad_window_is_refused(cast: Cast, fields: dict[str, str]) -> None:
    assert post_question(cast, **fields).status_code == 422


def test_a_window_is_shown_with_the_question(cast: Cast) -> None:
    thread = post_question(cast, window_start_s="6", window_end_s="40.5").json()["thread"]
    assert 'data-start-s="6"' in thread
    assert "0:06–0:41" in thread


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_markup_in_a_question_is_shown_as_text(cast: Cast, text: str) -> None:
    from django.utils.html import escape

    from webapp.conversations.text import clean_question

    thread = post_question(cast, text=text).json()["thread"]
    assert f'data-part="question-text">{escape(clean_question(text))}</p>' in thread


def test_the_row_shows_what_was_written_so_far(cast: Cast) -> None:
    answer = ask(cast)
    job = begin(answer)
    answer_save_partial(answer.pk, "Two clips", worker=job.worker)
    answer_save_partial(answer.pk, "Two cli", worker="given up meanwhile")
    row = signed_in(cast.alice).get(reverse("answer", args=[answer.pk])).json()
    assert (row["status"], row["text"], row["is_looked_after"]) == ("running", "Two clips", True)


def test_while_the_model_is_loaded_the_row_says_so_and_how_long_it_was_waited(cast: Cast) -> None:
    answer = ask(cast)
    begin(answer)
    Answer.objects.filter(pk=answer.pk).update(created_at=timezone.now() - timedelta(seconds=42))
    warmth_say("answers", Warmth.LOADING)
    row = signed_in(cast.alice).get(reverse("answer", args=[answer.pk])).json()
    assert row["words"] == "Loading the model"
    assert row["waited_s"] >= 42
    warmth_say("answers", Warmth.READY)
    assert (
        signed_in(cast.alice).get(reverse("answer", args=[answer.pk])).json()["words"] == "Looking at the whole video"
    )


def is_looked_after(cast: Cast, answer: Answer) -> bool:
    row = signed_in(cast.alice).get(reverse("answer", args=[answer.pk])).json()
    return bool(row["is_looked_after"])


def test_the_row_says_that_nobody_can_take_it_without_redis(cast: Cast, settings: Any) -> None:
    answer = ask(cast)
    assert is_looked_after(cast, answer)
    settings.STREAMS_URL = "redis://127.0.0.1:1/2"
    assert not is_looked_after(cast, answer)


def test_the_row_says_that_its_worker_fell_silent(cast: Cast, settings: Any) -> None:
    answer = ask(cast)
    job = begin(answer)
    settings.STREAMS_URL = "redis://127.0.0.1:1/2"
    assert is_looked_after(cast, answer)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=1))
    assert not is_looked_after(cast, answer)


def test_a_finished_answer_names_its_model_and_its_use(cast: Cast) -> None:
    answer = finish(ask(cast))
    html = signed_in(cast.alice).get(reverse("answer", args=[answer.pk])).json()["html"]
    for words in ("Written by AI", "Model: m", "Adapter: a", "Not for diagnosis, treatment or credentialing"):
        assert words in html


def test_not_enough_evidence_is_a_state_of_its_own(cast: Cast) -> None:
    answer = finish(ask(cast), "The tip is outside the picture.")
    Answer.objects.filter(pk=answer.pk).update(is_insufficient=True)
    assert "Not enough evidence" in signed_in(cast.alice).get(reverse("answer", args=[answer.pk])).json()["html"]


def test_stop_again_show_and_thumb_work(cast: Cast) -> None:
    client = signed_in(cast.alice)
    answer = ask(cast)
    assert client.post(reverse("answer_stop", args=[answer.pk])).json()["status"] == "stopped"
    again = client.post(reverse("answer_regenerate", args=[answer.pk]))
    assert "2/2" in again.json()["thread"]
    assert "1/2" in client.post(reverse("answer_show", args=[answer.pk])).json()["thread"]
    thumb = client.post(reverse("answer_thumb", args=[answer.pk]), {"thumb": "up", "reason": "Right."})
    assert thumb.json() == {"thumb": "up", "reason": "Right."}


def test_an_edited_question_opens_a_branch(cast: Cast) -> None:
    answer = finish(ask(cast))
    url = reverse("question_edit", args=[answer.question_id])
    response = signed_in(cast.alice).post(url, {"text": "Which clips?"})
    assert "Which clips?" in response.json()["thread"]
    assert "Which instruments are visible?" not in response.json()["thread"]


def test_asking_and_stopping_are_audited(cast: Cast) -> None:
    answer_id = post_question(cast).json()["answer"]
    signed_in(cast.alice).post(reverse("answer_stop", args=[answer_id]))
    recorded = AuditEvent.objects.filter(object_id=answer_id).values_list("action", "actor_email")
    assert set(recorded) == {("question.ask", cast.alice.email), ("answer.stop", cast.alice.email)}


def test_who_shares_the_video_has_a_conversation_of_their_own(cast: Cast) -> None:
    finish(ask(cast))
    thread = signed_in(cast.bob).get(reverse("conversation", args=[cast.video.pk])).content.decode()
    assert "Which instruments are visible?</p>" not in thread
    assert post_question(cast, cast.bob).status_code == 202


ANSWER_DOORS = ("answer", "answer_events", "answer_stop", "answer_regenerate", "answer_show", "answer_thumb")


@pytest.mark.parametrize("who", ["bob", "charlie"])
@pytest.mark.parametrize("door", ANSWER_DOORS)
def test_anothers_answer_is_not_found(cast: Cast, who: str, door: str) -> None:
    answer = finish(ask(cast))
    client = signed_in(getattr(cast, who))
    send = client.get if door in {"answer", "answer_events"} else client.post
    assert send(reverse(door, args=[answer.pk])).status_code == 404


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_anothers_question_is_not_found(cast: Cast, who: str) -> None:
    answer = finish(ask(cast))
    url = reverse("question_edit", args=[answer.question_id])
    assert signed_in(getattr(cast, who)).post(url, {"text": "Mine now"}).status_code == 404


def test_a_stranger_finds_neither_thread_nor_box(cast: Cast) -> None:
    client = signed_in(cast.charlie)
    assert client.get(reverse("conversation", args=[cast.video.pk])).status_code == 404
    assert post_question(cast, cast.charlie).status_code == 404


def test_a_follow_up_to_anothers_answer_is_not_found(cast: Cast) -> None:
    answer = finish(ask(cast))
    assert post_question(cast, cast.bob, parent=str(answer.pk)).status_code == 404
    assert post_question(cast, parent=str(uuid.uuid4())).status_code == 404
    assert post_question(cast, parent="nonsense").status_code == 422


def test_who_may_no_longer_see_the_video_may_no_longer_see_the_answer(cast: Cast) -> None:
    answer = finish(ask(cast))
    Video.objects.filter(pk=cast.video.pk).update(owner=cast.bob, hospital=VideoFactory().hospital, department=None)
    assert signed_in(cast.alice).get(reverse("answer", args=[answer.pk])).status_code == 404


@pytest.mark.parametrize("door", ANSWER_DOORS)
def test_who_is_signed_out_sees_nothing(cast: Cast, client: Client, door: str) -> None:
    answer = finish(ask(cast))
    assert client.post(reverse(door, args=[answer.pk])).status_code in {302, 401}


@pytest.mark.parametrize("door", ["answer_stop", "answer_regenerate", "answer_show", "answer_thumb"])
def test_reading_changes_nothing(cast: Cast, door: str) -> None:
    answer = finish(ask(cast))
    assert signed_in(cast.alice).get(reverse(door, args=[answer.pk])).status_code == 405
