"""The video page as a place to work: it fits the window, long conversations cost no more, other tabs follow.

No worker takes part: what is asked stays queued.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.shelf import EMAIL, PASSWORD, Shelf
from tests.e2e.steps import ask, last_turn, wait_until

LONG = 60
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
GOOD_SHIFT = 0.05
# As wide as a phone, and every page that a surgeon comes to.
PHONE = {"width": 390, "height": 800}
PAGES = ("/", "/jobs/", "/account/", "/accounts/2fa/", "/accounts/sessions/", "/models/llava_surg/")


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    shelf = Shelf(Path(tempfile.mkdtemp(prefix="debrief-shelf-")))
    try:
        shelf.open()
        yield shelf
    finally:
        shelf.close()


@pytest.fixture
def context(browser: Browser, shelf: Shelf) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=shelf.server.url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(30_000)
    context.add_init_script(SHIFTS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    return page


@pytest.fixture
def video(page: Page, shelf: Shelf) -> Page:
    page.goto(shelf.video_path)
    expect(page.locator(".turns")).to_be_visible()
    expect(page.locator(".slot").first).to_be_visible()
    return page


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Send")).to_be_visible()


def page_height(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollHeight"))


def top_of_player(page: Page) -> float:
    return float(page.evaluate("document.querySelector('debrief-player').getBoundingClientRect().top"))


def test_beside_the_player_the_page_is_as_high_as_the_window_and_asking_moves_nothing(video: Page) -> None:
    before = top_of_player(video)
    assert page_height(video) <= 800
    ask(video, "Which instruments are visible?")
    expect(last_turn(video).locator(".question-text")).to_have_text("Which instruments are visible?")
    assert top_of_player(video) == before
    assert page_height(video) <= 800
    stop(video)


@pytest.mark.parametrize("address", PAGES)
def test_on_a_phone_nothing_jumps_while_a_page_loads(page: Page, address: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(address)
    page.wait_for_timeout(800)
    assert page.evaluate("window.shifted") < GOOD_SHIFT


def test_on_a_phone_nothing_jumps_while_the_video_page_loads(video: Page, shelf: Shelf) -> None:
    video.set_viewport_size(PHONE)
    video.goto(shelf.video_path)
    expect(video.locator(".turns")).to_be_attached()
    video.wait_for_timeout(800)
    assert video.evaluate("window.shifted") < GOOD_SHIFT


def test_another_tab_shows_what_was_asked_here(video: Page, context: BrowserContext, shelf: Shelf) -> None:
    other = context.new_page()
    other.goto(shelf.video_path)
    expect(other.locator(".turns")).to_be_visible()
    ask(video, "Where is the hook?")
    expect(last_turn(other).locator(".question-text")).to_have_text("Where is the hook?")
    stop(video)
    wait_until(other, "document.querySelector('.turn:last-child').dataset.status === 'stopped'", 20)


def test_another_machine_shows_it_when_it_looks(video: Page, browser: Browser, shelf: Shelf) -> None:
    cookies = video.context.cookies()
    elsewhere = browser.new_context(base_url=shelf.server.url)
    elsewhere.add_cookies(cookies)
    other = elsewhere.new_page()
    other.goto(shelf.video_path)
    expect(other.locator(".turns")).to_be_visible()
    ask(video, "And the grasper?")
    expect(last_turn(other).locator(".question-text")).to_have_text("And the grasper?", timeout=15_000)
    stop(video)
    elsewhere.close()


class TestALongConversation:
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _long(cls, shelf: Shelf) -> None:
        shelf.add_turns(LONG)

    def test_the_page_does_not_grow_below_what_is_shown(self, video: Page) -> None:
        expect(video.locator(".turn").nth(LONG - 1)).to_be_attached()
        assert page_height(video) <= 800

    def test_asking_draws_one_turn_and_leaves_the_others(self, video: Page) -> None:
        expect(video.locator(".turn").nth(LONG - 1)).to_be_attached()
        before = video.locator(".turn").count()
        video.evaluate("document.querySelectorAll('.turn').forEach((turn) => (turn.isOld = true))")
        with video.expect_response("**/questions/") as asked:
            ask(video, "What is seen last?")
        assert asked.value.json()["thread"].count('class="turn"') == 1
        expect(last_turn(video).locator(".question-text")).to_have_text("What is seen last?")
        assert video.evaluate("[...document.querySelectorAll('.turn')].filter((turn) => turn.isOld).length") == before
        stop(video)

    def test_on_a_phone_the_player_stays_in_sight_of_who_reads(self, video: Page) -> None:
        video.set_viewport_size(PHONE)
        video.locator(".turn").last.scroll_into_view_if_needed()
        video.wait_for_timeout(300)
        assert 0 <= top_of_player(video) <= 60
        box = video.get_by_label("Ask about this video").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= PHONE["height"]
