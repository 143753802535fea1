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
from tests.learning_rows import sent_correction
from tests.skill_rows import skill_rows
from tests.training_rows import training_rows
from webapp.accounts.actors import Actor
from webapp.accounts.models import Department, Membership, User
from webapp.api.models import ApiClient, ApiToken, Webhook, WebhookDelivery
from webapp.api.oauth.clients import client_create
from webapp.api.services import token_create
from webapp.api.webhooks.services import webhook_create, webhook_ping
from webapp.conversations.models import Answer, Question
from webapp.jobs.models import Job
from webapp.learning.models import Gate, TrainingRun
from webapp.registry.models import ActiveModel
from webapp.skills.models import Appeal, ReferenceClip, Review, Rubric, Scorer, SkillReport
from webapp.skills.published import GOALS
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
# "{video_id}" stands for what the world has under that name.
Form = dict[str, str | list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`verdicts` of callers with the right method; who is not named finds nothing. Without a hospital: forbidden."""

    methods: tuple[str, ...]
    verdicts: Verdicts
    form: Form = field(default_factory=dict)
    no_hospital: str | int = FORBIDDEN
    # It answers programs: the wrong method is told before the missing sign-in.
    is_method_first: bool = False
    # Everybody gets an answer here, and these alone change what the form names; None: who gets in may change.
    changers: tuple[str, ...] | None = None


def by(verdict: str | int, *callers: str) -> Verdicts:
    return dict.fromkeys(callers, verdict)


EVERYBODY = by(IN, *MEMBERS, *STRANGERS)
READERS = by(IN, OWNER, ADMIN, REVIEWER, TEAM)
SURGEON = by(IN, OWNER) | by(FORBIDDEN, REVIEWER)
OUR_REVIEWER = by(IN, REVIEWER) | by(FORBIDDEN, OWNER)
KEEPERS = by(IN, ADMIN, REVIEWER, STRANGE_ADMIN, STRANGE_REVIEWER) | by(FORBIDDEN, OWNER, TEAM, COLLEAGUE, STRANGER)
OUR_KEEPERS = by(IN, ADMIN, REVIEWER) | by(FORBIDDEN, OWNER, TEAM, COLLEAGUE)
SCORES = {f"score-{item.key}": "3" for item in GOALS.items}
MANAGERS = by(IN, OWNER, ADMIN) | by(FORBIDDEN, REVIEWER, TEAM)
ADMINS = by(IN, ADMIN, STRANGE_ADMIN) | by(FORBIDDEN, OWNER, REVIEWER, TEAM, COLLEAGUE, STRANGER, STRANGE_REVIEWER)
OUR_ADMIN = by(IN, ADMIN) | by(FORBIDDEN, OWNER, REVIEWER, TEAM, COLLEAGUE, STRANGER, STRANGE_REVIEWER)


def reading(verdicts: Verdicts) -> Rule:
    return Rule(methods=("GET",), verdicts=verdicts)


def writing(verdicts: Verdicts, **form: str | list[str]) -> Rule:
    return Rule(methods=("POST",), verdicts=verdicts, form=form)


def of_the_asker(method: str, **form: str) -> Rule:
    """Private: also administrators find nothing."""
    return Rule(methods=(method,), verdicts=by(IN, OWNER), form=form)


def writing_of_selected(**form: str | list[str]) -> Rule:
    """Of what they may not change, people are told the number."""
    return Rule(methods=("POST",), verdicts=EVERYBODY, form={"video": "{video_id}", **form}, changers=(OWNER, ADMIN))


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
    "tokens": reading(EVERYBODY),
    "token_add": writing(EVERYBODY, name="Script", num_days="30", scopes="videos:read"),
    "token_end": Rule(methods=("POST",), verdicts=by(IN, OWNER)),
    "api_clients": reading(ADMINS),
    "api_client_add": writing(
        ADMINS, name="HIS", role="reviewer", scopes="videos:read", auth_method="client_secret_basic"
    ),
    "api_client_secret": writing(OUR_ADMIN),
    "api_client_active": writing(OUR_ADMIN, is_active="no"),
    "api_client_remove": writing(OUR_ADMIN),
    "webhooks": reading(ADMINS),
    "webhook_add": writing(ADMINS, name="HIS", url="https://his.example.org/", event_types="video.ready", signing="v1"),
    "webhook": reading(OUR_ADMIN),
    "webhook_rotate": writing(OUR_ADMIN),
    "webhook_active": writing(OUR_ADMIN, is_active="yes"),
    "webhook_ping": writing(OUR_ADMIN),
    "webhook_remove": writing(OUR_ADMIN),
    "delivery_replay": writing(OUR_ADMIN),
    "jobs": reading(EVERYBODY),
    "jobs_rows": reading(EVERYBODY),
    "job_cancel": writing(by(IN, OWNER, ADMIN)),
    "job_retry": writing(by(IN, OWNER, ADMIN)),
    "library": reading(EVERYBODY),
    "library_rows": reading(EVERYBODY),
    "video_demo": writing(EVERYBODY),
    "selection_delete": writing_of_selected(),
    "selection_move": writing_of_selected(department=""),
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
    "conversation_export": of_the_asker("GET"),
    "question_ask": writing(READERS, text="What is it?"),
    "question_edit": of_the_asker("POST", text="What is that?"),
    "answer": of_the_asker("GET"),
    "answer_events": of_the_asker("GET"),
    "answer_stop": of_the_asker("POST"),
    "answer_regenerate": of_the_asker("POST"),
    "answer_show": of_the_asker("POST"),
    "answer_thumb": of_the_asker("POST", thumb="up"),
    "why": of_the_asker("GET"),
    "why_panel": of_the_asker("GET"),
    "why_ask": of_the_asker("POST"),
    "item_why": reading(by(IN, OWNER, REVIEWER)),
    "item_why_panel": reading(by(IN, OWNER, REVIEWER)),
    "item_why_ask": writing(by(IN, OWNER, REVIEWER)),
    "correction_submit": of_the_asker("POST", kind="edited_answer", edited_answer="5.0 s", reason="F1 lasts 5.0 s"),
    "corrections": reading(EVERYBODY),
    "corrections_to_read": reading(KEEPERS),
    "correction": reading(by(IN, OWNER, ADMIN, REVIEWER)),
    "correction_read": writing(by(IN, ADMIN, REVIEWER) | by(FORBIDDEN, OWNER), verdict="approve"),
    "correction_withdraw": writing(by(IN, OWNER, ADMIN, REVIEWER), reason="Not so."),
    "training": reading(by(IN, ADMIN)),
    "training_panel": reading(by(IN, ADMIN)),
    "training_start": writing(by(IN, ADMIN), size="smallest"),
    "training_run": reading(by(IN, ADMIN)),
    "training_run_panel": reading(by(IN, ADMIN)),
    "training_run_pause": writing(by(IN, ADMIN)),
    "training_run_resume": writing(by(IN, ADMIN)),
    "training_run_cancel": writing(by(IN, ADMIN)),
    "gate_approve": writing(by(IN, ADMIN), note="Right."),
    "adapter_promote": writing(by(IN, ADMIN)),
    "adapter_roll_back": writing(by(IN, ADMIN), reason="Worse."),
    "skill_report": reading(READERS),
    "skill_report_panel": reading(READERS),
    "skill_report_request": writing(by(IN, OWNER) | by(FORBIDDEN, ADMIN, REVIEWER, TEAM), scorer="{scorer_id}"),
    "report_submit": writing(SURGEON),
    "report_withdraw": writing(SURGEON),
    "report_unseal": writing(OUR_REVIEWER),
    "appeal_open": writing(SURGEON, item="autonomy", reason="Alone.", start="1", end="2"),
    "report_amend": writing(OUR_REVIEWER, why="Overlooked.", **SCORES),
    "report_document": reading(by(IN, OWNER, REVIEWER)),
    "report_bundle": reading(by(IN, OWNER, REVIEWER)),
    "review_queue": reading(
        by(IN, REVIEWER, STRANGE_REVIEWER) | by(FORBIDDEN, OWNER, ADMIN, TEAM, COLLEAGUE, STRANGER, STRANGE_ADMIN)
    ),
    "review": reading(OUR_REVIEWER),
    "review_read": writing(OUR_REVIEWER, level="expert", **SCORES),
    "review_sign": writing(OUR_REVIEWER, level="expert", **SCORES),
    "review_return": writing(OUR_REVIEWER, reason="The wrong video."),
    "appeal": reading(OUR_REVIEWER),
    "appeal_read": writing(OUR_REVIEWER, **{"score-efficiency": "3"}),
    "appeal_answer": writing(OUR_REVIEWER, answer="It stands.", decision="keep"),
    "rubrics": reading(EVERYBODY),
    "rubric_adopt": writing(KEEPERS, slug="osats"),
    "rubric_add": writing(KEEPERS, name="Ours", **{"item-name": "Calm"}),
    "rubric_revise": writing(OUR_KEEPERS, **{"item-name": "Calm"}),
    "references": reading(EVERYBODY),
    "reference_add": writing(
        by(IN, ADMIN, REVIEWER) | by(FORBIDDEN, OWNER, TEAM, COLLEAGUE, STRANGER),
        video="{video_id}",
        rubric="{goals_id}",
        level="expert",
    ),
    "reference_consent": writing(by(IN, OWNER) | by(FORBIDDEN, ADMIN, REVIEWER)),
    "reference_withdraw": writing(by(IN, OWNER, ADMIN, REVIEWER)),
    "reference_media": reading(by(IN, OWNER, ADMIN, REVIEWER)),
    "scorer_add": writing(
        by(IN, ADMIN, REVIEWER) | by(FORBIDDEN, OWNER, TEAM, COLLEAGUE, STRANGER),
        rubric="{goals_id}",
        procedure="Suturing",
        references=["{novice_id}", "{intermediate_id}", "{expert_id}"],
    ),
    "scorer_retire": writing(OUR_KEEPERS),
    "trend": reading(EVERYBODY),
    "trend_peers": writing(EVERYBODY, share="yes"),
    "notices": reading(EVERYBODY),
    "notices_read": writing(EVERYBODY),
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
    return World(users=callers, clients=clients, ids=objects_of(owner, other, callers[REVIEWER]))


def client_of(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def objects_of(owner: Membership, department: Department, reviewer: User) -> dict[str, uuid.UUID | int | str]:
    video = prepared(video_of(owner.user))
    Video.objects.filter(pk=video.pk).update(status="ready", job=None)
    Content.objects.filter(pk=video.content_id).update(duration_s=60.0)
    question = QuestionFactory(conversation=ConversationFactory(video=video, owner=owner.user))
    answer = AnswerFactory(question=question, status=Answer.Status.FINISHED, text="A grasper.")
    failed = JobFactory(owner=owner.user, status=Job.Status.FAILED)
    return skill_rows(video, reviewer) | {
        "correction_id": sent_correction(answer).pk,
        "video_id": video.pk,
        "question_id": question.pk,
        "answer_id": answer.pk,
        "job_id": failed.pk,
        "member_id": MembershipFactory(hospital=owner.hospital).pk,
        "department_id": department.pk,
        "session_id": 999_999,
        **api_objects_of(owner),
        **training_rows(owner.hospital, MembershipFactory(hospital=owner.hospital, role="admin").user),
        "name": "llava_surg",
        "kind": "markdown",
    }


def api_objects_of(owner: Membership) -> dict[str, uuid.UUID | int | str]:
    """A token of the owner, and a client and a webhook of their hospital."""
    admin = Actor(membership=MembershipFactory(hospital=owner.hospital, role="admin"), via="page")
    client, _ = client_create(actor=admin, name="HIS", role="reviewer", scopes=["videos:read"])
    webhook, _ = webhook_create(actor=admin, name="HIS", url="https://his.example.org/", event_types=["job.finished"])
    token, _ = token_create(
        actor=Actor(membership=owner, via="page"), name="Script", scopes=["videos:read"], num_days=1
    )
    delivery = webhook_ping(webhook, actor=admin)
    return {"token_id": token.pk, "client_id": client.pk, "webhook_id": webhook.pk, "delivery_id": delivery.pk}


def address(name: str, world: World) -> str:
    pattern = next(pattern for known, _, pattern in own_routes() if known == name)
    return reverse(name, kwargs={key: world.ids[key] for key in pattern.pattern.converters})


def own_routes() -> Iterator[tuple[str, str, object]]:
    from django.urls import get_resolver

    for name, route, pattern in routes(get_resolver().url_patterns):
        # Sign-in is allauth's; programs and the lists of administrators have tests of their own (tests/integration/api,
        # tests/integration/administration).
        if not route.startswith(("accounts/", "admin/", "api/", "oauth/", ".well-known/")):
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
        list(Video.objects.order_by("pk").values_list("pk", "title", "department")),
        list(Job.objects.order_by("pk").values_list("pk", "status", "cancel_requested")),
        list(Question.objects.order_by("pk").values_list("pk", "text")),
        list(Answer.objects.order_by("pk").values_list("pk", "status", "thumb")),
        list(Membership.objects.order_by("pk").values_list("pk", "role", "department")),
        list(User.objects.order_by("pk").values_list("pk", "name", "is_active", "links_made")),
        list(Department.objects.order_by("pk").values_list("pk", "viewing")),
        list(SkillReport.objects.order_by("pk").values_list("pk", "state")),
        list(Review.objects.order_by("pk").values_list("pk", "signed_at")),
        list(Appeal.objects.order_by("pk").values_list("pk", "state")),
        list(ReferenceClip.objects.order_by("pk").values_list("pk", "state")),
        list(Scorer.objects.order_by("pk").values_list("pk", "retired_at")),
        list(Rubric.objects.order_by("pk").values_list("pk", "version")),
        list(ApiClient.objects.order_by("pk").values_list("pk", "client_secret", "is_active")),
        list(ApiToken.objects.order_by("pk").values_list("pk")),
        list(Webhook.objects.order_by("pk").values_list("pk", "sealed_key", "is_active")),
        list(TrainingRun.objects.order_by("pk").values_list("pk", "state", "is_pause_asked")),
        list(Gate.objects.order_by("pk").values_list("pk", "approved_at")),
        list(ActiveModel.objects.order_by("pk").values_list("pk", "version")),
        list(WebhookDelivery.objects.order_by("pk").values_list("pk", "next_at")),
    ]


def try_cell(name: str, caller: str, method: str, world: World) -> str | int:
    form = filled(RULES[name].form, world) if method == "POST" else None
    path, client = address(name, world), world.clients[caller]
    response = client.generic(method, path) if form is None else client.post(path, form)
    return outcome(response.status_code, response.headers.get("Location", ""))


def filled(form: Form, world: World) -> Form:
    return {
        name: value.format(**world.ids) if isinstance(value, str) else [one.format(**world.ids) for one in value]
        for name, value in form.items()
    }


def wrong_with(name: str, caller: str, method: str, world: World, before: object) -> str:
    """Empty if the cell is as RULES say. Whatever was done is undone."""
    wanted = expected(RULES[name], caller, method)
    with transaction.atomic():
        got = try_cell(name, caller, method, world)
        has_changed = rows() != before
        transaction.set_rollback(True)
    if got != wanted:
        return f"{method} {name} by {caller}: {got}, not {wanted}"
    changers = RULES[name].changers
    if changers is not None and method == "POST" and has_changed != (caller in changers):
        return f"{method} {name} by {caller}: {'something' if has_changed else 'nothing'} changed"
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
