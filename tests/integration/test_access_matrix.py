"""Every address of ours by every kind of caller and method: who gets in, and that a refusal changes nothing.

An address that is added must be put into RULES, or the first test fails. Uploads and websockets have their own tests.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.arrivals import prepared, video_of
from tests.factories import (
    AnswerFactory,
    ConversationFactory,
    DepartmentFactory,
    HospitalFactory,
    JobFactory,
    MembershipFactory,
    QuestionFactory,
    UserFactory,
)
from tests.integration.test_anonymous import routes
from webapp.accounts.models import Department, Membership, User
from webapp.conversations.models import Answer, Question
from webapp.jobs.models import Job
from webapp.videos.models import Content, Video

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

METHODS = ("GET", "POST", "PUT", "DELETE")
IN, FORBIDDEN, MISSING = "in", 403, 404
OWNER, ADMIN, REVIEWER, TEAM, COLLEAGUE = "owner", "admin", "reviewer", "team", "colleague"
STRANGER, STRANGE_ADMIN, STRANGE_REVIEWER = "stranger", "strange admin", "strange reviewer"
NO_HOSPITAL, DEACTIVATED, ANONYMOUS = "no hospital", "deactivated", "anonymous"
MEMBERS = (OWNER, ADMIN, REVIEWER, TEAM, COLLEAGUE)
STRANGERS = (STRANGER, STRANGE_ADMIN, STRANGE_REVIEWER)
Verdicts = dict[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`verdicts` of callers with the right method; who is not named finds nothing. Without a hospital: forbidden."""

    methods: tuple[str, ...]
    verdicts: Verdicts
    form: dict[str, str] = field(default_factory=dict)
    no_hospital: str | int = FORBIDDEN
    # It answers programs: the wrong method is told before the missing sign-in.
    is_method_first: bool = False


def by(verdict: str | int, *callers: str) -> Verdicts:
    return dict.fromkeys(callers, verdict)


EVERYBODY = by(IN, *MEMBERS, *STRANGERS)
READERS = by(IN, OWNER, ADMIN, REVIEWER, TEAM)
MANAGERS = by(IN, OWNER, ADMIN) | by(FORBIDDEN, REVIEWER, TEAM)
ADMINS = by(IN, ADMIN, STRANGE_ADMIN) | by(FORBIDDEN, OWNER, REVIEWER, TEAM, COLLEAGUE, STRANGER, STRANGE_REVIEWER)
OUR_ADMIN = by(IN, ADMIN) | by(FORBIDDEN, OWNER, REVIEWER, TEAM, COLLEAGUE, STRANGER, STRANGE_REVIEWER)


def reading(verdicts: Verdicts) -> Rule:
    return Rule(methods=("GET",), verdicts=verdicts)


def writing(verdicts: Verdicts, **form: str) -> Rule:
    return Rule(methods=("POST",), verdicts=verdicts, form=form)


def of_the_asker(method: str, **form: str) -> Rule:
    """Private: also administrators find nothing."""
    return Rule(methods=(method,), verdicts=by(IN, OWNER), form=form)


