"""Several videos at once: each as if it were asked for alone, and one count for all."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.arrivals import prepared, video_of
from tests.factories import DepartmentFactory, VideoFactory
from webapp.accounts.models import Department, Membership, User
from webapp.audit.models import AuditEvent
from webapp.lib.storage import content_paths
from webapp.videos.models import Video

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


def post(user: User, name: str, *videos: Video | uuid.UUID | str, **fields: str) -> Any:
    client = Client()
    client.force_login(user)
    ids = [str(video.pk if isinstance(video, Video) else video) for video in videos]
    return client.post(reverse(name), {"video": ids, **fields}, headers=JSON)


def of(user: User, number: int) -> list[Video]:
    hospital = user.memberships.get().hospital
    return [VideoFactory(owner=user, hospital=hospital, status="ready") for _ in range(number)]


def test_several_are_removed_and_counted_and_each_has_its_row(alice: User) -> None:
    first, second, kept = of(alice, 3)
    said = post(alice, "selection_delete", first, second).json()
    assert (said["words"], said["num_done"]) == ("2 videos removed.", 2)
    assert list(Video.objects.all()) == [kept]
    rows = AuditEvent.objects.filter(action="video.delete").values_list("object_id", flat=True)
    assert set(rows) == {str(first.pk), str(second.pk)}


@pytest.mark.django_db(transaction=True)
def test_their_files_go_too(alice: User) -> None:
    video = prepared(video_of(alice))
    paths = content_paths(video.hospital_id, video.content.sha256)
    assert paths.root.exists()
    post(alice, "selection_delete", video)
    assert not paths.root.exists()


def test_what_is_not_theirs_stays_and_is_said_so(alice: User, bob: User, charlie: User) -> None:
    reviewer = bob.memberships.get()
    Membership.objects.filter(pk=reviewer.pk).update(role="reviewer")
    [mine], [hers], [elsewhere] = of(bob, 1), of(alice, 1), of(charlie, 1)
    said = post(bob, "selection_delete", mine, hers, elsewhere, uuid.uuid4()).json()
    assert said["words"] == (
        "1 video removed. 2 videos were not there any more. "
        "1 video stayed: only the owner or an administrator can change it."
    )
    assert set(Video.objects.all()) == {hers, elsewhere}


@pytest.mark.parametrize("name", ["selection_delete", "selection_move"])
@pytest.mark.parametrize("ids", [[], ["abc"], [uuid.uuid4()] * 201])
def test_a_selection_that_is_none_is_refused_in_words(alice: User, name: str, ids: list[str]) -> None:
    refused = post(alice, name, *ids)
    assert refused.status_code == 422
    assert refused.json()["code"] in {"nothing_selected", "no_video", "too_many_selected"}


def test_a_video_that_is_named_twice_is_one(alice: User) -> None:
    [video] = of(alice, 1)
    assert post(alice, "selection_delete", video, video).json()["words"] == "1 video removed."


def test_a_surgeon_moves_into_the_own_department_and_out_of_it_and_into_no_other(alice: User) -> None:
    member = alice.memberships.get()
    own, other = (DepartmentFactory(hospital=member.hospital) for _ in range(2))
    Membership.objects.filter(pk=member.pk).update(department=own)
    videos = of(alice, 2)
    assert post(alice, "selection_move", *videos, department=str(own.pk)).json()["words"] == f"2 videos moved to {own}."
    assert post(alice, "selection_move", *videos, department=str(other.pk)).status_code == 404
    assert {video.department for video in Video.objects.all()} == {own}
    assert post(alice, "selection_move", *videos, department="").json()["num_done"] == 2
    assert {video.department for video in Video.objects.all()} == {None}
    assert AuditEvent.objects.filter(action="video.move").count() == 4


def test_an_administrator_moves_into_any_department_of_the_hospital(alice: User, admin: User) -> None:
    inside = DepartmentFactory(hospital=admin.memberships.get().hospital)
    outside = DepartmentFactory()
    [video] = of(alice, 1)
    assert post(admin, "selection_move", video, department=str(inside.pk)).json()["num_done"] == 1
    assert post(admin, "selection_move", video, department=str(outside.pk)).status_code == 404
    assert Video.objects.get().department == inside


def test_where_a_department_shares_its_surgeons_see_what_was_moved_there(alice: User, bob: User) -> None:
    shared = DepartmentFactory(hospital=alice.memberships.get().hospital, viewing=Department.Viewing.DEPARTMENT)
    Membership.objects.filter(user__in=[alice, bob]).update(department=shared)
    [video] = of(alice, 1)
    Video.objects.update(department=None)
    client = Client()
    client.force_login(bob)
    assert client.get(reverse("video", args=[video.pk])).status_code == 404
    post(alice, "selection_move", video, department=str(shared.pk))
    assert client.get(reverse("video", args=[video.pk])).status_code == 200


def test_without_scripts_the_library_says_what_was_done(alice: User) -> None:
    [video] = of(alice, 1)
    client = Client()
    client.force_login(alice)
    page = client.post(reverse("selection_delete"), {"video": str(video.pk)}, follow=True)
    assert "1 video removed." in page.content.decode()


def test_a_box_stands_beside_what_one_may_change_alone(alice: User, bob: User) -> None:
    [hers], [his] = of(alice, 1), of(bob, 1)
    Membership.objects.filter(user=bob).update(role="reviewer")
    client = Client()
    client.force_login(bob)
    page = client.get("/").content.decode()
    assert f'id="pick-{his.pk}"' in page
    assert f'id="pick-{hers.pk}"' not in page
