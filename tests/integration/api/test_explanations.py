"""Explanations over the API: asked, read while they are written, followed by events, told by a webhook."""

import json
from dataclasses import dataclass

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient

from tests.factories import AnswerFactory, MembershipFactory, QuestionFactory
from tests.integration.api.caller import PROBLEM, Caller, caller_of
from tests.skill_rows import skill_rows
from webapp.api.models import ApiToken, Webhook, WebhookEvent
from webapp.api.views import explanations as views
from webapp.conversations.models import Answer
from webapp.jobs.models import Job
from webapp.jobs.services import job_claim, job_succeed
from webapp.learning.explanations import (
    Cited,
    ExplainedStep,
    explanation_finish,
    explanation_started,
    explanation_write,
)
from webapp.learning.models import Explanation
from webapp.skills.models import ReportItem

pytestmark = pytest.mark.django_db(transaction=True)
STEPS = tuple(
    ExplainedStep(
        text=f"Step {number} rests on F1.",
        mark="supported",
        note="",
        cites=(Cited(key="F1", words="Hook", start_s=1, end_s=2),),
    )
    for number in (1, 2, 3)
)


@dataclass
class World:
    answer: Answer
    caller: Caller


@pytest.fixture
def world() -> World:
    question = QuestionFactory()
    answer = AnswerFactory(question=question, status="finished", text="The hook is used.")
    return World(answer=answer, caller=caller_of(question.conversation.owner))


def ask(world: World, key: str = "k"):
    return world.caller.post(f"/answers/{world.answer.pk}/explanations", Idempotency_Key=key)


def begin(explanation_id: str) -> Explanation:
    row = Explanation.objects.get(pk=explanation_id)
    assert job_claim(row.job_id, stage="explain", worker="w") is not None
    assert explanation_started(row.pk, timeline=None, sheet={"facts": []}, model_name="small")
    return row


def finish(row: Explanation) -> None:
    explanation_finish(row.pk, steps=STEPS, conclusion="So it is.", problem="", adapter="")
    job_succeed(row.job_id)


def read_events(world: World, explanation_id: str, *, after: str = "") -> list[dict]:
    async def read() -> list[dict]:
        headers = {"authorization": f"Bearer {world.caller.token}"} | ({"last-event-id": after} if after else {})
        response = await AsyncClient().get(f"/api/v1/explanations/{explanation_id}/events", headers=headers)
        assert response.status_code == 200
        text = b"".join([piece async for piece in response.streaming_content]).decode()
        blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in text.split("\n\n") if block]
        return [json.loads(block["data"]) | ({"id": block["id"]} if "id" in block else {}) for block in blocks]

    return async_to_sync(read)()


def test_it_is_asked_and_read_step_by_step(world: World) -> None:
    asked = ask(world)
    assert asked.status_code == 202
    url = asked.json()["explanation_url"]
    assert asked["Location"] == url
    waiting = world.caller.get(url)
    assert (waiting.json()["status"], waiting["Retry-After"]) == ("queued", "3")
    row = begin(asked.json()["explanation"])
    explanation_write(row.pk, steps=STEPS[:1], writing="Step 2")
    written = world.caller.get(url).json()
    assert [step["mark"] for step in written["steps"]] == ["supported"]
    assert written["steps"][0]["cites"] == [{"key": "F1", "words": "Hook", "start_s": 1, "end_s": 2}]
    assert written["writing"] == "Step 2"
    finish(row)
    done = world.caller.get(url)
    assert (done.json()["status"], done.json()["conclusion"]) == ("finished", "So it is.")
    assert "Retry-After" not in done
    assert world.caller.get(url, If_None_Match=done["ETag"]).status_code == 304
    listed = world.caller.get(f"/answers/{world.answer.pk}/explanations").json()
    assert [item["id"] for item in listed["items"]] == [asked.json()["explanation"]]


def test_asking_again_tells_of_the_one_that_is_being_written(world: World) -> None:
    assert ask(world, "a").json() == ask(world, "a").json() == ask(world, "b").json()
    assert Job.objects.filter(kind="explain").count() == 1


