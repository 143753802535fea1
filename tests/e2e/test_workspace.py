"""The video page as a place to work: it fits the window, long conversations cost no more, other tabs follow.

No worker takes part: what is asked stays queued.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.e2e.shelf import COLLEAGUE, EMAIL, PASSWORD, Shelf
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


def sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    sign_in(page, EMAIL)
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


def test_a_name_of_one_long_word_leaves_the_menu_free(video: Page, shelf: Shelf) -> None:
    video.set_viewport_size(PHONE)
    video.goto(shelf.video_path)
    video.evaluate("document.querySelector('.video-title h1').textContent = 'VTS_01_1_OR3_20261128_'.repeat(4)")
    right = "(selector) => document.querySelector(selector).getBoundingClientRect().right"
    left_of_menu = video.evaluate("document.querySelector('.video-head .menu').getBoundingClientRect().left")
    shown = "document.querySelector('.video-title h1')"
    assert video.evaluate(f"({right})('.video-title h1')") <= left_of_menu
    assert video.evaluate(f"{shown}.scrollWidth <= {shown}.clientWidth")


def test_what_is_typed_while_a_question_is_on_its_way_stays(video: Page) -> None:
    taken: list[str] = []

    def take_slowly(route: Route) -> None:
        taken.append(route.request.post_data or "")
        video.get_by_label("Ask about this video").fill("And the next one?")
        route.continue_()

    video.route("**/questions/", take_slowly)
    ask(video, "Where is the hook?")
    expect(last_turn(video).locator(".question-text")).to_have_text("Where is the hook?")
    stop(video)
    assert len(taken) == 1
    assert video.get_by_label("Ask about this video").input_value() == "And the next one?"


def test_what_was_typed_waits_for_its_writer_and_for_nobody_else(video: Page, shelf: Shelf) -> None:
    shelf.add_colleague()
    video.get_by_label("Ask about this video").fill("Did I cut the artery of Mrs Zylinderhut?")
    video.evaluate("document.querySelector('form[data-sign-out]').requestSubmit()")
    video.wait_for_url("**/accounts/login/")
    sign_in(video, EMAIL)
    video.goto(shelf.video_path)
    expect(video.get_by_label("Ask about this video")).to_have_value("Did I cut the artery of Mrs Zylinderhut?")
    video.evaluate("document.querySelector('form[data-sign-out]').requestSubmit()")
    video.wait_for_url("**/accounts/login/")
    sign_in(video, COLLEAGUE)
    video.goto(shelf.video_path)
    expect(video.locator("debrief-chat .turns, debrief-chat [data-part=thread]").first).to_be_visible()
    expect(video.get_by_label("Ask about this video")).to_have_value("")
    assert "Zylinderhut" not in video.evaluate("JSON.stringify({...sessionStorage})")


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


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def wait_for_time(page: Page, time_s: float) -> None:
    wait_until(page, f"Math.abs(document.querySelector('debrief-player').video.currentTime - {time_s}) < 0.03", 10)


def playback_rate(page: Page) -> float:
    return float(page.evaluate("document.querySelector('debrief-player').video.playbackRate"))


def test_after_the_end_a_comma_shows_the_last_frame_but_one(video: Page) -> None:
    video.locator("h1").click()
    press(video, "End")
    wait_for_time(video, 10)
    press(video, ",")
    wait_for_time(video, 9.94)
    press(video, ".")
    wait_for_time(video, 9.98)
    press(video, ".")
    wait_for_time(video, 9.98)


def test_speed_by_l_ends_when_the_picture_stands_and_a_chosen_speed_stays(video: Page) -> None:
    video.locator("h1").click()
    press(video, "l", "l", "l")
    assert playback_rate(video) == 2
    press(video, "k", "k")
    wait_until(video, "document.querySelector('debrief-player').video.playbackRate === 1", 5)
    press(video, "k")
    video.get_by_label("Speed").select_option("0.5")
    video.locator("h1").click()
    press(video, "k", "k")
    assert playback_rate(video) == 0.5


def test_the_first_hover_over_the_scrubber_shows_the_picture_of_its_time(video: Page) -> None:
    box = video.get_by_label("Position in the video").bounding_box()
    assert box is not None
    video.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    picture = video.locator("[data-picture]")
    expect(picture).to_have_css("background-position", "-320px -90px")
    expect(video.locator("[data-preview-time]")).to_have_text("0:07")


def test_the_enter_that_confirms_a_word_in_safari_sends_no_question(video: Page) -> None:
    box = video.get_by_label("Ask about this video")
    box.fill("胆嚢管")
    before = video.locator(".turn").count()
    box.evaluate(
        """(field) => field.dispatchEvent(new KeyboardEvent("keydown", {
          key: "Enter", code: "Enter", bubbles: true, cancelable: true, isComposing: false, keyCode: 229,
        }))"""
    )
    video.wait_for_timeout(500)
    assert box.input_value() == "胆嚢管"
    assert video.locator(".turn").count() == before
    box.fill("")


def test_words_from_right_to_left_are_read_so(video: Page) -> None:
    ask(video, "ما هي الأداة؟ cystic duct")
    question = last_turn(video).locator(".question-text")
    expect(question).to_have_text("ما هي الأداة؟ cystic duct")
    expect(question).to_have_css("direction", "rtl")
    assert video.get_by_label("Ask about this video").get_attribute("dir") == "auto"
    stop(video)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width_px", [1280, 390])
def test_names_of_buttons_say_what_is_written_on_them(video: Page, width_px: int, scheme: str) -> None:
    video.emulate_media(color_scheme=scheme)
    video.set_viewport_size({"width": width_px, "height": 800})
    video.get_by_text("Timeline as a list").click()
    found = Axe().run(video, options={"rules": {"label-content-name-mismatch": {"enabled": True}}}).response
    checked = {entry["id"] for entry in (*found["passes"], *found["violations"])}
    assert "label-content-name-mismatch" in checked
    assert [entry["id"] for entry in found["violations"] if entry["impact"] in {"serious", "critical"}] == []


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

    def test_what_is_copied_says_that_ai_wrote_it(self, video: Page, context: BrowserContext) -> None:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        last = video.locator(".turn").nth(-2)
        last.get_by_role("button", name="Copy").click()
        expect(last.get_by_text("Copied")).to_be_visible()
        copied = video.evaluate("navigator.clipboard.readText()")
        assert "(0:00–0:01)" in copied
        assert "Written by AI (test model" in copied
        last.locator(".answer-text").first.evaluate("(text) => getSelection().selectAllChildren(text)")
        video.keyboard.press("Control+c")
        assert "Written by AI (test model" in video.evaluate("navigator.clipboard.readText()")

    def test_a_citation_shows_its_moment_under_the_pointer_and_with_the_focus(self, video: Page) -> None:
        box = video.locator(".chip-preview")
        chips = video.locator(".turn").nth(-2).locator(".answer-text .time-chip")
        chips.nth(1).hover()
        expect(box).to_be_visible()
        expect(box.locator("div")).to_have_css("background-position", "-160px 0px")
        video.mouse.move(5, 5)
        expect(box).to_be_hidden()
        chips.nth(0).focus()
        expect(box.locator("div")).to_have_css("background-position", "0px 0px")
        expect(box).to_be_visible()

    def test_a_reason_is_confirmed_where_it_was_given(self, video: Page) -> None:
        turn = video.locator(".turn").nth(-2)
        turn.get_by_role("button", name="Not helpful").click()
        turn.get_by_label("What was wrong?").fill("Wrong instrument")
        turn.get_by_role("button", name="Save").click()
        expect(turn.get_by_text("Thank you, your judgement is saved.")).to_be_visible()

    def test_on_paper_verdicts_and_the_ai_mark_stay(self, video: Page) -> None:
        video.emulate_media(media="print")
        turn = video.locator(".turn").nth(-2)
        expect(turn.locator(".ai-mark")).to_be_visible()
        expect(turn.locator(".time-chip").first).to_be_visible()
        expect(turn.get_by_role("button", name="Copy")).to_be_hidden()
        assert page_height(video) > 800
        video.emulate_media(media="screen")

    def test_on_a_phone_the_player_stays_in_sight_of_who_reads(self, video: Page) -> None:
        video.set_viewport_size(PHONE)
        video.locator(".turn").last.scroll_into_view_if_needed()
        video.wait_for_timeout(300)
        assert 0 <= top_of_player(video) <= 60
        box = video.get_by_label("Ask about this video").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= PHONE["height"]
