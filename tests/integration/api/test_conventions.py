"""What every address of the API does alike: tokens, problems, pages, versions, keys, quotas."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import HospitalFactory, MembershipFactory, VideoFactory
from tests.integration.api.caller import PROBLEM, Caller, caller_of, token_of
from webapp.accounts.models import Membership
from webapp.api.models import ApiToken, IdempotentRequest
from webapp.api.views.videos import VideoListView
from webapp.conversations.models import Answer
from webapp.videos.models import Video

pytestmark = pytest.mark.django_db
KEY = "3f1c0a56-40c5-4cf0-8f9c-3b1c3a5a7b11"


@pytest.fixture
def ana() -> Membership:
    return MembershipFactory()


@pytest.fixture
def caller(ana: Membership) -> Caller:
    return caller_of(ana.user)


def test_a_refusal_is_a_problem_that_programs_can_read(caller: Caller) -> None:
    response = caller.get(f"/videos/{uuid.uuid4()}")
    assert response.status_code == 404
    assert response["Content-Type"] == PROBLEM
    body = response.json()
    assert (body["status"], body["code"]) == (404, "not_found")
    assert body["instance"].startswith("/api/v1/videos/")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer nonsense", "Basic YTpi", "Bearer debrief_nobody", "Bearer " + "x" * 600]
)
def test_without_a_good_token_nothing_is_told(client: Client, header: str) -> None:
    response = client.get("/api/v1/videos", headers={"Authorization": header} if header else {})
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == PROBLEM


def test_a_session_is_no_way_in(client: Client, ana: Membership) -> None:
    client.force_login(ana.user)
    assert client.get("/api/v1/videos").status_code == 401


def test_an_expired_token_is_refused(ana: Membership) -> None:
    assert Caller(token_of(ana.user, days=-1)).get("/me").status_code == 401


def test_a_deactivated_persons_token_is_refused(ana: Membership, caller: Caller) -> None:
    ana.user.is_active = False
    ana.user.save()
    assert caller.get("/me").status_code == 401


def test_a_token_reaches_no_further_than_its_scopes(ana: Membership) -> None:
    video = VideoFactory(owner=ana.user)
    reader = caller_of(ana.user, ["videos:read"])
    assert reader.get(f"/videos/{video.pk}").status_code == 200
    refused = reader.delete(f"/videos/{video.pk}", If_Match="*")
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_needed")
    assert reader.get("/jobs").status_code == 403
    assert Video.objects.filter(pk=video.pk).exists()


def test_a_scope_does_not_make_an_administrator(caller: Caller) -> None:
    assert caller.get("/audit").status_code == 403
    assert caller.get("/usage").status_code == 403


def test_a_revoked_token_is_gone_at_once(caller: Caller) -> None:
    token = ApiToken.objects.get()
    assert caller.delete(f"/tokens/{token.pk}").status_code == 204
    assert caller.get("/me").status_code == 401


def test_one_sees_ones_own_tokens_only(caller: Caller, ana: Membership) -> None:
    other = ApiToken.objects.create(
        membership=MembershipFactory(hospital=ana.hospital),
        name="x",
        token_hash="y",
        expires_at=datetime(2100, 1, 1, tzinfo=UTC),
    )
    assert caller.delete(f"/tokens/{other.pk}").status_code == 404
    assert [row["name"] for row in caller.get("/tokens").json()["items"]] == ["test"]


def test_pages_hang_together_while_rows_come_and_go(ana: Membership, caller: Caller) -> None:
    made = [VideoFactory(owner=ana.user) for _ in range(5)]
    first = caller.get("/videos?limit=2")
    seen = [row["id"] for row in first.json()["items"]]
    VideoFactory(owner=ana.user)
    Video.objects.filter(pk=seen[0]).delete()
    link = first["Link"]
    assert link == f'<{first.json()["next"]}>; rel="next"'
    while link:
        path = link.partition(">")[0].partition("testserver")[2]
        page = caller.get(path)
        seen += [row["id"] for row in page.json()["items"]]
        link = page.headers.get("Link", "")
    assert seen == [str(video.pk) for video in reversed(made)]


def test_rows_of_one_moment_are_each_listed_once(ana: Membership, caller: Caller) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    made = {str(VideoFactory(owner=ana.user, created_at=moment).pk) for _ in range(4)}
    first = caller.get("/videos?limit=2").json()
    second = caller.get(first["next"].partition("testserver")[2]).json()
    assert {row["id"] for row in first["items"] + second["items"]} == made


@pytest.mark.parametrize("cursor", ["x", "WzEsMl0", "W251bGxd:1vX:abc"])
def test_a_made_up_cursor_is_refused(caller: Caller, cursor: str) -> None:
    response = caller.get(f"/videos?cursor={cursor}")
    assert (response.status_code, response.json()["code"]) == (404, "bad_cursor")


def test_a_cursor_of_another_list_is_refused(ana: Membership, caller: Caller) -> None:
    for _ in range(3):
        VideoFactory(owner=ana.user)
    following = caller.get("/videos?limit=1").json()["next"].partition("cursor=")[2].partition("&")[0]
    assert caller.get(f"/videos?status=ready&cursor={following}").status_code == 404
    assert caller.get(f"/jobs?cursor={following}").status_code == 404


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("limt=2", "limt"), ("limit=0", "limit"), ("limit=1&limit=2", "limit"), ("status=x", "status")],
)
def test_a_query_that_nobody_defined_is_refused(caller: Caller, query: str, parameter: str) -> None:
    response = caller.get(f"/videos?{query}")
    assert response.status_code == 400
    assert [error["parameter"] for error in response.json()["errors"]] == [parameter]


def test_a_field_that_nobody_defined_is_refused_with_its_place(ana: Membership, caller: Caller) -> None:
    video = VideoFactory(owner=ana.user)
    response = caller.patch(f"/videos/{video.pk}", {"titel": "x", "operated_on": "soon"}, If_Match="*")
    assert response.status_code == 422
    assert {error["pointer"] for error in response.json()["errors"]} == {"#/titel", "#/operated_on"}


@pytest.mark.parametrize("body", [b"{", b'{"title": NaN}', b'{"title": "a", "title": "b"}', b"\xff", b"[" * 5000])
def test_a_body_that_is_not_json_is_refused(ana: Membership, caller: Caller, body: bytes) -> None:
    video = VideoFactory(owner=ana.user)
    response = caller.send("PATCH", f"/videos/{video.pk}", body, If_Match="*")
    assert (response.status_code, response.json()["code"]) == (400, "bad_json")


def test_a_body_of_another_shape_is_refused(ana: Membership, caller: Caller) -> None:
    video = VideoFactory(owner=ana.user)
    assert caller.send("PATCH", f"/videos/{video.pk}", b"[1]", If_Match="*").status_code == 422


def test_a_body_that_is_too_large_is_refused(ana: Membership, caller: Caller) -> None:
    video = VideoFactory(owner=ana.user)
    response = caller.patch(f"/videos/{video.pk}", {"title": "x" * 1_100_000}, If_Match="*")
    assert (response.status_code, response["Content-Type"]) == (413, PROBLEM)


def test_a_change_says_which_version_it_is_for(ana: Membership, caller: Caller) -> None:
    video = VideoFactory(owner=ana.user, title="Before")
    path = f"/videos/{video.pk}"
    etag = caller.get(path)["ETag"]
    assert caller.get(path, If_None_Match=etag).status_code == 304
    assert caller.patch(path, {"title": "After"}).status_code == 428
    changed = caller.patch(path, {"title": "After"}, If_Match=etag)
    assert (changed.status_code, changed.json()["title"]) == (200, "After")
    assert caller.patch(path, {"title": "Late"}, If_Match=etag).status_code == 412
    assert caller.delete(path, If_Match=etag).status_code == 412
    video.refresh_from_db()
    assert video.title == "After"
    assert caller.delete(path, If_Match=changed["ETag"]).status_code == 204
    assert not Video.objects.filter(pk=video.pk).exists()


def test_a_key_makes_a_question_that_is_sent_twice_asked_once(ana: Membership, caller: Caller) -> None:
    path = f"/videos/{VideoFactory(owner=ana.user).pk}/questions"
    assert caller.post(path, {"text": "What is it?"}).status_code == 400
    first = caller.post(path, {"text": "What is it?"}, Idempotency_Key=f'"{KEY}"')
    again = caller.post(path, {"text": "What is it?"}, Idempotency_Key=KEY)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert first["Location"] == again["Location"] == first.json()["job_url"]
    assert Answer.objects.count() == 1
    other = caller.post(path, {"text": "What is that?"}, Idempotency_Key=KEY)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


def test_a_key_whose_request_goes_on_is_a_conflict(ana: Membership, caller: Caller) -> None:
    path = f"/videos/{VideoFactory(owner=ana.user).pk}/questions"
    caller.post(path, {"text": "What is it?"}, Idempotency_Key=KEY)
    IdempotentRequest.objects.update(response_status=0)
    response = caller.post(path, {"text": "What is it?"}, Idempotency_Key=KEY)
    assert (response.status_code, response.json()["code"]) == (409, "key_in_use")


def test_a_refused_request_leaves_its_key_free(ana: Membership, caller: Caller) -> None:
    path = f"/videos/{VideoFactory(owner=ana.user).pk}/questions"
    assert caller.post(path, {"text": ""}, Idempotency_Key=KEY).status_code == 422
    assert caller.post(path, {"text": "What is it?"}, Idempotency_Key=KEY).status_code == 202


def test_nothing_of_what_was_asked_is_kept_with_a_key(ana: Membership, caller: Caller) -> None:
    path = f"/videos/{VideoFactory(owner=ana.user, title='Frau Muster').pk}/questions"
    caller.post(path, {"text": "Is this the cystic duct?"}, Idempotency_Key=KEY)
    kept = str(list(IdempotentRequest.objects.values()))
    assert "cystic" not in kept
    assert "Muster" not in kept


def test_a_caller_is_told_its_quota_and_refused_beyond_it(caller: Caller, settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    first = caller.get("/me")
    assert first["RateLimit-Policy"] == '"default";q=3;w=60'
    assert first["RateLimit"].startswith('"default";r=2;t=')
    statuses = [caller.get("/me").status_code for _ in range(7)]
    # Two windows at the most: the minute may turn meanwhile.
    assert 429 in statuses
    refused = next(answer for answer in (caller.get("/me") for _ in range(8)) if answer.status_code == 429)
    assert refused.json()["type"].endswith("#quota-exceeded")
    assert 1 <= int(refused["Retry-After"]) <= 61


def test_guessing_tokens_is_counted_too(client: Client, settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    guesses = [client.get("/api/v1/me", headers={"Authorization": "Bearer guess"}).status_code for _ in range(8)]
    assert 429 in guesses


def test_an_address_can_say_that_it_will_go_away(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VideoListView, "deprecated_at", datetime(2027, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(VideoListView, "sunset_at", datetime(2027, 7, 1, tzinfo=UTC))
    response = caller.get("/videos")
    assert response["Deprecation"] == "@1798761600"
    assert response["Sunset"] == "Thu, 01 Jul 2027 00:00:00 GMT"


@pytest.mark.parametrize(("method", "path"), [("PUT", "/videos"), ("POST", "/me"), ("DELETE", "/jobs")])
def test_a_method_that_an_address_does_not_have_is_refused(caller: Caller, method: str, path: str) -> None:
    response = caller.send(method, path)
    assert (response.status_code, response["Content-Type"]) == (405, PROBLEM)
    assert "GET" in response["Allow"]


def test_a_list_costs_as_many_queries_for_many_videos_as_for_few(ana: Membership, caller: Caller) -> None:
    VideoFactory(owner=ana.user)
    caller.get("/videos")
    few = _queries(caller, "/videos?limit=200")
    for _ in range(20):
        VideoFactory(owner=ana.user)
    caller.get("/videos")
    many = _queries(caller, "/videos?limit=200")
    # The token, the rows, and two words to the database about how long the audit row may wait.
    assert many == few <= 4
    path = f"/videos/{Video.objects.first().pk}"
    caller.get(path)
    assert _queries(caller, path) <= 2


def test_another_hospitals_object_is_not_there(ana: Membership) -> None:
    video = VideoFactory(owner=ana.user)
    stranger = caller_of(MembershipFactory(hospital=HospitalFactory(), role="admin").user)
    for path in (f"/videos/{video.pk}", f"/videos/{video.pk}/timelines", f"/videos/{video.pk}/timelines/1/facts"):
        response = stranger.get(path)
        assert response.status_code == 404
        assert video.title not in response.content.decode()


def _queries(caller: Caller, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert caller.get(path).status_code == 200
    return len(captured)
