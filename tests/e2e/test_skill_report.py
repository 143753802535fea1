"""A report is compared, read blind, signed, contested, amended, exported and verified by three people in a browser."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.skill_shelf import BEN, EMAIL, PASSWORD, RITA, SkillShelf

WIDTHS_PX = (1280, 390)


@pytest.fixture(scope="module")
def shelf() -> Iterator[SkillShelf]:
    shelf = SkillShelf(Path(tempfile.mkdtemp(prefix="debrief-skill-")))
    shelf.open()
    yield shelf
    shelf.close()


@pytest.fixture
def contexts(browser: Browser, shelf: SkillShelf) -> Iterator[dict[str, BrowserContext]]:
    made = {email: browser.new_context(base_url=shelf.server.url) for email in (EMAIL, RITA, BEN)}
    yield made
    for context in made.values():
        context.close()


def signed_in(context: BrowserContext, email: str) -> Page:
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    return page


def prove_again(page: Page) -> None:
    """The signature: the password once more."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def looks_right(page: Page) -> None:
    """Both widths: nothing beyond the edge, nothing that axe calls serious."""
    for width_px in WIDTHS_PX:
        page.set_viewport_size({"width": width_px, "height": 800})
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth") <= width_px, page.url
        found = Axe().run(page).response["violations"]
        blocking = [
            f"{entry['id']}: {entry['nodes'][0]['html'][:120]}"
            for entry in found
            if entry["impact"] in ("serious", "critical")
        ]
        assert blocking == [], f"{page.url} at {width_px}"
    page.set_viewport_size({"width": 1280, "height": 800})


def test_from_the_surgeons_wish_to_a_verified_export(
    shelf: SkillShelf, contexts: dict[str, BrowserContext], tmp_path: Path
) -> None:
    alice, rita, ben = (signed_in(contexts[email], email) for email in (EMAIL, RITA, BEN))
    report_path = f"{shelf.video_path}report/"

    alice.goto(report_path)
    alice.get_by_role("button", name="Compare").click()
    expect(alice.get_by_text("Being compared", exact=True)).to_be_visible()
    shelf.score()
    # The panel asks by itself and shows what came.
    expect(alice.get_by_text("Resembles reference expert")).to_be_visible()
    alice.reload()
    expect(alice.locator(".evidence-for").first).to_be_attached()
    looks_right(alice)
    alice.get_by_role("button", name="Send to a reviewer").click()

    rita.goto(report_path)
    expect(rita.get_by_text("The report is sealed")).to_be_visible()
    expect(rita.get_by_text("Resembles reference")).to_have_count(0)
    rita.goto("/review/")
    looks_right(rita)
    rita.keyboard.press("j")
    rita.keyboard.press("Enter")
    expect(rita.get_by_role("heading", name="Your reading")).to_be_visible()
    looks_right(rita)
    rita.locator(".score-item input").first.focus()
    rita.keyboard.type("44344")
    rita.get_by_role("radio", name="expert").check()
    rita.get_by_role("button", name="Record my scores").click()
    expect(rita.get_by_text("the comparison resembles expert most")).to_be_visible()
    rita.get_by_label("For the surgeon").fill("Calm hands.")
    rita.get_by_role("button", name="Sign", exact=True).click()
    prove_again(rita)
    expect(rita.get_by_text("Signed.")).to_be_visible()

    alice.goto(report_path)
    alice.get_by_text("Contest an item").click()
    alice.get_by_label("Item", exact=True).select_option("efficiency")
    alice.get_by_label("From").fill("0:03")
    alice.get_by_label("to", exact=True).fill("0:06.5")
    alice.get_by_label("What do you see otherwise?").fill("The pause was for the camera.")
    alice.get_by_role("button", name="Contest", exact=True).click()
    expect(alice.get_by_text("Waiting for a second reader")).to_be_visible()

    ben.goto("/review/?appeal=on")
    ben.get_by_role("link", name="Contested: Efficiency").click()
    expect(ben.get_by_text("The pause was for the camera.")).to_have_count(0)
    ben.get_by_role("radio", name="2").check()
    ben.get_by_role("button", name="Record my score").click()
    expect(ben.get_by_text("The pause was for the camera.")).to_be_visible()
    looks_right(ben)
    ben.get_by_label("Amend it to 2").check()
    ben.get_by_label("Answer to the surgeon").fill("I see it so.")
    ben.get_by_role("button", name="Sign the answer").click()
    prove_again(ben)
    expect(ben.get_by_text("Answered.")).to_be_visible()

    alice.goto(report_path)
    expect(alice.get_by_text("signed by Rita Reviewer, amended by Ben Second")).to_be_visible()
    with alice.expect_download() as pdf:
        alice.get_by_role("link", name="PDF").click()
    assert Path(pdf.value.path()).read_bytes().startswith(b"%PDF")
    with alice.expect_download() as bundle:
        alice.get_by_role("link", name="JSON with hashes").click()
    bundle.value.save_as(tmp_path / "report.json")
    assert "none failed" in shelf.server.python("manage.py", "report_verify", str(tmp_path / "report.json"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_a_department_look_right(contexts: dict[str, BrowserContext], scheme: str) -> None:
    rita = signed_in(contexts[RITA], RITA)
    rita.emulate_media(color_scheme=scheme)
    for path in ("/references/", "/rubrics/", "/trend/", "/notices/", "/review/"):
        rita.goto(path)
        looks_right(rita)