def test_an_answer_that_is_not_there_yet_is_not_explained(world: World) -> None:
    Answer.objects.update(status="running", text="")
    refused = ask(world)
    assert (refused.status_code, refused["Content-Type"]) == (409, PROBLEM)
    assert refused.json()["code"] == "answer_not_finished"


def test_events_tell_each_step_once_and_go_on_behind_the_last_one(world: World, monkeypatch) -> None:
    asked = ask(world).json()
    row = begin(asked["explanation"])
    looks = []

    def body(explanation_id, authorization):
        looks.append(1)
        if len(looks) == 2:
            explanation_write(row.pk, steps=STEPS[:2], writing="")
        if len(looks) == 3:
            finish(row)
        return seen(explanation_id, authorization)

    seen = views._body
    monkeypatch.setattr(views, "_body", body)
    monkeypatch.setattr(views, "LOOK_EVERY_S", 0.0)
    told = read_events(world, asked["explanation"])
    assert [(event["type"], event.get("id")) for event in told] == [
        ("step", "1"),
        ("step", "2"),
        ("step", "3"),
        ("final", None),
    ]
    assert told[-1]["explanation"]["conclusion"] == "So it is."
    assert [event["type"] for event in read_events(world, asked["explanation"], after="2")] == ["step", "final"]
    # A number that there is not: a worker began anew meanwhile.
    assert read_events(world, asked["explanation"], after="7")[0] == {"type": "restart"}
    assert [event["type"] for event in read_events(world, asked["explanation"], after="x")][:1] == ["step"]


def test_a_token_that_was_revoked_reads_no_further(world: World, monkeypatch) -> None:
    asked = ask(world).json()
    begin(asked["explanation"])
    monkeypatch.setattr(views, "LOOK_EVERY_S", 0.0)
    seen = views._body

    def body(explanation_id, authorization):
        ApiToken.objects.all().delete()
        return seen(explanation_id, authorization)

    monkeypatch.setattr(views, "_body", body)
    assert [event["type"] for event in read_events(world, asked["explanation"])] == ["gone"]


def test_its_end_is_told_to_webhooks(world: World) -> None:
    hospital = world.answer.question.conversation.video.hospital
    Webhook.objects.create(
        hospital=hospital,
        name="PACS",
        url="https://pacs.example.org/",
        sealed_key="x",
        event_types=["explanation.finished"],
    )
    asked = ask(world).json()
    finish(begin(asked["explanation"]))
    assert WebhookEvent.objects.get().object_id == asked["explanation"]


def test_an_item_of_a_report_is_explained_to_whom_the_report_is_open(world: World) -> None:
    video = world.answer.question.conversation.video
    reviewer = MembershipFactory(hospital=video.hospital, role="reviewer").user
    ids = skill_rows(video, reviewer)
    item = ReportItem.objects.select_related("item").get(pk=ids["item_id"])
    path = f"/reports/{ids['report_id']}/items/{item.item.key}/explanations"
    surgeon = caller_of(item.report.surgeon)
    asked = surgeon.post(path, Idempotency_Key="i").json()
    finish(begin(asked["explanation"]))
    found = surgeon.get(asked["explanation_url"]).json()
    assert (found["answer"], found["report"], found["item"]) == (None, str(ids["report_id"]), item.item.key)
    assert [one["id"] for one in surgeon.get(path).json()["items"]] == [asked["explanation"]]
    assert caller_of(item.report.surgeon, ["conversations:read"]).get(asked["explanation_url"]).status_code == 403
    stranger = caller_of(MembershipFactory(role="reviewer").user)
    for address in (path, asked["explanation_url"], asked["events_url"]):
        assert stranger.get(address).status_code == 404
    assert surgeon.get(path.replace(item.item.key, "no-such-item")).status_code == 404


def test_another_person_finds_none_of_it(world: World) -> None:
    asked = ask(world).json()
    hospital = world.answer.question.conversation.video.hospital
    for other in (MembershipFactory(hospital=hospital, role="admin").user, MembershipFactory(role="admin").user):
        stranger = caller_of(other)
        for path in (asked["explanation_url"], asked["events_url"], f"/answers/{world.answer.pk}/explanations"):
            assert stranger.get(path).status_code == 404
        assert stranger.post(f"/answers/{world.answer.pk}/explanations", Idempotency_Key="z").status_code == 404
