"""An administrator watches a run, cannot promote what its gate refused, promotes what it passed, and rolls it back."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_skill_report import looks_right, prove_again, signed_in
from tests.e2e.training_shelf import ADMIN, FAILED, GOING, PASSED, TrainingShelf


@pytest.fixture(scope="module")
def shelf() -> Iterator[TrainingShelf]:
    shelf = TrainingShelf(Path(tempfile.mkdtemp(prefix="debrief-training-")))
    shelf.open()
    yield shelf
    shelf.close()


@pytest.fixture(scope="module")
def admin(browser: Browser, shelf: TrainingShelf) -> Iterator[Page]:
    context = browser.new_context(base_url=shelf.server.url)
    page = signed_in(context, ADMIN)
    yield page
    context.close()


def open_run(page: Page, number: int) -> None:
    page.goto("/")
    page.get_by_role("link", name="Training").click()
    page.get_by_role("link", name=f"Run {number}", exact=True).click()
    expect(page.get_by_role("heading", name=f"Run {number}")).to_be_visible()


def test_a_run_that_goes_on_draws_its_curve_while_somebody_watches(shelf: TrainingShelf, admin: Page) -> None:
    open_run(admin, GOING)
    expect(admin.get_by_text("its trainer is being started")).to_be_visible()
    expect(admin.locator(".curve")).to_have_count(0)
    shelf.learn(3.0, 1.5, 0.75)
    # The panel asks by itself.
    expect(admin.get_by_role("progressbar", name="Learns the right steps")).to_have_attribute("value", "3")
    expect(admin.get_by_role("img", name="loss from 3 at step 1 to 0.75 at step 3")).to_be_visible()
    expect(admin.get_by_text("its trainer is being started")).to_have_count(0)
    looks_right(admin)


def test_what_its_gate_refused_has_no_button_and_says_why(admin: Page) -> None:
    open_run(admin, FAILED)
    expect(admin.get_by_text("cannot be promoted, and nobody can overrule that")).to_be_visible()
    checklist = admin.get_by_role("region", name="Checklist of the gate")
    expect(checklist.get_by_text("Failed")).to_be_visible()
    expect(checklist.get_by_text("Not measured")).to_be_visible()
    expect(admin.get_by_role("button", name="Approve")).to_have_count(0)
    expect(admin.get_by_role("button", name="Promote")).to_have_count(0)
    looks_right(admin)


def test_what_it_passed_is_approved_promoted_with_the_password_again_and_rolled_back(admin: Page) -> None:
    open_run(admin, PASSED)
    expect(admin.get_by_role("button", name="Promote")).to_have_count(0)
    admin.get_by_role("button", name="Approve").press("Enter")
    admin.get_by_role("button", name="Promote").press("Enter")
    prove_again(admin)
    expect(admin.get_by_text("Promoted. The next explanation")).to_be_visible()
    expect(admin.get_by_role("region", name="In service").get_by_text("reasoning@one")).to_be_visible()
    for scheme in ("dark", "light"):
        admin.emulate_media(color_scheme=scheme)
        looks_right(admin)
    open_run(admin, PASSED)
    expect(admin.get_by_text("It is active")).to_be_visible()
    looks_right(admin)

    admin.goto("/training/")
    admin.get_by_label("Why it is rolled back").fill("Its steps are too short.")
    admin.get_by_role("button", name="Roll back to what comes with Debrief").press("Enter")
    prove_again(admin)
    expect(admin.get_by_text("Rolled back. The next explanation")).to_be_visible()
    expect(admin.get_by_text("Nothing is promoted: explanations are written as they come with Debrief")).to_be_visible()
    admin.get_by_text("What was promoted and rolled back").click()
    expect(admin.get_by_text("Its steps are too short.")).to_be_visible()
