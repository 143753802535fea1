"""What a row says and offers in each state. Scripts add comfort; these words and buttons come from the server."""

import pytest
from django.test import Client

from tests.factories import JobFactory, MembershipFactory, VideoFactory
from webapp.accounts.models import User
from webapp.accounts.sessions import session_start

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return MembershipFactory().user


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    session = browser.session
    session_start(session)
    session.save()
    return browser


def page(user: User, address: str, **cookies: str) -> str:
    browser = browser_of(user)
    for name, value in cookies.items():
        browser.cookies[name] = value
    return " ".join(browser.get(address).content.decode().split())


def test_an_empty_library_says_the_next_step(alice: User) -> None:
    html = page(alice, "/")
    assert "No videos yet" in html
    assert "Choose files" in html


def test_running_work_is_counted_and_polled(alice: User) -> None:
    job = JobFactory(
        owner=alice, stage="transcode", status="running", done=412, total=4800, unit="frames", left_s=640.0
    )
    VideoFactory(owner=alice, status="processing", job=job)
    html = page(alice, "/")
    assert "412 of 4,800 frames · about 11 min left" in html
    assert '<progress value="412" max="4800"' in html
    assert "every 1500ms" in html


def test_a_quiet_library_does_not_poll(alice: User) -> None:
    VideoFactory(owner=alice)
    assert "every 1500ms" not in page(alice, "/")


def test_a_rejected_file_says_why_and_can_only_be_removed(alice: User) -> None:
    job = JobFactory(owner=alice, status="failed", error_permanent=True)
    VideoFactory(owner=alice, status="rejected", reason="The file has no video index.", reason_code="no_index", job=job)
    html = page(alice, "/")
    assert "The file has no video index." in html
    assert "no_index" in html
    assert "/delete/" in html
    assert f"/jobs/{job.pk}/retry/" not in html


def test_failed_work_says_why_and_can_be_tried_again(alice: User) -> None:
    job = JobFactory(owner=alice, status="failed", error_message="The server stopped several times.")
    VideoFactory(owner=alice, status="failed", job=job)
    for address in ("/", "/jobs/"):
        html = page(alice, address)
        assert "The server stopped several times." in html
        assert f"/jobs/{job.pk}/retry/" in html


def test_a_title_is_text_and_never_markup(alice: User) -> None:
    video = VideoFactory(owner=alice, title="<img src=x onerror=alert(1)>")
    for address in ("/", f"/videos/{video.pk}/"):
        html = page(alice, address)
        assert "&lt;img src=x" in html
        assert "<img src=x" not in html


def test_who_may_only_look_sees_no_button_to_change(alice: User) -> None:
    video = VideoFactory(owner=alice)
    reviewer = MembershipFactory(hospital=video.hospital, role="reviewer").user
    html = page(reviewer, "/")
    assert video.title in html
    assert f"/videos/{video.pk}/delete/" not in html
    assert f'id="pick-{video.pk}"' not in html
    assert 'aria-label="Selected videos" hidden' in html
    assert "Rename" not in page(reviewer, f"/videos/{video.pk}/")


def test_a_video_that_is_not_ready_shows_its_state_instead_of_a_player(alice: User) -> None:
    job = JobFactory(owner=alice, status="queued")
    video = VideoFactory(owner=alice, status="processing", job=job)
    html = page(alice, f"/videos/{video.pk}/")
    assert "This video is being prepared" in html
    assert "<debrief-player" not in html


def test_the_status_of_a_video_that_became_ready_reloads_its_page(alice: User) -> None:
    video = VideoFactory(owner=alice)
    assert "<debrief-reload>" in page(alice, f"/videos/{video.pk}/status/")


def test_search_without_a_match_offers_the_whole_list(alice: User) -> None:
    VideoFactory(owner=alice, title="Suturing drill")
    html = page(alice, "/?search=needle")
    assert "No video matches" in html
    assert "Show all videos" in html


@pytest.mark.parametrize(("cookie", "theme"), [("or", "or"), ("dark", "dark"), ('"><script>', "auto"), ("", "auto")])
def test_the_theme_comes_from_the_cookie_and_only_known_names_count(alice: User, cookie: str, theme: str) -> None:
    assert f'data-theme="{theme}"' in page(alice, "/", theme=cookie)


def test_a_page_that_is_not_there_says_so_in_words(alice: User) -> None:
    assert "There is nothing here" in page(alice, "/nowhere/")


def test_the_page_of_last_resort_needs_neither_request_nor_database() -> None:
    from django.template.loader import render_to_string

    assert "Nothing that you uploaded is lost" in render_to_string("500.html")
