"""docs/audit.md is true: every address, upload method and command leaves the row it names, or none for a reason."""

import re
from collections.abc import Iterator

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.core.cache import cache
from django.core.management import get_commands
from django.urls import get_resolver

from tests.environment import ROOT
from tests.factories import JobFactory
from tests.integration.test_access_matrix import (
    ADMIN,
    IN,
    OWNER,
    REVIEWER,
    RULES,
    World,
    address,
    own_routes,
    try_cell,
    world,
)
from tests.integration.test_anonymous import routes
from tests.learning_rows import correction_ready
from tests.skill_rows import skill_ready
from tests.training_rows import training_ready
from webapp.accounts.models import User
from webapp.audit.actions import Action
from webapp.audit.models import AuditEvent
from webapp.conversations.models import Answer
from webapp.conversations.routing import websocket_urlpatterns
from webapp.jobs.models import Job

__all__ = ["world"]
pytestmark = pytest.mark.django_db
UPLOAD_METHODS = {"POST", "PATCH", "HEAD", "GET", "OPTIONS", "DELETE"}


def table(heading: str) -> dict[str, str]:
    """First to second column of the table under a heading; the first as `words` and what follows."""
    text = (ROOT / "docs/audit.md").read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(.+?)`(.*?) \| (.+) \|$", text, flags=re.MULTILINE)
    return {f"{name}{more}": row for name, more, row in rows}


def actions_in(row: str) -> set[str]:
    return set() if row.startswith("none: ") else set(re.findall(r"`([a-z_.]+)`", row))


ADDRESSES = table("Addresses")


def own_commands() -> Iterator[str]:
    ours = {config.name for config in apps.get_app_configs() if config.name.startswith(("webapp.", "workers"))}
    return (name for name, app in get_commands().items() if app in ours)


def test_every_address_of_ours_is_in_the_map() -> None:
    known = {f"{name} {method}" for name, _, _ in own_routes() for method in RULES[name].methods}
    assert set(ADDRESSES) == known


def test_every_page_of_the_sign_in_is_in_the_map() -> None:
    names = {name for name, route, _ in routes(get_resolver().url_patterns) if route.startswith("accounts/") and name}
    assert set(table("Signing in")) == names


def test_every_command_of_ours_is_in_the_map() -> None:
    assert set(table("Commands")) == set(own_commands())


def test_every_upload_method_and_websocket_is_in_the_map() -> None:
    assert {name.split()[0] for name in table("Uploads")} == UPLOAD_METHODS
    assert [str(pattern.pattern) for pattern in websocket_urlpatterns] == ["ws/answers/<uuid:answer_id>/"]


@pytest.mark.parametrize("heading", ["Addresses", "Uploads", "Signing in", "Commands"])
def test_each_line_names_actions_that_there_are_or_a_reason(heading: str) -> None:
    for name, row in table(heading).items():
        assert actions_in(row) <= set(Action.values), name
        assert actions_in(row) or re.fullmatch(r"none: \S.{5,}", row), name


def make_ready(name: str, world: World) -> None:
    """What the address needs so that there is something to do."""
    owner = User.objects.get(pk=Answer.objects.get(pk=world.ids["answer_id"]).question.conversation.owner_id)
    if name == "answer_stop":
        Answer.objects.update(status=Answer.Status.RUNNING, job=JobFactory(owner=owner, status=Job.Status.RUNNING))
    if name == "job_cancel":
        world.ids["job_id"] = JobFactory(owner=owner, hospital=owner.memberships.get().hospital).pk
    if name == "session_end":
        session = UserSession.objects.create(user=owner, ip="127.0.0.1", session_key="another", user_agent="x")
        world.ids["session_id"] = session.pk
    correction_ready(name, world.ids)
    if RULES[name].verdicts.get(ADMIN) == IN:
        training_ready(name, world.ids, world.clients[ADMIN])
    skill_ready(name, world.ids, world.clients[REVIEWER])


@pytest.mark.parametrize("line", ADDRESSES)
@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")
def test_each_address_leaves_the_rows_that_the_map_names(line: str, world: World) -> None:
    name, method = line.split()
    make_ready(name, world)
    cache.clear()
    before = AuditEvent.objects.count()
    verdicts = RULES[name].verdicts
    caller = next((one for one in (OWNER, ADMIN, REVIEWER) if verdicts.get(one) == IN), OWNER)
    assert try_cell(name, caller, method, world) == IN, address(name, world)
    written = AuditEvent.objects.order_by("pk")[before:]
    assert {event.action for event in written} == actions_in(ADDRESSES[line])
    assert len(written) == len(actions_in(ADDRESSES[line]))
    assert all(event.actor_email for event in written)
