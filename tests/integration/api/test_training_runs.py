"""Training runs over the API: read by the administrators of the hospital that trains, and there for nobody else."""

import pytest

from tests.factories import MembershipFactory
from tests.integration.api.caller import caller_of
from tests.training_rows import training_rows

pytestmark = pytest.mark.django_db


def test_they_are_read_where_they_are_run_and_nowhere_else() -> None:
    admin = MembershipFactory(role="admin")
    ids = training_rows(admin.hospital, admin.user)
    caller = caller_of(admin.user)
    [listed] = caller.get("/training/runs").json()["items"]
    found = caller.get(listed["url"])
    assert (found.status_code, found.json()["id"]) == (200, str(ids["run_id"]))
    assert caller.get(listed["url"], If_None_Match=found["ETag"]).status_code == 304
    assert caller.get("/training/runs?state=cancelled").json()["items"] == []
    assert caller.get("/training/runs?state=odd").status_code == 400
    assert caller_of(admin.user, ["models:read"]).get("/training/runs").status_code == 403
    surgeon = MembershipFactory(hospital=admin.hospital).user
    for other in (surgeon, MembershipFactory(role="admin").user):
        assert caller_of(other).get("/training/runs").status_code == 404
        assert caller_of(other).get(listed["url"]).status_code == 404
