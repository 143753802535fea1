"""Corrections over the API: by the same rules as on the pages, from being sent to being taken back."""

import pytest

from tests.factories import MembershipFactory
from tests.integration.api.caller import Caller, caller_of
from tests.integration.conversations.cast import Cast, ask, finish
from tests.integration.conversations.conftest import cast
from tests.learning_rows import RIGHT_ANSWER, RIGHT_STEP, explanation_row, settle
from webapp.learning.models import Correction, Explanation
from webapp.videos.timelines import timeline_add

__all__ = ["cast"]
pytestmark = pytest.mark.django_db
HOOK = {"lane": "instrument", "label": "hook", "start_s": 3.0, "end_s": 8.0, "probability": 0.93}


@pytest.fixture
def explanation(cast: Cast) -> Explanation:
    timeline_add(cast.video.content, made_by={"encoder": "e"}, facts=[HOOK])
    return explanation_row(finish(ask(cast, "How long is the hook seen?"), "Fourteen seconds [[t=3-8]]."))


@pytest.fixture
def asker(explanation: Explanation) -> Caller:
    return caller_of(explanation.answer.question.conversation.owner)


@pytest.fixture
def reviewer(cast: Cast) -> Caller:
    return caller_of(MembershipFactory(hospital=cast.video.hospital, role="reviewer").user)


def send(asker: Caller, row: Explanation, /, key: str = "k", **changes: object):
    body = {
        "kind": "first_wrong_step",
        "explanation": str(row.pk),
        "step_index": 1,
        "right_step": RIGHT_STEP,
        "edited_answer": RIGHT_ANSWER,
    }
    path = f"/answers/{row.answer_id}/corrections"
    return asker.post(path, {**body, **changes}, Idempotency_Key=key)


def test_it_is_sent_checked_read_and_taken_back(asker: Caller, reviewer: Caller, explanation: Explanation) -> None:
    sent = send(asker, explanation)
    assert sent.status_code == 202
    url = sent["Location"]
    assert asker.get(url).json()["state"] == "checking"
    settle(Correction.objects.get())
    [waiting] = reviewer.get("/corrections/waiting").json()["items"]
    assert (waiting["id"], waiting["right_step"]) == (sent.json()["correction"], RIGHT_STEP)
    read = reviewer.post(f"{url}/readings", {"verdict": "approve"})
    assert (read.status_code, read.json()["state"], read.json()["reference_state"]) == (201, "approved", "active")
    assert reviewer.get("/corrections/waiting").json()["items"] == []
    withdrawn = asker.post(f"{url}/withdraw", {})
    assert (withdrawn.json()["state"], withdrawn.json()["reference_state"]) == ("withdrawn", "withdrawn")
    [mine] = asker.get("/corrections?state=withdrawn").json()["items"]
    assert mine["url"] == url


def test_the_same_key_sends_it_once(asker: Caller, explanation: Explanation) -> None:
    assert send(asker, explanation).json() == send(asker, explanation).json()
    assert Correction.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"step_index": 9}, 422),
        ({"right_step": ""}, 422),
        ({"kind": "other"}, 422),
        ({"explanation": "00000000-0000-0000-0000-000000000001"}, 404),
        ({"explanation": None}, 422),
        ({"step": 1}, 422),
    ],
)
def test_what_cannot_be_one_is_refused(asker: Caller, explanation: Explanation, changes, status) -> None:
    assert send(asker, explanation, **changes).status_code == status
    assert not Correction.objects.exists()


def test_nobody_reads_their_own_and_a_decline_needs_a_reason(asker, reviewer, explanation) -> None:
    url = send(asker, explanation)["Location"]
    settle(Correction.objects.get())
    assert asker.post(f"{url}/readings", {"verdict": "approve"}).status_code == 403
    assert reviewer.post(f"{url}/readings", {"verdict": "decline"}).status_code == 422
    assert reviewer.post(f"{url}/readings", {"verdict": "decline", "note": "F3 is longer."}).status_code == 201
    assert asker.get(url).json()["readings"][0]["note"] == "F3 is longer."


def test_another_hospital_finds_none_of_it(asker, explanation) -> None:
    url = send(asker, explanation)["Location"]
    settle(Correction.objects.get())
    stranger = caller_of(MembershipFactory(role="admin").user)
    assert stranger.get(url).status_code == 404
    for path, body in ((f"{url}/readings", {"verdict": "approve"}), (f"{url}/withdraw", {"reason": "x"})):
        assert stranger.post(path, body).status_code == 404
    assert stranger.get("/corrections/waiting").json()["items"] == []
    assert stranger.post(f"/answers/{explanation.answer_id}/corrections", {}, Idempotency_Key="k").status_code == 404
