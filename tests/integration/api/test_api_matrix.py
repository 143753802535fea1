"""Every address of the API by every kind of caller and method: who gets in, that a refusal changes nothing, and which
row each call leaves. An address that is added must be put into RULES and into docs/audit.md.
"""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from tests.factories import AnswerFactory, ConversationFactory, JobFactory, QuestionFactory
from tests.integration.api.caller import Caller, token_of
from tests.integration.audit.test_audit_map import actions_in, table
from tests.integration.test_access_matrix import (
    ADMIN,
    ADMINS,
    ANONYMOUS,
    COLLEAGUE,
    DEACTIVATED,
    EVERYBODY,
    FORBIDDEN,
    IN,
    KEEPERS,
    MANAGERS,
    MISSING,
    NO_HOSPITAL,
    OUR_ADMIN,
    OUR_REVIEWER,
    OWNER,
    READERS,
    REVIEWER,
    STRANGE_ADMIN,
    STRANGE_REVIEWER,
    STRANGER,
    SURGEON,
    TEAM,
    Verdicts,
    World,
    by,
    rows,
    world,
)
from tests.learning_rows import correction_ready
from tests.skill_rows import skill_ready
from webapp.audit.models import AuditEvent
from webapp.conversations.models import Answer
from webapp.jobs.models import Job
from webapp.learning.models import Explanation
from webapp.registry.models import ModelVersion
from webapp.skills.models import ReportItem
from webapp.skills.published import GOALS
from webapp.stores import stores_read
from webapp.videos.models import Fetch, Timeline, Upload, Video

