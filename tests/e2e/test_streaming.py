"""An answer survives what happens to pages: reload, a second tab, a stop."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.e2e.steps import answer_text, ask, make_clip, upload_and_open, wait_for_status, wait_until

LONG_QUESTION = "Describe everything that can be seen, second by second, with all instruments and all actions."


@pytest.fixture
def video_page(surgeon: Page, tmp_path: Path) -> Page:
    upload_and_open(surgeon, make_clip(tmp_path / "streamed.mp4", duration_s=6, seed=31))
    return surgeon


def test_a_reload_in_the_middle_loses_and_doubles_nothing(video_page: Page, context: BrowserContext) -> None:
    ask(video_page, LONG_QUESTION)
    wait_until(video_page, "document.querySelectorAll('.turn').length > 0")
    second_tab = context.new_page()
    second_tab.goto(video_page.url)
    video_page.reload()
    wait_until(video_page, "document.querySelectorAll('.turn').length > 0")
    wait_for_status(video_page, "finished")
    wait_for_status(second_tab, "finished")
    second_tab.reload()
    wait_until(second_tab, "document.querySelectorAll('.turn [data-part=text]').length > 0")
    assert answer_text(video_page) == answer_text(second_tab)


def test_a_second_question_follows_the_first(video_page: Page) -> None:
    before = video_page.locator(".turn").count()
    ask(video_page, "What is the surgeon doing?")
    wait_until(video_page, f"document.querySelectorAll('.turn').length > {before}")
    wait_for_status(video_page, "finished")
    ask(video_page, "And why?")
    wait_until(video_page, f"document.querySelectorAll('.turn').length > {before + 1}")
    assert wait_for_status(video_page, "finished") == "finished"


def test_markup_in_a_question_is_shown_as_text(video_page: Page) -> None:
    ask(video_page, "<img src=x onerror=alert(1)> <b>bold?</b>")
    video_page.get_by_text("<b>bold?</b>").last.wait_for()
    assert video_page.locator(".question-text img, .question-text b").count() == 0


def test_an_empty_question_is_not_sent_and_a_very_long_one_is_refused_and_kept(surgeon: Page, tmp_path: Path) -> None:
    # A video of its own: turns of the tests before come a little after the page.
    upload_and_open(surgeon, make_clip(tmp_path / "unasked.mp4", duration_s=6, seed=47))
    ask(surgeon, "   ")
    ask(surgeon, "x" * 10_000)
    surgeon.locator("#composer-error").wait_for(state="visible")
    assert len(surgeon.get_by_label("Ask about this video").input_value()) == 10_000
    assert surgeon.locator(".turn").count() == 0
