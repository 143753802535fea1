"""/admin/ is for administrators with a second factor; it shows their own hospital and changes nothing."""

from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver, reverse

from tests.factories import HospitalFactory, MembershipFactory, UserFactory, VideoFactory
from tests.integration.test_anonymous import routes
from webapp.accounts.models import Hospital, User
from webapp.administration.lists import LISTS
from webapp.audit.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def hospital() -> Hospital:
    return HospitalFactory()


@pytest.fixture
def boss(hospital: Hospital) -> Client:
    cache.clear()
    return browser_of(with_second_factor(MembershipFactory(hospital=hospital, role="admin").user))


def with_second_factor(user: User) -> User:
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def addresses() -> Iterator[str]:
    """All that there is, but for the list of an app by its name."""
    for _name, route, _pattern in routes(get_resolver().url_patterns):
        if route.startswith("admin/") and "(?P" not in route and "<" not in route:
            yield f"/{route}"
    yield "/admin/videos/"


def lists() -> Iterator[str]:
    for model in LISTS:
        yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def test_an_administrator_with_a_second_factor_sees_each_list_and_each_leaves_a_row(boss: Client) -> None:
    for path in ("/admin/", *lists()):
        assert boss.get(path).status_code == 200, path
    rows = AuditEvent.objects.filter(action="admin.look")
    assert {row.object_id for row in rows} == {model._meta.model_name for model in LISTS}
    boss.get(next(lists()))
    assert rows.count() == len(LISTS)


def test_nobody_else_gets_in(hospital: Hospital) -> None:
    members = (MembershipFactory(hospital=hospital, role=role).user for role in ("surgeon", "reviewer"))
    surgeon, reviewer = (with_second_factor(user) for user in members)
    staff = with_second_factor(UserFactory(is_staff=True, is_superuser=True))
    for user in (surgeon, reviewer, staff):
        client = browser_of(user)
        assert {client.get(path).status_code for path in addresses() if "login" not in path} == {403}
    for path in addresses():
        assert Client().get(path)["Location"].startswith("/accounts/login/"), path


def test_without_a_second_factor_the_way_leads_to_set_one_up(hospital: Hospital) -> None:
    client = browser_of(MembershipFactory(hospital=hospital, role="admin").user)
    for path in ("/admin/", *lists()):
        assert client.get(path)["Location"] == "/accounts/2fa/"


def test_lists_hold_the_own_hospital_and_no_title(boss: Client, hospital: Hospital) -> None:
    own = VideoFactory(owner=MembershipFactory(hospital=hospital).user, title="Mrs Patient")
    strange = VideoFactory()
    html = boss.get(reverse("admin:videos_video_changelist")).content.decode()
    assert str(own.pk) in html
    assert str(strange.pk) not in html
    assert "Mrs Patient" not in html


def test_a_list_is_searched_and_filtered_by_what_it_shows(boss: Client, hospital: Hospital) -> None:
    owner = MembershipFactory(hospital=hospital, user__name="Grace Hopper").user
    own, other = VideoFactory(owner=owner), VideoFactory(owner=MembershipFactory(hospital=hospital).user)
    html = boss.get(reverse("admin:videos_video_changelist"), {"q": "hopper"}).content.decode()
    assert str(own.pk) in html
    assert str(other.pk) not in html
    assert boss.get(reverse("admin:videos_video_changelist"), {"status__exact": "ready"}).status_code == 200


def test_no_other_field_can_be_read_out_by_asking(boss: Client, hospital: Hospital) -> None:
    VideoFactory(owner=MembershipFactory(hospital=hospital).user, title="Mrs Patient")
    for lookup in ({"title__startswith": "M"}, {"owner__password__startswith": "m"}):
        response = boss.get(reverse("admin:videos_video_changelist"), lookup)
        assert response.status_code in (302, 400)


def test_there_is_no_page_to_add_change_or_delete(boss: Client, hospital: Hospital) -> None:
    video = VideoFactory(owner=MembershipFactory(hospital=hospital).user)
    base = reverse("admin:videos_video_changelist")
    for path in (f"{base}add/", f"{base}{video.pk}/change/", f"{base}{video.pk}/delete/"):
        assert boss.get(path).status_code == 404
    assert boss.post(base, {"action": "delete_selected", "_selected_action": str(video.pk)}).status_code in (200, 302)
    assert type(video).objects.filter(pk=video.pk).exists()


def test_libraries_register_nothing_that_they_keep(boss: Client) -> None:
    boss.get("/admin/")
    assert set(admin.site._registry) == set(LISTS)
