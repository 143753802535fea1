"""Text burnt into a recording: its lane on the page, and the word that it may name a patient."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.steps import upload_and_open
from tests.overlays import HOSTILE_ORDER, Picture, put, write_clip


def draw(picture: Picture, time_s: float) -> None:
    put(picture, "Patient: DOE, JANE", (30, 50))
    put(picture, f"10:32:{int(time_s):02d}", (1080, 50))
    put(picture, HOSTILE_ORDER, (200, 640), height_px=26)


def test_on_screen_text_has_a_lane_that_is_walked_like_the_others(surgeon: Page, tmp_path: Path) -> None:
    upload_and_open(surgeon, write_clip(tmp_path / "overlay.mp4", seconds=6, draw=draw))
    expect(surgeon.get_by_text("On-screen text may identify a patient.")).to_be_visible()
    fold = surgeon.locator('[data-lane="text"] .fold')
    expect(fold).to_have_attribute("aria-expanded", "false")
    fold.click()
    line = surgeon.get_by_role("slider", name=f"On-screen text: {HOSTILE_ORDER}")
    line.focus()
    expect(line).to_have_attribute("aria-valuetext", re.compile(f"^{HOSTILE_ORDER}, 0:00 to 0:06, .*likely, 0"))
    expect(line).to_be_focused()
    surgeon.get_by_text("Timeline as a list").click()
    expect(surgeon.get_by_role("button", name=re.compile("Go to 0:00, Patient"))).to_be_visible()
