"""How often the API asks the database: as often for many rows as for few, and no more than it has to."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import MembershipFactory, VideoFactory
from tests.integration.api.caller import Caller, caller_of
from webapp.accounts.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return MembershipFactory(role="reviewer")


def queries_of(call: Callable[[], object]) -> list[str]:
    """Once the look is in the audit log and the token's use is noted."""
    call()
    with CaptureQueriesContext(connection) as asked:
        call()
    return [query["sql"] for query in asked.captured_queries]


def listed(caller: Caller) -> None:
    assert caller.get("/videos?limit=50").status_code == 200


@pytest.mark.parametrize("num_videos", [1, 20])
def test_a_list_is_the_token_and_its_rows(member: Membership, num_videos: int) -> None:
    for _ in range(num_videos):
        VideoFactory(owner=MembershipFactory(hospital=member.hospital).user, hospital=member.hospital)
    caller = caller_of(member.user)
    asked = queries_of(lambda: listed(caller))
    assert len(asked) == 2, asked


def test_one_video_is_the_token_and_the_row(member: Membership) -> None:
    video = VideoFactory(owner=member.user, hospital=member.hospital)
    caller = caller_of(member.user)
    asked = queries_of(lambda: caller.get(f"/videos/{video.pk}"))
    assert len(asked) == 2, asked
