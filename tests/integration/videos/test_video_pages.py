"""Library, video page, media: what is shown to whom, and that looking is in the audit log."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from tests.arrivals import prepared, video_of
from tests.factories import ConversationFactory, JobFactory, MembershipFactory, QuestionFactory, VideoFactory
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.lib.storage import content_paths
from webapp.videos.models import Content, Video
from webapp.videos.results import content_set_metadata
from webapp.videos.timelines import timeline_add

pytestmark = pytest.mark.django_db

PROXY = bytes(range(256)) * 8
GET = ["video", "video_status", "video_timeline", "video_media", "video_poster", "video_sprite", "video_sprite_index"]
POST = ["video_rename", "video_delete"]


@pytest.fixture
def video(alice: User) -> Video:
    video = prepared(video_of(alice))
    Video.objects.filter(pk=video.pk).update(status="ready")
    return Video.objects.get(pk=video.pk)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name: str, video: Video) -> str:
    return reverse(name, args=[video.pk])


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


def looks(action: str) -> int:
    return AuditEvent.objects.filter(action=action).count()


# --- strangers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GET)
@pytest.mark.parametrize("stranger", ["bob", "charlie"])
def test_a_strangers_get_is_404(video: Video, name: str, stranger: str, request: pytest.FixtureRequest) -> None:
    assert signed_in(request.getfixturevalue(stranger)).get(at(name, video)).status_code == 404
    assert looks("video.view") == 0


@pytest.mark.parametrize("name", POST)
@pytest.mark.parametrize("stranger", ["bob", "charlie"])
def test_a_strangers_post_is_404(video: Video, name: str, stranger: str, request: pytest.FixtureRequest) -> None:
    client = signed_in(request.getfixturevalue(stranger))
    assert client.post(at(name, video), {"title": "Mine"}).status_code == 404
    assert Video.objects.get().title == "case_17"


@pytest.mark.parametrize("name", [*GET, *POST])
def test_nobody_gets_in_unsigned(video: Video, name: str) -> None:
    client = Client()
    response = client.post(at(name, video)) if name in POST else client.get(at(name, video))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("name", POST)
def test_a_get_changes_nothing(video: Video, alice: User, name: str) -> None:
    assert signed_in(alice).get(at(name, video)).status_code == 405


def test_an_administrator_sees_and_manages_the_hospitals_videos(video: Video, admin: User) -> None:
    client = signed_in(admin)
    assert client.get(at("video", video)).status_code == 200
    client.post(at("video_rename", video), {"title": "Case 18"})
    assert Video.objects.get().title == "Case 18"


def test_a_reviewer_sees_and_manages_nothing(video: Video, bob: User) -> None:
    bob.memberships.update(role="reviewer")
    client = signed_in(bob)
    assert client.get(at("video", video)).status_code == 200
    assert client.post(at("video_delete", video)).status_code == 403
    assert Video.objects.exists()


# --- library ------------------------------------------------------------------------------------------------


def test_the_library_shows_ones_own_videos_newest_first(alice: User, charlie: User) -> None:
    first, second = VideoFactory(owner=alice), VideoFactory(owner=alice)
    VideoFactory(owner=charlie)
    context = signed_in(alice).get(reverse("library")).context
    assert list(context["videos"]) == [second, first]
    assert context["counts"]["all"] == 2


def test_the_library_filters_by_status_and_words(alice: User) -> None:
    wanted = VideoFactory(owner=alice, title="Lap. cholecystectomy left", status="failed")
    VideoFactory(owner=alice, title="Lap. cholecystectomy right", status="ready")
    VideoFactory(owner=alice, title="Suturing drill", status="failed")
    context = signed_in(alice).get(reverse("library"), {"status": "failed", "search": "LEFT lap"}).context
    assert list(context["videos"]) == [wanted]
    assert (context["counts"]["failed"], context["counts"]["ready"]) == (1, 0)


def test_an_unknown_status_or_page_shows_all(alice: User) -> None:
    VideoFactory(owner=alice)
    context = signed_in(alice).get(reverse("library_rows"), {"status": "'; --", "page": "x"}).context
    assert len(context["videos"]) == 1


def test_rows_poll_only_while_something_is_being_prepared(alice: User) -> None:
    video = VideoFactory(owner=alice, status="processing")
    client = signed_in(alice)
    assert client.get(reverse("library_rows")).context["has_active"] is True
    Video.objects.filter(pk=video.pk).update(status="ready")
    assert client.get(reverse("library_rows")).context["has_active"] is False


def test_markup_in_a_title_is_text(alice: User) -> None:
    VideoFactory(owner=alice, title="<script>alert(1)</script>")
    page = signed_in(alice).get(reverse("library_rows")).content
    assert b"<script>alert" not in page
    assert b"&lt;script&gt;alert" in page


def test_the_library_asks_the_database_the_same_few_questions_however_long_it_is(
    alice: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        VideoFactory(owner=alice, status="processing")
    client = signed_in(alice)
    client.get(reverse("library_rows"))
    with django_assert_max_num_queries(14):
        client.get(reverse("library_rows"))


# --- what can be done to a video -------------------------------------------------------------------------------


def test_a_rename_goes_back_to_its_page(video: Video, alice: User) -> None:
    page = f"http://testserver{at('video', video)}"
    response = signed_in(alice).post(at("video_rename", video), {"title": "Case 18"}, headers={"referer": page})
    assert response["Location"] == page


def test_a_foreign_referer_is_not_followed(video: Video, alice: User) -> None:
    headers = {"referer": "https://evil.example/"}
    response = signed_in(alice).post(at("video_rename", video), {"title": "Case 18"}, headers=headers)
    assert response["Location"] == "/"


def test_an_empty_title_is_said(video: Video, alice: User) -> None:
    response = signed_in(alice).post(at("video_rename", video), {"title": " "}, headers={"accept": "application/json"})
    assert (response.status_code, response.json()["code"]) == (422, "title_empty")


def test_removing_leaves_the_page_of_what_is_gone(video: Video, alice: User) -> None:
    response = signed_in(alice).post(at("video_delete", video))
    assert (response.status_code, response["Location"]) == (302, "/")
    assert not Video.objects.exists()


@pytest.mark.parametrize(("page", "goes_to"), [("http://testserver/", None), ("own", "/")])
def test_removing_by_htmx_stays_in_the_list(video: Video, alice: User, page: str, goes_to: str | None) -> None:
    url = at("video", video) if page == "own" else page
    headers = {"HX-Request": "true", "HX-Current-URL": url}
    response = signed_in(alice).post(at("video_delete", video), headers=headers)
    assert (response.status_code, response.headers.get("HX-Redirect")) == (204, goes_to)


def test_the_timeline_is_lanes_of_segments(video: Video, alice: User) -> None:
    facts: Any = {"fps": 25.0, "width_px": 1, "height_px": 1, "num_frames": 1, "codec": "h264"}
    content_set_metadata(video.content, duration_s=12.5, **facts)
    clipping: Any = {"lane": "phase", "label": "clipping-and-cutting", "start_s": 1.0, "end_s": 2.0, "probability": 0.5}
    timeline_add(video.content, made_by={}, facts=[clipping])
    assert signed_in(alice).get(at("video_timeline", video)).json() == {
        "duration_s": 12.5,
        "lanes": [
            {
                "lane": "phase",
                "title": "Phase",
                "segments": [{"label": "clipping and cutting", "start_s": 1.0, "end_s": 2.0, "probability": 0.5}],
            }
        ],
        "note": "",
    }


def test_of_another_kind_of_video_the_page_says_what_is_not_named(video: Video, alice: User) -> None:
    kind: Any = {"lane": "kind", "label": "not_surgery", "start_s": 0.0, "end_s": 9.0, "probability": 0.9}
    timeline_add(video.content, made_by={}, facts=[kind])
    found = signed_in(alice).get(at("video_timeline", video)).json()
    assert found["note"].startswith("This does not look like an operation")
    assert found["lanes"][0]["segments"][0]["label"] == "no operation"


def test_a_recording_that_was_cut_off_is_said_to_be(video: Video, alice: User) -> None:
    facts: Any = {"fps": 25.0, "width_px": 1, "height_px": 1, "num_frames": 1, "codec": "h264"}
    content_set_metadata(video.content, duration_s=95.0, is_incomplete=True, **facts)
    for address in (at("video", video), reverse("library")):
        assert "only its first 1:35 could be read" in signed_in(alice).get(address).content.decode()


def test_the_page_says_which_revision_of_the_timeline_it_shows_and_who_made_it(video: Video, alice: User) -> None:
    for heads in ("heads-1", "heads-2"):
        timeline_add(video.content, made_by={"encoder": "tower-1", "heads": heads}, facts=[])
    page = signed_in(alice).get(at("video", video)).content.decode()
    assert "Revision 2 of" in page
    assert "<code>tower-1</code>, heads <code>heads-2</code>, calibration <code>unknown</code>" in page


def test_how_the_copy_differs_from_the_file_is_said(video: Video, alice: User) -> None:
    facts: Any = {"fps": 25.0, "width_px": 1, "height_px": 1, "num_frames": 1, "codec": "h264"}
    content_set_metadata(
        video.content, duration_s=95.0, notes=["The clock jumps ahead by 14 h at 0:31.", "<b>2</b>"], **facts
    )
    for address in (at("video", video), reverse("library")):
        page = signed_in(alice).get(address).content.decode()
        assert "The clock jumps ahead by 14 h at 0:31." in page
        assert "&lt;b&gt;2&lt;/b&gt;" in page


# --- media ------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")
def test_the_proxy_is_served_in_ranges(video: Video, alice: User) -> None:
    response = signed_in(alice).get(at("video_media", video), headers={"range": "bytes=100-199"})
    assert (response.status_code, response["Content-Range"]) == (206, "bytes 100-199/2048")
    assert (response["Content-Type"], response["Cache-Control"]) == ("video/mp4", "private, no-store")
    assert body(response) == PROXY[100:200]


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")
def test_pictures_and_their_index_are_served(video: Video, alice: User) -> None:
    client = signed_in(alice)
    assert body(client.get(at("video_poster", video))) == b"poster"
    assert body(client.get(at("video_sprite", video))) == b"sprite"
    assert body(client.get(at("video_sprite_index", video))) == b'{"columns": 10}'


def test_head_asks_without_a_body(video: Video, alice: User) -> None:
    response = signed_in(alice).head(at("video_media", video))
    assert (response.status_code, response["Content-Length"], response.content) == (200, "2048", b"")


def test_media_of_a_video_in_work_is_not_there_yet(alice: User) -> None:
    assert signed_in(alice).get(at("video_media", video_of(alice))).status_code == 404


def test_the_original_has_no_address(video: Video, alice: User) -> None:
    assert signed_in(alice).get(f"/videos/{video.pk}/original").status_code == 404
    assert content_paths(video.hospital_id, video.content.sha256).original.exists()


# --- the audit log ------------------------------------------------------------------------------------------------


def test_one_row_says_that_a_person_saw_a_video_during_a_visit(video: Video, alice: User) -> None:
    client = signed_in(alice)
    for name in ("video", "video_status", "video_timeline", "video_poster", "video_sprite", "conversation", "video"):
        client.get(at(name, video))
    for start in (0, 500, 1000):
        client.get(at("video_media", video), headers={"range": f"bytes={start}-"})
    assert looks("video.view") == 1
    assert AuditEvent.objects.get(action="video.view").detail == {"part": "page"}


def test_a_visit_is_of_one_person_and_of_one_video(video: Video, alice: User) -> None:
    colleague = MembershipFactory(hospital=video.hospital, role="reviewer").user
    for user in (alice, colleague):
        signed_in(user).get(at("video", video))
    signed_in(alice).get(at("video", prepared(video_of(alice, b"another"))))
    assert looks("video.view") == 3


def test_after_the_hour_of_a_visit_the_next_range_is_a_row(video: Video, alice: User) -> None:
    client = signed_in(alice)
    client.get(at("video", video))
    cache.delete(f"look:{alice.pk}:{video.pk}")
    client.get(at("video_media", video), headers={"range": "bytes=0-"})
    assert looks("video.view") == 2


@pytest.mark.parametrize("name", [*GET[1:], "conversation", "conversation_shown"])
def test_what_is_fetched_without_a_page_is_a_look_too(video: Video, alice: User, name: str) -> None:
    signed_in(alice).get(at(name, video))
    assert looks("video.view") == 1


def test_a_visit_to_the_library_is_one_row_with_its_posters_and_polls(video: Video, alice: User) -> None:
    others = [prepared(video_of(alice, bytes([number]))) for number in range(5)]
    client = signed_in(alice)
    client.get("/")
    for shown in (video, *others):
        client.get(at("video_poster", shown))
    for query in ("", "?search=case", "?status=ready"):
        client.get(f"/videos/rows/{query}")
    assert AuditEvent.objects.exclude(action="video.upload").exclude(action="sign_in").count() == 1
    assert set(AuditEvent.objects.get(action="library.view").detail["videos"]) == {str(v.pk) for v in (video, *others)}


def test_what_comes_into_the_list_later_is_written_down_when_it_is_shown(video: Video, alice: User) -> None:
    client = signed_in(alice)
    client.get("/")
    newer = video_of(alice, b"newer")
    client.get("/videos/rows/")
    client.get("/videos/rows/")
    newest = AuditEvent.objects.filter(action="library.view").order_by("-sequence")[0]
    assert (looks("library.view"), newest.detail["videos"]) == (2, [str(newer.pk)])
    assert str(video.pk) not in newest.detail["videos"]


def test_without_the_cache_every_fetch_is_a_look(video: Video, alice: User, settings: Any) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "webapp.lib.cache.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    client = signed_in(alice)
    for _ in range(2):
        assert client.get("/").status_code == 200
        assert client.get(at("video_media", video), headers={"range": "bytes=0-"}).status_code == 206
    assert (looks("library.view"), looks("video.view")) == (2, 2)


def test_a_look_that_could_not_be_written_down_is_tried_again(
    video: Video, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(alice)
    client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr("webapp.videos.looks.audit_record", broken)
        assert client.get(at("video", video)).status_code == 503
    assert client.get(at("video", video)).status_code == 200
    assert looks("video.view") == 1


def test_a_list_is_shown_while_the_log_takes_no_row_which_follows(
    video: Video, alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = signed_in(alice)
    with monkeypatch.context() as patch:
        for module in ("videos.looks", "jobs.looks"):
            patch.setattr(f"webapp.{module}.audit_record", broken)
        assert client.get("/").status_code == client.get("/jobs/").status_code == 200
    told = [record.getMessage() for record in caplog.records if "is not in the audit log yet" in record.getMessage()]
    assert [f"seen by {alice.pk}" in line for line in told] == [True, True]
    client.get("/videos/rows/")
    client.get("/jobs/rows/")
    assert (looks("library.view"), looks("jobs.view")) == (1, 1)


def broken(**_: Any) -> None:
    raise OperationalError("database is locked")


@pytest.mark.parametrize(
    ("is_text_covered", "words"),
    [(True, "On-screen text may identify a patient"), (False, "On-screen text was not looked for in this video")],
)
def test_the_page_says_what_became_of_on_screen_text(
    video: Video, alice: User, is_text_covered: bool, words: str
) -> None:
    Content.objects.filter(pk=video.content_id).update(is_text_covered=is_text_covered)
    assert words in body(signed_in(alice).get(at("video", video))).decode()


# --- what a row and a page tell ------------------------------------------------------------------------------


def test_procedure_and_date_are_told_on_the_page_and_shown_in_the_library(video: Video, alice: User) -> None:
    fields = {"title": "Case 17", "procedure": "Laparoscopic cholecystectomy", "operated_on": "2026-03-05"}
    assert signed_in(alice).post(at("video_rename", video), fields).status_code == 302
    row = signed_in(alice).get(reverse("library")).content.decode()
    assert "Laparoscopic cholecystectomy" in row
    assert "5 Mar 2026" in row
    assert "Laparoscopic" in signed_in(alice).get(reverse("library"), {"search": "cholecystectomy"}).content.decode()


@pytest.mark.parametrize("day", ["2026-13-01", "tomorrow", "2999-01-01"])
def test_a_date_that_cannot_be_is_refused_and_nothing_is_changed(video: Video, alice: User, day: str) -> None:
    fields = {"title": "Changed", "procedure": "x", "operated_on": day}
    client = Client(headers={"Accept": "application/json"})
    client.force_login(alice)
    assert client.post(at("video_rename", video), fields).status_code == 422
    assert Video.objects.get().title == "case_17"


def test_a_title_alone_leaves_procedure_and_date(video: Video, alice: User) -> None:
    Video.objects.update(procedure="Hernia repair")
    signed_in(alice).post(at("video_rename", video), {"title": "Case 18"})
    assert Video.objects.get().procedure == "Hernia repair"


def test_a_row_counts_the_questions_of_who_looks_and_of_nobody_else(video: Video, alice: User) -> None:
    for owner in (alice, MembershipFactory(hospital=video.hospital).user):
        QuestionFactory(conversation=ConversationFactory(video=video, owner=owner))
    QuestionFactory(conversation__video=VideoFactory(owner=alice))
    page = signed_in(alice).get(reverse("library")).content.decode()
    assert page.count("1 question<") == 2


def test_an_empty_library_tells_formats_size_and_privacy(alice: User) -> None:
    page = signed_in(alice).get(reverse("library")).content.decode()
    for words in ("Formats", "Up to", "Privacy"):
        assert words in page


@pytest.mark.parametrize(("stage", "plays"), [("transcode", False), ("features", True), ("timeline", True)])
def test_a_video_plays_as_soon_as_its_copy_is_made(video: Video, alice: User, stage: str, plays: bool) -> None:
    job = JobFactory(owner=alice, stage=stage, status="running")
    Video.objects.filter(pk=video.pk).update(status="processing", job=job)
    page = signed_in(alice).get(at("video", video)).content.decode()
    assert ("<debrief-player" in page) is plays
    assert "This video is being prepared" in page
    assert "<debrief-chat" not in page


def test_time_left_says_of_which_step_it_speaks(video: Video, alice: User) -> None:
    job = JobFactory(owner=alice, stage="transcode", status="running", done=100, total=700, left_s=360.0)
    Video.objects.filter(pk=video.pk).update(status="processing", job=job)
    page = signed_in(alice).get(at("video", video)).content.decode()
    assert "step 2 of 4" in page
    assert "about 6 min left for this step" in page
