"""Who may upload."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from tests.asgi import request
from tests.tus import CHUNK, Tus
from webapp.accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
@pytest.mark.parametrize("person", ["bob", "admin", "charlie"])
def test_another_persons_upload_is_not_there(
    tus: Tus, method: str, person: str, request: pytest.FixtureRequest
) -> None:
    path = tus.created()
    stranger = Tus(request.getfixturevalue(person))
    headers = {**CHUNK, "Upload-Offset": "0"}
    assert (stranger.ask(method, path, headers, pieces=[b"a"])).status == 404
    assert tus.offset(path) == 0


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
def test_nobody_uploads_unsigned(tus: Tus, method: str) -> None:
    path = "/uploads/" if method == "POST" else tus.created()
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "5", "Upload-Offset": "0", **CHUNK}
    assert (request(method, path, headers, pieces=[b"abcde"])).status == 401


def test_an_idle_session_no_longer_uploads(tus: Tus, settings: Any) -> None:
    path = tus.created()
    settings.SESSION_IDLE_S = -1
    said = tus.patch(path, 0, b"a")
    assert said.status == 401
    assert b"goes on where it stopped" in said.body


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
    ],
)
def test_another_site_cannot_upload(tus: Tus, headers: dict[str, str]) -> None:
    assert (tus.create(**headers)).status == 403
    assert (tus.create(**{"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"})).status == 201


@pytest.mark.parametrize("path", ["/uploads/nothing", "/uploads/a/b", f"/uploads/{'0' * 36}"])
def test_an_address_that_is_none_is_404(tus: Tus, path: str) -> None:
    said = tus.ask("HEAD", path)
    assert (said.status, said["Tus-Resumable"]) == (404, "1.0.0")


@pytest.mark.parametrize("method", ["POST", "HEAD", "GET", "PATCH", "DELETE"])
def test_an_administrator_who_owes_a_second_factor_does_not_upload(admin: User, settings: Any, method: str) -> None:
    pending = Tus(admin)
    path = pending.created()
    settings.ADMINS_NEED_SECOND_FACTOR = True
    headers = {**CHUNK, "Upload-Offset": "0", "Upload-Length": "5"}
    said = pending.ask(method, "/uploads/" if method == "POST" else path, headers, pieces=[b"abcde"])
    assert said.status == 403
    assert method == "HEAD" or json.loads(said.body)["code"] == "second_factor_needed"
    settings.ADMINS_NEED_SECOND_FACTOR = False
    assert pending.offset(path) == 0


def test_with_a_second_factor_an_administrator_uploads(admin: User, settings: Any) -> None:
    settings.ADMINS_NEED_SECOND_FACTOR = True
    Authenticator.objects.create(user=admin, type=Authenticator.Type.TOTP, data={})
    assert Tus(admin).create().status == 201
