"""A conversation as a file: what was asked and told, at which seconds, how far it holds, and that AI wrote it."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.integration.conversations.cast import WORKER, Cast, ask, begin
from webapp.accounts.models import Membership, User
from webapp.audit.models import AuditEvent
from webapp.conversations.export import EXPORTS, PURPOSE
from webapp.conversations.models import Answer
from webapp.conversations.outcomes import AnswerOutcome, ClaimOutcome, answer_finish
from webapp.lib.paper import Paper

TEXT = "Two **clips** are placed [[t=6-12]]."
QUESTION = "Is the *duct* <b>clipped</b>?"


@pytest.fixture
def told(cast: Cast) -> Answer:
    answer = ask(cast, QUESTION)
    begin(answer)
    outcome = AnswerOutcome(text=TEXT, model_name="m-1", adapter="a-2", ttft_s=0.1, num_tokens=9)
    claim = ClaimOutcome(
        index=0, text="Two clips are placed.", start_s=6.0, end_s=12.0, verdict="supported", fact_ids=()
    )
    assert answer_finish(answer.pk, outcome=outcome, claims=[claim], worker=WORKER)
    return answer


def export(user: User, cast: Cast, kind: str) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(reverse("conversation_export", args=[cast.video.pk, kind]))


@pytest.mark.parametrize("kind", sorted(EXPORTS.keys() - {"pdf"}))
def test_question_answer_verdict_mark_and_purpose_are_in_every_form(cast: Cast, told: Answer, kind: str) -> None:
    response = export(cast.alice, cast, kind)
    text = response.content.decode()
    assert response.status_code == 200
    for words in ("Two", "clips", "upported", "Written by AI (m-1, a-2,", "Not for diagnosis", PURPOSE):
        assert words in text
    assert response["Content-Disposition"].startswith("attachment; filename")
    assert response["Cache-Control"].startswith("max-age=0")


@pytest.mark.parametrize("kind", ["markdown", "text"])
def test_times_read_as_on_the_page(cast: Cast, told: Answer, kind: str) -> None:
    text = export(cast.alice, cast, kind).content.decode()
    assert "placed (0:06–0:12)." in text
    assert "[[t=" not in text


def test_on_paper_the_same_is_told(cast: Cast, told: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    say = Paper.say
    monkeypatch.setattr(Paper, "say", lambda self, words, **how: said.append(words) or say(self, words, **how))
    response = export(cast.alice, cast, "pdf")
    assert (response["Content-Type"], response.content[:5]) == ("application/pdf", b"%PDF-")
    for words in (QUESTION, "Two clips are placed (0:06–0:12).", "– Supported: Two clips are placed. (0:06–0:12)"):
        assert words in said
    assert any(words.startswith("Written by AI (m-1, a-2,") for words in said)
    assert f"{PURPOSE} Page 1." in said


@pytest.mark.parametrize("question", ["这是什么器械？", "ما هذه الأداة؟"])
def test_letters_that_our_type_does_not_have_are_said_and_not_dropped(cast: Cast, question: str) -> None:
    ask(cast, question)
    response = export(cast.alice, cast, "pdf")
    assert response.status_code == 422
    assert "Save it in another form" in response.content.decode()
    assert question in export(cast.alice, cast, "text").content.decode()


def test_a_title_and_a_question_are_no_markup(cast: Cast, told: Answer) -> None:
    text = export(cast.alice, cast, "markdown").content.decode()
    assert "## Is the \\*duct\\* \\<b\\>clipped\\</b\\>?" in text
    assert "Two **clips**" in text


def test_citations_are_seconds_in_json(cast: Cast, told: Answer) -> None:
    found = json.loads(export(cast.alice, cast, "json").content)
    [turn] = found["turns"]
    assert (turn["question"], turn["citations"], turn["status"]) == (QUESTION, [[6.0, 12.0]], "finished")
    assert turn["claims"] == [{"text": "Two clips are placed.", "span_s": [6.0, 12.0], "verdict": "supported"}]
    assert turn["written_by"] == {"model": "m-1", "adapter": "a-2", "is_ai": True}


def test_an_unfinished_answer_says_so(cast: Cast) -> None:
    ask(cast)
    assert "Queued" in export(cast.alice, cast, "text").content.decode()


def test_another_person_exports_their_own_and_nothing_of_hers(cast: Cast, told: Answer) -> None:
    Membership.objects.filter(user=cast.bob).update(role="admin")
    response = export(cast.bob, cast, "text")
    assert response.status_code == 404
    assert "clips" not in response.content.decode()


def test_who_may_not_see_the_video_any_more_exports_nothing(cast: Cast, told: Answer) -> None:
    type(cast.video).objects.filter(pk=cast.video.pk).update(owner=cast.charlie, department=None)
    assert export(cast.alice, cast, "text").status_code == 404


def test_a_form_that_there_is_none_of_is_not_found(cast: Cast, told: Answer) -> None:
    assert export(cast.alice, cast, "docx").status_code == 404


def test_what_left_the_house_is_written_down_without_its_words(cast: Cast, told: Answer) -> None:
    export(cast.alice, cast, "text")
    row = AuditEvent.objects.get(action="conversation.export")
    assert (row.object_id, row.detail["form"], row.detail["turns"]) == (str(cast.video.pk), "text", 1)
    assert "duct" not in json.dumps(row.detail)


def test_the_page_offers_every_form(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.alice)
    page = client.get(reverse("video", args=[cast.video.pk])).content.decode()
    for kind in EXPORTS:
        assert reverse("conversation_export", args=[cast.video.pk, kind]) in page
