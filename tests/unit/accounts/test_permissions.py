"""Who sees which videos, and who may change them. Charlie is a stranger everywhere."""

import pytest

from tests.factories import DepartmentFactory, HospitalFactory, MembershipFactory, UserFactory, VideoFactory
from webapp.accounts.models import Membership
from webapp.accounts.permissions import can_manage, require_role, videos_visible_q
from webapp.accounts.selectors import membership_get
from webapp.lib.errors import PermissionRefused
from webapp.videos.models import Video

pytestmark = pytest.mark.django_db


def seen_by(membership: Membership) -> set[Video]:
    return set(Video.objects.filter(videos_visible_q(membership)))


@pytest.fixture
def alice() -> Membership:
    return MembershipFactory(department=DepartmentFactory(viewing="own", hospital=(h := HospitalFactory())), hospital=h)


def colleague(alice: Membership, **fields) -> Membership:
    return MembershipFactory(hospital=alice.hospital, **{"department": alice.department, **fields})


def test_a_surgeon_sees_the_own_video_alone(alice: Membership) -> None:
    own = VideoFactory(owner=alice.user)
    VideoFactory(owner=colleague(alice).user)
    assert seen_by(alice) == {own}


def test_a_surgeon_sees_the_departments_videos_where_the_policy_says_so(alice: Membership) -> None:
    alice.department.viewing = "department"
    alice.department.save()
    same = VideoFactory(owner=colleague(alice).user)
    other_department = DepartmentFactory(hospital=alice.hospital, viewing="department")
    VideoFactory(owner=colleague(alice, department=other_department).user)
    VideoFactory(owner=colleague(alice, department=None).user)
    assert seen_by(alice) == {same}


@pytest.mark.parametrize("role", ["reviewer", "admin"])
def test_reviewers_and_administrators_see_the_whole_hospital(alice: Membership, role: str) -> None:
    video = VideoFactory(owner=alice.user)
    assert seen_by(colleague(alice, role=role, department=None)) == {video}


@pytest.mark.parametrize("role", Membership.Role.values)
def test_nobody_sees_another_hospitals_videos(alice: Membership, role: str) -> None:
    VideoFactory(owner=alice.user)
    charlie = MembershipFactory(role=role)
    assert seen_by(charlie) == set()


def test_a_video_left_in_a_former_hospital_is_not_seen(alice: Membership) -> None:
    VideoFactory(owner=alice.user, hospital=HospitalFactory(), department=None)
    assert seen_by(alice) == set()


def test_the_owner_and_the_administrator_may_change_a_video(alice: Membership) -> None:
    place = {"owner_id": alice.user_id, "hospital_id": alice.hospital_id}
    assert can_manage(alice, **place)
    assert can_manage(colleague(alice, role="admin"), **place)
    assert not can_manage(colleague(alice, role="reviewer"), **place)
    assert not can_manage(colleague(alice), **place)
    assert not can_manage(MembershipFactory(role="admin"), **place)


def test_a_role_that_is_missing_is_named(alice: Membership) -> None:
    with pytest.raises(PermissionRefused, match="an administrator"):
        require_role(alice, Membership.Role.ADMIN)
    require_role(alice, Membership.Role.SURGEON, Membership.Role.ADMIN)


def test_a_person_without_a_hospital_is_refused_in_words() -> None:
    with pytest.raises(PermissionRefused, match="no hospital"):
        membership_get(UserFactory())


def test_a_deactivated_person_is_refused(alice: Membership) -> None:
    alice.user.is_active = False
    with pytest.raises(PermissionRefused):
        membership_get(alice.user)
