"""Every page at both widths, light and dark: no console error, no broken policy, no sideways scroll, axe content."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import Debrief, sign_in
from tests.e2e.steps import make_clip, upload_and_open

PAGES = ("/", "/jobs/", "/models/llava_surg/", "/account/", "/accounts/2fa/", "/accounts/sessions/")
ADMIN_PAGES = ("/account/members/", "/account/audit/", "/account/clients/", "/account/webhooks/", "/account/tokens/")
WIDTHS_PX = (1280, 390)
# AA contrast and names are the floor; "serious" and "critical" are what axe calls them.
BLOCKING = {"serious", "critical"}


def complaints(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{entry['id']}: {entry['nodes'][0]['html'][:120]}" for entry in found if entry["impact"] in BLOCKING]


def examine(page: Page, address: str) -> None:
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    outside: list[str] = []
    page.on("request", lambda request: None if "127.0.0.1" in request.url else outside.append(request.url))
    for width_px in WIDTHS_PX:
        page.set_viewport_size({"width": width_px, "height": 800})
        page.goto(address)
        page.wait_for_timeout(400)
        assert page.evaluate("document.documentElement.scrollWidth") <= width_px, f"{address} is wider than {width_px}"
        assert complaints(page) == [], f"{address} at {width_px}"
    assert errors == [], address
    assert [url for url in outside if not url.startswith(("data:", "blob:"))] == [], address


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_clean_at_both_widths(surgeon: Page, address: str, scheme: str) -> None:
    surgeon.emulate_media(color_scheme=scheme)
    examine(surgeon, address)


@pytest.mark.parametrize("address", ADMIN_PAGES)
def test_an_administrators_page_is_clean(context: BrowserContext, debrief: Debrief, address: str) -> None:
    page = context.new_page()
    sign_in(page, debrief.accounts["admin"])
    examine(page, address)


@pytest.mark.parametrize("address", ["/account/members/", "/account/audit/", "/accounts/sessions/"])
def test_on_a_phone_no_button_of_a_table_lies_beyond_the_edge(
    context: BrowserContext, debrief: Debrief, address: str
) -> None:
    page = context.new_page()
    sign_in(page, debrief.accounts["admin"])
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(address)
    hidden = "[...document.querySelectorAll('.table-scroll')].filter(box => box.scrollWidth > box.clientWidth).length"
    assert page.locator(".table tbody tr").count() > 0
    assert page.evaluate(hidden) == 0


def test_ctrl_k_leads_to_the_search_from_any_page(surgeon: Page) -> None:
    surgeon.goto("/jobs/")
    surgeon.keyboard.press("Control+k")
    surgeon.wait_for_url("**/#search")
    expect(surgeon.get_by_label("Search by title")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_video_page_is_clean(surgeon: Page, tmp_path: Path, scheme: str) -> None:
    surgeon.emulate_media(color_scheme=scheme)
    upload_and_open(surgeon, make_clip(tmp_path / "looked-at.mp4", duration_s=4, seed=81))
    examine(surgeon, "/" + surgeon.url.split("/", 3)[3])
