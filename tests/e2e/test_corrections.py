"""A wrong step is marked in two clicks and a sentence, read by another person, learned from, and withdrawn."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.e2e.correction_shelf import COLLEAGUE, EMAIL, CorrectionShelf
from tests.e2e.test_skill_report import looks_right, signed_in


@pytest.fixture(scope="module")
def shelf() -> Iterator[CorrectionShelf]:
    shelf = CorrectionShelf(Path(tempfile.mkdtemp(prefix="debrief-correction-")))
    shelf.open()
    yield shelf
    shelf.close()


@pytest.fixture
def contexts(browser: Browser, shelf: CorrectionShelf) -> Iterator[dict[str, BrowserContext]]:
    made = {email: browser.new_context(base_url=shelf.server.url) for email in (EMAIL, COLLEAGUE)}
    yield made
    for context in made.values():
        context.close()


def test_a_step_is_marked_and_what_code_finds_is_told_at_once(
    shelf: CorrectionShelf, contexts: dict[str, BrowserContext]
) -> None:
    author = signed_in(contexts[EMAIL], EMAIL)
    author.goto(shelf.why_path)
    second = author.locator(".step").nth(1)
    second.get_by_text("This is the first wrong step").click()
    second.get_by_text("What it may cite").click()
    second.get_by_role("button", name="F3 hook").click()
    expect(second.get_by_label("The right step")).to_have_value("F3 ")
    second.get_by_label("The right step").press_sequentially("lasts 9.0 s")
    second.get_by_role("button", name="Send").click()
    expect(author.get_by_text("being checked")).to_be_visible()
    shelf.check()
    # The panel asks by itself, and what was written is still there.
    expect(author.get_by_text("finds a step of it wrong: F3 lasts 3.5 s")).to_be_visible()
    second = author.locator(".step").nth(1)
    expect(second.get_by_label("The right step")).to_have_value("F3 lasts 9.0 s")
    looks_right(author)
    second.get_by_label("The right step").fill("F3 hook: 33.5 - 30.0 = 3.5 s")
    second.get_by_label("Then the answer is").fill("8.5 s")
    second.get_by_role("button", name="Send").click()
    expect(author.get_by_text("being checked")).to_be_visible()
    shelf.check()
    expect(author.get_by_text("waiting for a reader")).to_be_visible()
    expect(author.get_by_text("This is the first wrong step")).to_have_count(0)


def test_another_person_approves_and_the_author_follows_it_to_the_receipt(
    shelf: CorrectionShelf, contexts: dict[str, BrowserContext]
) -> None:
    shelf.send("How long is the second hook seen?")
    reader = signed_in(contexts[COLLEAGUE], COLLEAGUE)
    reader.get_by_role("link", name="To read").click()
    looks_right(reader)
    reader.goto("/corrections/to-read/?flagged=on")
    reader.keyboard.press("j")
    reader.keyboard.press("Enter")
    expect(reader.get_by_text("It may be meant for the model").first).to_be_visible()
    looks_right(reader)
    reader.keyboard.press("a")
    reader.keyboard.press("Enter")
    expect(reader.get_by_text("Approved.")).to_be_visible()

    author = signed_in(contexts[EMAIL], EMAIL)
    author.goto("/corrections/")
    expect(author.get_by_text("In the next training")).to_be_visible()
    shelf.train(3, "reasoning 2")
    author.reload()
    expect(author.get_by_text("Training run 3 learns from it")).to_be_visible()
    author.get_by_role("link", name="How long is the second hook seen?").click()
    expect(author.get_by_text("The same question, explained later")).to_be_visible()
    looks_right(author)
    author.get_by_text("Withdraw", exact=True).first.click()
    author.get_by_role("button", name="Withdraw").click()
    expect(author.get_by_text("It is in no training that begins after that.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_ledger_looks_right_by_day_and_by_night(contexts: dict[str, BrowserContext], scheme: str) -> None:
    author = signed_in(contexts[EMAIL], EMAIL)
    author.emulate_media(color_scheme=scheme)
    author.goto("/corrections/")
    looks_right(author)
