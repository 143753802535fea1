"""What a person does, in steps that read like it."""

import re
import subprocess
import time
from pathlib import Path

from playwright.sync_api import Page, expect

READY_LIMIT_MS = 120_000
ANSWER_LIMIT_MS = 120_000


def make_clip(path: Path, *, duration_s: int = 8, size: str = "640x360", seed: int = 0) -> Path:
    """A moving test picture; another `seed` makes other bytes, so it is not taken for one that is there already."""
    from inference.media.ffmpeg import find_ffmpeg

    source = f"testsrc2=size={size}:rate=25:duration={duration_s},hue=h={seed}"
    command = [find_ffmpeg().path, "-y", "-loglevel", "error", "-f", "lavfi", "-i", source]
    subprocess.run([*command, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(path)], check=True)
    return path


def choose_file(page: Page, path: Path) -> None:
    page.goto("/")
    page.locator("debrief-upload input[type=file]").set_input_files(str(path))


def upload_and_open(page: Page, path: Path) -> None:
    """Uploads through the page, waits through the counted progress, and opens the video's page."""
    choose_file(page, path)
    row = page.locator(".video-row", has_text=path.stem).first
    expect(row.get_by_text("Ready")).to_be_visible(timeout=READY_LIMIT_MS)
    row.get_by_role("link", name=path.stem).click()
    page.wait_for_url(re.compile(r"/videos/"))


def ask(page: Page, question: str) -> None:
    page.get_by_label("Ask about this video").fill(question)
    page.get_by_role("button", name="Send").click()


def last_turn(page: Page):
    return page.locator(".turn").last


def wait_for_status(page: Page, *statuses: str, timeout_s: float = ANSWER_LIMIT_MS / 1000) -> str:
    """Waits until the last turn is in one of the statuses and returns it."""
    deadline = time.monotonic() + timeout_s
    status = ""
    while time.monotonic() < deadline:
        status = last_turn(page).get_attribute("data-status") or ""
        if status in statuses:
            return status
        page.wait_for_timeout(100)
    raise AssertionError(f"the answer is {status!r} after {timeout_s} s, not one of {statuses}")


def answer_text(page: Page) -> str:
    return last_turn(page).locator("[data-part=text]").inner_text().strip()


def wait_until(page: Page, expression: str, timeout_s: float = 60) -> None:
    """Asks the page again and again. Playwright's own `wait_for_function` needs eval, which our policy forbids."""
    deadline = time.monotonic() + timeout_s
    while not page.evaluate(expression):
        if time.monotonic() > deadline:
            raise AssertionError(f"not true after {timeout_s} s: {expression}")
        page.wait_for_timeout(100)