__all__ = ["world"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
MINE = by(IN, OWNER)
BODIES: dict[str, Any] = {
    "video PATCH": {"title": "Renamed"},
    "video_identifiers POST": {"system": "urn:his:study", "value": "12345"},
    "question_ask POST": {"text": "What is it?"},
    "correction_send POST": {"kind": "edited_answer", "edited_answer": "5.0 s", "reason": "F1 lasts 5.0 s"},
    "correction_read POST": {"verdict": "approve"},
    "correction_withdraw POST": {"reason": "Not so."},
    "fetches POST": {"address": "https://store.example.org/case.mp4"},
    "answer_judgement PUT": {"thumb": "up"},
    "department PATCH": {"viewing": "own"},
    "member PATCH": {"is_active": False},
    "report_readings POST": {
        "level": "expert",
        "scores": dict.fromkeys([item.key for item in GOALS.items], 3),
    },
    "report_appeals POST": {"item": "autonomy", "reason": "Alone.", "start_s": 1, "end_s": 2},
    "webhooks POST": {"name": "PACS", "url": "https://pacs.example.org/", "event_types": ["video.ready"]},
    "webhook PATCH": {"is_active": False},
}
RULES: dict[str, Verdicts] = {
    "schema GET": EVERYBODY,
    "me GET": EVERYBODY,
    "tokens GET": EVERYBODY,
    "token GET": MINE,
    "token DELETE": MINE,
    "videos GET": EVERYBODY,
    "video GET": READERS,
    "video PATCH": MANAGERS,
    "video DELETE": MANAGERS,
    "video_media GET": READERS,
    "video_dicom GET": READERS,
    "video_identifiers GET": READERS,
    "video_identifiers POST": MANAGERS,
    "timelines GET": READERS,
    "timeline GET": READERS,
    "facts GET": READERS,
    "question_ask POST": READERS,
    "upload GET": MINE,
    "fetches POST": EVERYBODY,
    "fetch GET": by(IN, OWNER, ADMIN),
    "jobs GET": EVERYBODY,
    "job GET": by(IN, OWNER, ADMIN),
    "job_cancel POST": by(IN, OWNER, ADMIN),
    "job_retry POST": by(IN, OWNER, ADMIN),
    "conversations GET": EVERYBODY,
    "conversation GET": MINE,
    "conversation_questions GET": MINE,
    "question GET": MINE,
    "answer GET": MINE,
    "answer_again POST": MINE,
    "answer_stop POST": MINE,
    "answer_judgement PUT": MINE,
    "answer_events GET": MINE,
    "correction_send POST": MINE,
    "corrections GET": EVERYBODY,
    "corrections_waiting GET": KEEPERS,
    "correction GET": by(IN, OWNER, ADMIN, REVIEWER),
    "correction_read POST": by(IN, ADMIN, REVIEWER) | by(FORBIDDEN, OWNER),
    "correction_withdraw POST": by(IN, OWNER, ADMIN, REVIEWER),
    "explanations GET": MINE,
    "explanations POST": MINE,
    "item_explanations GET": by(IN, OWNER, REVIEWER),
    "item_explanations POST": by(IN, OWNER, REVIEWER),
    "explanation GET": MINE,
    "explanation_events GET": MINE,
    "video_report GET": by(IN, OWNER, REVIEWER),
    "video_report POST": by(IN, OWNER) | by(FORBIDDEN, ADMIN, REVIEWER, TEAM),
    "report GET": by(IN, OWNER, REVIEWER),
    "report_submit POST": SURGEON,
    "report_open POST": OUR_REVIEWER,
    "report_readings POST": OUR_REVIEWER,
    "report_appeals GET": by(IN, OWNER, REVIEWER),
    "report_appeals POST": SURGEON,
    "report_bundle GET": by(IN, OWNER, REVIEWER),
    "report_document GET": by(IN, OWNER, REVIEWER),
    "report_dicom GET": by(IN, OWNER, REVIEWER),
    "reviews GET": by(IN, REVIEWER, STRANGE_REVIEWER)
    | by(FORBIDDEN, OWNER, ADMIN, TEAM, COLLEAGUE, STRANGER, STRANGE_ADMIN),
    "rubrics GET": EVERYBODY,
    "references GET": EVERYBODY,
    "comparisons GET": EVERYBODY,
    "models GET": EVERYBODY,
    "model GET": EVERYBODY,
    "training_runs GET": by(IN, ADMIN),
    "training_run GET": by(IN, ADMIN),
    "departments GET": ADMINS,
    "department GET": OUR_ADMIN,
    "department PATCH": OUR_ADMIN,
    "members GET": ADMINS,
    "member GET": OUR_ADMIN,
    "member PATCH": OUR_ADMIN,
    "webhooks GET": ADMINS,
    "webhooks POST": ADMINS,
    "webhook GET": OUR_ADMIN,
    "webhook PATCH": OUR_ADMIN,
    "webhook DELETE": OUR_ADMIN,
    "webhook_rotate POST": OUR_ADMIN,
    "webhook_ping POST": OUR_ADMIN,
    "deliveries GET": OUR_ADMIN,
    "delivery GET": OUR_ADMIN,
    "delivery_replay POST": OUR_ADMIN,
    "usage GET": ADMINS,
    "audit GET": ADMINS,
}
# Pages whose preparation does for an address of the API too.
READY_AS = {
    "video_report POST": "skill_report_request",
    "report_submit POST": "report_submit",
    "report_open POST": "report_unseal",
    "report_appeals GET": "report_bundle",
    "report_appeals POST": "appeal_open",
    "report_bundle GET": "report_bundle",
    "report_document GET": "report_document",
    "report_dicom GET": "report_document",
}
BY_REVIEWER = {"report_open POST", "report_readings POST", "reviews GET"}
# A page for people, signed in by a session; the document's is told in test_schema.py.
PAGES = {"docs"}


def patterns() -> dict[str, Any]:
    ours = next(entry for entry in get_resolver().url_patterns if str(entry.pattern) == "api/v1/")
    return {entry.name: entry for entry in ours.url_patterns}


@pytest.fixture(autouse=True)
def a_store_for_everybody(settings: Any) -> None:
    settings.FETCH_STORES = stores_read(["*@https://store.example.org/"])


@pytest.fixture
def ids(world: World) -> dict[str, Any]:
    owner = world.users[OWNER]
    assert owner is not None
    video = Video.objects.get(pk=world.ids["video_id"])
    Timeline.objects.get_or_create(content=video.content, number=1)
    upload = Upload.objects.create(
        owner=owner,
        hospital=video.hospital,
        filename="x.mp4",
        size_bytes=9,
        expires_at=timezone.now() + timedelta(hours=1),
    )
    version = ModelVersion.objects.create(kind="scorer", name="x", title="X", artifact_id="x")
    answer = Answer.objects.get(pk=world.ids["answer_id"])
    return {
        **world.ids,
        "number": 1,
        "upload_id": upload.pk,
        "fetch_id": Fetch.objects.create(job=JobFactory(owner=owner, hospital=video.hospital), upload=upload).pk,
        "version_id": version.pk,
        "key": ReportItem.objects.get(pk=world.ids["item_id"]).item.key,
        "explanation_id": Explanation.objects.create(answer=answer, status=Explanation.Status.FINISHED).pk,
        "conversation_id": answer.question.conversation_id,
    }


def call(cell: str, caller: Caller | None, ids: dict[str, Any]) -> int:
    name, method = cell.split()
    entry = patterns()[name]
    path = reverse(f"api:{name}", kwargs={key: ids[key] for key in entry.pattern.converters})
    body = BODIES.get(cell)
    if cell == "video_report POST":
        body = {"comparison": str(ids["scorer_id"])}
    if caller is None:
        return Client().generic(method, path, json.dumps(body), "application/json").status_code
    return caller.send(method, path, body, Idempotency_Key=uuid.uuid4().hex, If_Match="*").status_code


def expected(cell: str, name: str) -> str | int:
    if name in (ANONYMOUS, DEACTIVATED):
        return 401
    if cell not in RULES:
        return 405
    return RULES[cell].get(name, MISSING)


def wrong_with(cell: str, name: str, caller: Caller | None, ids: dict[str, Any], before: object) -> str:
    with transaction.atomic():
        status = call(cell, caller, ids)
        has_changed = rows() != before
        transaction.set_rollback(True)
    wanted, got = expected(cell, name), IN if status < 400 or status == 409 else status
    if got != wanted:
        return f"{cell} by {name}: {status}, not {wanted}"
    return f"{cell} by {name}: refused, yet something changed" if wanted != IN and has_changed else ""


def test_every_address_has_a_rule() -> None:
    assert {cell.split()[0] for cell in RULES} | PAGES == set(patterns())


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")
def test_callers_get_in_where_they_may_and_change_nothing_where_not(
    world: World, ids: dict[str, Any], settings
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    callers = {
        name: Caller(token_of(user)) if user else None for name, user in world.users.items() if name != NO_HOSPITAL
    }
    every = [f"{name} {method}" for name in set(patterns()) - PAGES for method in METHODS]
    # What a method is not for, it is for nobody: one who may and one without a token are enough.
    cells = [(cell, name) for cell in every for name in (callers if cell in RULES else (OWNER, ANONYMOUS))]
    cache.clear()
    before = rows()
    wrong = [wrong_with(cell, name, callers[name], ids, before) for cell, name in cells]
    print(f"access matrix of the API: {len(cells)} cells")
    assert [line for line in wrong if line] == []


def test_the_map_of_the_audit_log_has_every_address() -> None:
    assert set(table("The API")) == set(RULES)


def make_ready(cell: str, world: World, ids: dict[str, Any]) -> None:
    owner = world.users[OWNER]
    if cell in READY_AS:
        skill_ready(READY_AS[cell], world.ids, world.clients[REVIEWER])
    if cell == "correction_send POST":
        correction_ready("correction_submit", ids)
    if cell == "answer_stop POST":
        Answer.objects.update(status=Answer.Status.RUNNING, job=JobFactory(owner=owner, status=Job.Status.RUNNING))
    if cell == "job_cancel POST":
        ids["job_id"] = JobFactory(owner=owner, hospital=owner.memberships.get().hospital).pk


def rows_left(cell: str, world: World, ids: dict[str, Any]) -> str:
    """Empty if the call left just the rows that the map names. Whatever was done is undone."""
    name = REVIEWER if cell in BY_REVIEWER else OWNER if RULES[cell].get(OWNER) == IN else ADMIN
    cache.clear()
    with transaction.atomic():
        make_ready(cell, world, ids)
        before = AuditEvent.objects.count()
        status = call(cell, Caller(token_of(world.users[name])), ids)
        written = list(AuditEvent.objects.order_by("pk")[before:])
        transaction.set_rollback(True)
    wanted, found = actions_in(table("The API")[cell]), sorted(event.action for event in written)
    if status >= 400 or found != sorted(wanted):
        return f"{cell}: {status}, {found} instead of {sorted(wanted)}"
    is_told = all(event.detail["via"] == "api" and event.actor_email for event in written)
    return "" if is_told else f"{cell}: the rows do not say who came by which way"


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")
def test_each_address_leaves_the_rows_that_the_map_names(world: World, ids: dict[str, Any], settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    wrong = [rows_left(cell, world, dict(ids)) for cell in RULES]
    assert [line for line in wrong if line] == []


def test_a_conversation_of_another_person_is_not_listed(world: World, ids: dict[str, Any]) -> None:
    AnswerFactory(question=QuestionFactory(conversation=ConversationFactory()))
    admin = world.users[ADMIN]
    assert admin is not None
    assert Caller(token_of(admin)).get("/conversations").json()["items"] == []
