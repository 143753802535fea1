"""The library by keyboard and by pointer: several videos at once, the upload panel, links that are good once."""

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.shelf import ADMIN, EMAIL, PASSWORD, Shelf
from tests.e2e.steps import make_clip, wait_until

TITLES = [f"Case {number}" for number in range(1, 6)]
SIZES = [{"width": 1280, "height": 800}, {"width": 390, "height": 800}]
# Where somebody wants to look at the pages: DEBRIEF_SHOTS=FOLDER.
SHOTS = os.environ.get("DEBRIEF_SHOTS", "")


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    shelf = Shelf(Path(tempfile.mkdtemp(prefix="debrief-shelf-")))
    try:
        shelf.open()
        shelf.add_admin()
        yield shelf
    finally:
        shelf.close()


@pytest.fixture
def context(browser: Browser, shelf: Shelf) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=shelf.server.url, viewport=SIZES[0])
    context.set_default_timeout(30_000)
    yield context
    context.close()


def sign_in(page: Page, email: str) -> Page:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    return page


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return sign_in(context.new_page(), EMAIL)


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def rows(page: Page) -> list[str]:
    return [title for title in page.locator(".video-row h2").all_inner_texts() if title in TITLES]


def box(page: Page, title: str):
    return page.get_by_role("checkbox", name=f"Select {title}", exact=True)


@pytest.mark.parametrize("size", SIZES, ids=["wide", "phone"])
def test_several_are_chosen_and_removed_by_keyboard(page: Page, shelf: Shelf, size: dict[str, int]) -> None:
    shelf.add_videos(*TITLES)
    page.set_viewport_size(size)
    page.goto("/")
    bar = page.get_by_role("region", name="Selected videos")
    expect(bar).to_be_hidden()
    box(page, "Case 1").focus()
    page.keyboard.press("Space")
    box(page, "Case 3").focus()
    page.keyboard.press("Shift+Space")
    expect(bar).to_contain_text("3 selected")
    shoot(page, f"selection-{size['width']}")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    expect(box(page, "Case 3")).not_to_be_checked()
    for title in ("Case 2", "Case 4"):
        box(page, title).focus()
        page.keyboard.press("Space")
    bar.get_by_role("button", name="Remove").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Remove 2 videos? They, what was found in them and their conversations are deleted.")
    shoot(page, f"selection-confirm-{size['width']}")
    dialog.get_by_role("button", name="Keep").click()
    expect(bar).to_contain_text("2 selected")
    bar.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("2 videos removed.")
    expect(bar).to_be_hidden()
    wait_until(page, "![...document.querySelectorAll('.video-row h2')].some(row => row.innerText === 'Case 2')")
    assert sorted(rows(page)) == ["Case 1", "Case 3", "Case 5"]
    bar_all = page.get_by_role("button", name="Select all shown")
    box(page, "Case 1").check()
    bar_all.click()
    expect(box(page, "Case 5")).to_be_checked()
    box(page, "Lap. cholecystectomy").uncheck()
    bar.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.locator("#toasts")).to_contain_text("3 videos removed.")


def test_what_is_ticked_stays_ticked_while_rows_come_and_go(page: Page, shelf: Shelf) -> None:
    shelf.add_videos("Case 1")
    page.goto("/")
    box(page, "Case 1").check()
    shelf.add_videos("Case 2")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('debrief:changed', {bubbles: true}))")
    expect(box(page, "Case 2")).to_be_visible()
    expect(box(page, "Case 1")).to_be_checked()
    expect(page.get_by_role("region", name="Selected videos")).to_contain_text("1 selected")


def test_the_bar_and_the_boxes_have_names_and_colours_that_everybody_can_read(page: Page, shelf: Shelf) -> None:
    shelf.add_videos("Case 1")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto("/")
        box(page, "Case 1").first.check()
        found = Axe().run(page).response["violations"]
        assert [row["id"] for row in found if row["impact"] in {"serious", "critical"}] == []
        shoot(page, f"selection-{scheme}")


def test_after_a_batch_the_list_is_in_view_and_not_a_long_panel(page: Page, tmp_path: Path) -> None:
    page.goto("/")
    clips = [make_clip(tmp_path / f"batch {number}.mp4", duration_s=1, seed=number + 50) for number in range(8)]
    page.locator("debrief-upload input[type=file]").set_input_files([str(clip) for clip in clips])
    panel = page.get_by_role("region", name="Uploads", exact=True)
    expect(panel.get_by_text("Uploaded", exact=False).first).to_be_visible(timeout=60_000)
    wait_until(page, "document.querySelectorAll('.video-row').length >= 9")
    expect(panel.locator("[data-summary]")).to_have_text(re.compile("8"), timeout=60_000)
    shoot(page, "after-a-batch")
    # Rows are swapped for newer ones all the while: one look, and not a handle that may be gone.
    wait_until(page, "document.querySelector('.video-row')?.getBoundingClientRect().top < innerHeight")


def test_a_video_plays_while_it_is_still_being_prepared(page: Page, shelf: Shelf) -> None:
    page.goto(shelf.add_preparing())
    expect(page.get_by_text("You can watch it already.")).to_be_visible()
    shoot(page, "preparing")
    video = page.locator("video")
    video.evaluate("video => video.play()")
    wait_until(page, "document.querySelector('video').currentTime > 0.3")
    assert video.evaluate("video => video.error") is None
    expect(page.get_by_role("progressbar")).to_be_visible()


def test_a_link_that_is_good_once_is_copied_by_its_button(context: BrowserContext, shelf: Shelf) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = sign_in(context.new_page(), ADMIN)
    page.goto("/account/members/")
    page.locator("tr", has_text=EMAIL).get_by_role("button", name=re.compile("link", re.IGNORECASE)).click()
    if page.get_by_role("dialog").is_visible():
        page.get_by_role("dialog").get_by_role("button").last.click()
    field = page.locator("[data-copy-field], input[readonly]").first
    expect(field).to_be_visible()
    shoot(page, "one-time-link")
    page.get_by_role("button", name=re.compile("Copy")).press("Enter")
    expect(page.get_by_role("button", name=re.compile("Copied"))).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == field.input_value()
    assert link.startswith(shelf.server.url)
