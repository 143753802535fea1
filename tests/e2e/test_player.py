"""The player and the timeline under it: keys, links to a moment, lanes, the window to ask about."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import make_clip, upload_and_open

LANES = [
    {
        "lane": "phase",
        "title": "Phase",
        "segments": [
            {"label": "Dissection", "start_s": 0, "end_s": 4, "probability": 0.91},
            {"label": "Clipping", "start_s": 4, "end_s": 10, "probability": 0.62},
        ],
    },
    {
        "lane": "instrument",
        "title": "Instruments",
        "segments": [{"label": "hook", "start_s": 1, "end_s": 3, "probability": 0.82}],
    },
]


@pytest.fixture
def video_page(surgeon: Page, tmp_path: Path) -> Page:
    """A ten-second video. Its lanes are given here, so that no model decides what these tests see."""
    surgeon.route("**/timeline.json", lambda route: route.fulfill(json={"duration_s": 10.0, "lanes": LANES}))
    upload_and_open(surgeon, make_clip(tmp_path / "player.mp4", duration_s=10, seed=71))
    expect(surgeon.locator(".slot").first).to_be_visible()
    surgeon.locator("h1").click()
    return surgeon


def player(page: Page, name: str) -> Any:
    return page.evaluate(f"document.querySelector('debrief-player').{name}")


def wait_for_time(page: Page, time_s: float) -> None:
    expression = "time_s => Math.abs(document.querySelector('debrief-player').video.currentTime - time_s) < 0.05"
    page.wait_for_function(expression, arg=time_s)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_arrows_move_by_seconds_and_commas_by_frames(video_page: Page) -> None:
    press(video_page, "ArrowRight", "Shift+ArrowRight", "ArrowLeft")
    wait_for_time(video_page, 5)
    press(video_page, ".")
    wait_for_time(video_page, 5.06)
    press(video_page, ",")
    wait_for_time(video_page, 5.02)


def test_brackets_choose_the_part_to_ask_about(video_page: Page) -> None:
    press(video_page, "ArrowRight", "[", "Shift+ArrowRight", "]")
    assert player(video_page, "window") == {"start_s": 1, "end_s": 6}
    expect(video_page.locator("[data-part=window-label]")).to_have_text("0:01–0:06")
    video_page.get_by_role("button", name="Clear", exact=True).click()
    assert player(video_page, "window") is None


def test_keys_mean_nothing_to_the_player_while_a_question_is_typed(video_page: Page) -> None:
    press(video_page, "/")
    video_page.keyboard.type("look left, jkl?")
    assert video_page.get_by_label("Ask about this video").input_value() == "look left, jkl?"
    assert player(video_page, "currentTime_s") == 0
    expect(video_page.get_by_role("dialog")).to_have_count(0)


def test_a_link_leads_to_its_moment(video_page: Page) -> None:
    video_page.goto(video_page.url.split("?")[0] + "?t=0:07")
    wait_for_time(video_page, 7)


def test_a_click_on_the_timeline_seeks_and_a_drag_chooses_a_window(video_page: Page) -> None:
    track = video_page.locator(".ruler .track").bounding_box()
    assert track is not None
    x, y = track["x"], track["y"] + track["height"] / 2
    video_page.mouse.click(x + track["width"] / 2, y)
    wait_for_time(video_page, 5)
    video_page.mouse.move(x + track["width"] * 0.2, y)
    video_page.mouse.down()
    video_page.mouse.move(x + track["width"] * 0.4, y, steps=5)
    video_page.mouse.up()
    assert player(video_page, "window") == {"start_s": pytest.approx(2, abs=0.1), "end_s": pytest.approx(4, abs=0.1)}


def test_lanes_are_walked_and_segments_jumped_by_keyboard(video_page: Page) -> None:
    press(video_page, "n")
    wait_for_time(video_page, 4)
    phase = video_page.get_by_role("slider", name="Phase")
    expect(phase).to_have_attribute("aria-valuetext", "Clipping, 0:04 to 0:10, possible, 0.62")
    press(video_page, "w")
    assert player(video_page, "window") == {"start_s": 4, "end_s": 10}
    phase.focus()
    press(video_page, "ArrowDown", "PageUp")
    wait_for_time(video_page, 1)
    hook = video_page.get_by_role("slider", name="Instruments: hook")
    expect(hook).to_be_focused()
    expect(hook).to_have_attribute("aria-valuetext", "hook, 0:01 to 0:03, likely, 0.82")


def test_the_timeline_can_be_read_as_a_list(video_page: Page) -> None:
    video_page.get_by_text("Timeline as a list").click()
    video_page.get_by_role("button", name="Go to 0:04, Clipping").click()
    wait_for_time(video_page, 4)


def test_an_empty_timeline_says_so_and_still_chooses_a_window(surgeon: Page, tmp_path: Path) -> None:
    surgeon.route("**/timeline.json", lambda route: route.fulfill(json={"duration_s": 10.0, "lanes": []}))
    upload_and_open(surgeon, make_clip(tmp_path / "player.mp4", duration_s=10, seed=71))
    expect(surgeon.get_by_text("No phases or instruments have been found")).to_be_visible()


def test_a_timeline_that_cannot_be_loaded_is_tried_again(surgeon: Page, tmp_path: Path) -> None:
    surgeon.route("**/timeline.json", lambda route: route.fulfill(status=503))
    upload_and_open(surgeon, make_clip(tmp_path / "player.mp4", duration_s=10, seed=71))
    expect(surgeon.get_by_text("The timeline could not be loaded")).to_be_visible()
    surgeon.unroute("**/timeline.json")
    surgeon.route("**/timeline.json", lambda route: route.fulfill(json={"duration_s": 10.0, "lanes": LANES}))
    surgeon.locator("debrief-timeline").get_by_role("button", name="Try again").click()
    expect(surgeon.get_by_role("slider", name="Phase")).to_be_visible()


def test_citations_that_overlap_are_marked_without_words_over_one_another(video_page: Page) -> None:
    video_page.evaluate(
        """document.dispatchEvent(new CustomEvent("debrief:citations", {
          detail: [{ start_s: 0, end_s: 6 }, { start_s: 1, end_s: 9 }],
        }))"""
    )
    cited = video_page.locator('[data-lane="citation"]')
    expect(cited.locator("rect")).to_have_count(2)
    expect(cited.locator("text")).to_have_count(0)


def test_a_drag_chooses_the_part_to_ask_about(video_page: Page) -> None:
    box = video_page.get_by_role("slider", name="Phase").bounding_box()
    assert box
    video_page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 8)
    video_page.mouse.down()
    video_page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 8, steps=4)
    video_page.mouse.up()
    expect(video_page.get_by_text("Asking about 0:02 to 0:06")).to_be_visible()
    expect(video_page.locator("[data-part=window-label]")).to_have_text("0:02–0:06")