RULES = {
    "model_card": Rule(methods=("GET",), verdicts=EVERYBODY, no_hospital=IN),
    "audit_log": reading(ADMINS),
    "audit_export": reading(ADMINS),
    "account": Rule(methods=("GET", "POST"), verdicts=EVERYBODY, form={"name": "New Name"}),
    "session": Rule(methods=("GET",), verdicts=EVERYBODY, no_hospital=IN, is_method_first=True),
    "session_end": Rule(methods=("POST",), verdicts={}, no_hospital=MISSING),
    "members": reading(ADMINS),
    "member_add": writing(ADMINS, email="new@example.org", name="N", role="surgeon", department=""),
    "member_update": writing(OUR_ADMIN, role="reviewer", department=""),
    "member_password_link": writing(OUR_ADMIN),
    "member_deactivate": writing(OUR_ADMIN),
    "member_activate": writing(OUR_ADMIN),
    "member_reset_second_factor": writing(OUR_ADMIN),
    "departments": reading(ADMINS),
    "department_add": writing(ADMINS, name="Another", viewing="own"),
    "department_viewing": writing(OUR_ADMIN, viewing="own"),
    "jobs": reading(EVERYBODY),
    "jobs_rows": reading(EVERYBODY),
    "job_cancel": writing(by(IN, OWNER, ADMIN)),
    "job_retry": writing(by(IN, OWNER, ADMIN)),
    "library": reading(EVERYBODY),
    "library_rows": reading(EVERYBODY),
    "video": reading(READERS),
    "video_status": reading(READERS),
    "video_timeline": reading(READERS),
    "video_rename": writing(MANAGERS, title="Renamed"),
    "video_delete": writing(MANAGERS),
    "video_media": reading(READERS),
    "video_poster": reading(READERS),
    "video_sprite": reading(READERS),
    "video_sprite_index": reading(READERS),
    "conversation": reading(READERS),
    "conversation_shown": reading(READERS),
    "question_ask": writing(READERS, text="What is it?"),
    "question_edit": of_the_asker("POST", text="What is that?"),
    "answer": of_the_asker("GET"),
    "answer_events": of_the_asker("GET"),
    "answer_stop": of_the_asker("POST"),
    "answer_regenerate": of_the_asker("POST"),
    "answer_show": of_the_asker("POST"),
    "answer_thumb": of_the_asker("POST", thumb="up"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """`clients` are signed in, as far as their callers can be."""

    users: dict[str, User | None]
    clients: dict[str, Client]
    ids: dict[str, uuid.UUID | int | str]


@pytest.fixture
def world(settings, tmp_path: Path) -> World:
    settings.STORAGE_DIR, settings.DISK_RESERVE_BYTES = tmp_path / "storage", 0
    hospital = HospitalFactory()
    department = DepartmentFactory(hospital=hospital, viewing=Department.Viewing.DEPARTMENT)
    other = DepartmentFactory(hospital=hospital, viewing=Department.Viewing.DEPARTMENT)
    owner = MembershipFactory(hospital=hospital, department=department)
    elsewhere = HospitalFactory()
    callers: dict[str, User | None] = {
        OWNER: owner.user,
        TEAM: MembershipFactory(hospital=hospital, department=department).user,
        COLLEAGUE: MembershipFactory(hospital=hospital, department=other).user,
        REVIEWER: MembershipFactory(hospital=hospital, role="reviewer").user,
        ADMIN: MembershipFactory(hospital=hospital, role="admin").user,
        STRANGER: MembershipFactory(hospital=elsewhere).user,
        STRANGE_REVIEWER: MembershipFactory(hospital=elsewhere, role="reviewer").user,
        STRANGE_ADMIN: MembershipFactory(hospital=elsewhere, role="admin").user,
        NO_HOSPITAL: UserFactory(),
        DEACTIVATED: MembershipFactory(hospital=hospital, role="admin", user__is_active=False).user,
        ANONYMOUS: None,
    }
    clients = {name: client_of(user) for name, user in callers.items()}
    return World(users=callers, clients=clients, ids=objects_of(owner, other))


def client_of(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def objects_of(owner: Membership, department: Department) -> dict[str, uuid.UUID | int | str]:
    video = prepared(video_of(owner.user))
    Video.objects.filter(pk=video.pk).update(status="ready", job=None)
    Content.objects.filter(pk=video.content_id).update(duration_s=60.0)
    question = QuestionFactory(conversation=ConversationFactory(video=video, owner=owner.user))
    answer = AnswerFactory(question=question, status=Answer.Status.FINISHED, text="A grasper.")
    failed = JobFactory(owner=owner.user, status=Job.Status.FAILED)
    return {
        "video_id": video.pk,
        "question_id": question.pk,
        "answer_id": answer.pk,
        "job_id": failed.pk,
        "member_id": MembershipFactory(hospital=owner.hospital).pk,
        "department_id": department.pk,
        "session_id": 999_999,
        "name": "llava_surg",
    }


def address(name: str, world: World) -> str:
    pattern = next(pattern for known, _, pattern in own_routes() if known == name)
    return reverse(name, kwargs={key: world.ids[key] for key in pattern.pattern.converters})


def own_routes() -> Iterator[tuple[str, str, object]]:
    from django.urls import get_resolver

    for name, route, pattern in routes(get_resolver().url_patterns):
        # Sign-in is allauth's; programs have a matrix and tests of their own (tests/integration/api).
        if not route.startswith(("accounts/", "api/", "oauth/", ".well-known/")):
            yield name, route, pattern


def expected(rule: Rule, caller: str, method: str) -> str | int:
    if method not in rule.methods and rule.is_method_first:
        return 405
    if caller in (ANONYMOUS, DEACTIVATED):
        return "sign in"
    if method not in rule.methods:
        return 405
    if caller == NO_HOSPITAL:
        return rule.no_hospital
    return rule.verdicts.get(caller, MISSING)


def outcome(status: int, location: str) -> str | int:
    if status == 401 or (status == 302 and location.startswith("/accounts/login/")):
        return "sign in"
    return IN if status < 400 or status in (409, 416) else status


def rows() -> list[list[tuple[object, ...]]]:
    """All that a caller could change."""
    return [
        list(Video.objects.order_by("pk").values_list("pk", "title")),
        list(Job.objects.order_by("pk").values_list("pk", "status", "cancel_requested")),
        list(Question.objects.order_by("pk").values_list("pk", "text")),
        list(Answer.objects.order_by("pk").values_list("pk", "status", "thumb")),
        list(Membership.objects.order_by("pk").values_list("pk", "role", "department")),
        list(User.objects.order_by("pk").values_list("pk", "name", "is_active", "links_made")),
        list(Department.objects.order_by("pk").values_list("pk", "viewing")),
    ]


def try_cell(name: str, caller: str, method: str, world: World) -> str | int:
    form = RULES[name].form if method == "POST" else None
    path, client = address(name, world), world.clients[caller]
    response = client.generic(method, path) if form is None else client.post(path, form)
    return outcome(response.status_code, response.headers.get("Location", ""))


def wrong_with(name: str, caller: str, method: str, world: World, before: object) -> str:
    """Empty if the cell is as RULES say. Whatever was done is undone."""
    wanted = expected(RULES[name], caller, method)
    with transaction.atomic():
        got = try_cell(name, caller, method, world)
        has_changed = rows() != before
        transaction.set_rollback(True)
    if got != wanted:
        return f"{method} {name} by {caller}: {got}, not {wanted}"
    return f"{method} {name} by {caller}: refused, yet something changed" if wanted != IN and has_changed else ""


def test_every_address_has_a_rule() -> None:
    assert {name for name, _, _ in own_routes()} == set(RULES)


def test_callers_get_in_where_they_may_and_change_nothing_where_not(world: World, record_testsuite_property) -> None:
    cells = [(name, caller, method) for name in RULES for caller in world.clients for method in METHODS]
    cache.clear()
    before = rows()
    wrong = [wrong_with(*cell, world, before) for cell in cells]
    record_testsuite_property("access_matrix_cells", len(cells))
    print(f"access matrix: {len(cells)} cells")
    assert [line for line in wrong if line] == []
