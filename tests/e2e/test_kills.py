"""kill -9, as the out-of-memory killer does it: what was sent stays, what was lost comes back or says so."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Debrief
from tests.e2e.steps import ask, choose_file, last_turn, make_clip, upload_and_open, wait_for_status, wait_until


def test_an_upload_goes_on_after_the_web_process_was_killed(surgeon: Page, debrief: Debrief, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "interrupted.mp4", duration_s=4, seed=51)
    padding = b"\0" * (48 * 1024**2)
    # A `free` box of 48 MB at the end: still a good file, and large enough to be caught half-way.
    with clip.open("ab") as file:
        file.write((len(padding) + 8).to_bytes(4, "big") + b"free" + padding)
    choose_file(surgeon, clip)
    wait_until(surgeon, "document.querySelector('.upload-row progress').value > 0")
    debrief.kill("web")
    debrief.start("web")
    debrief.wait_until_ready()
    row = surgeon.locator(".video-row", has_text="interrupted").first
    expect(row.get_by_text("Ready")).to_be_visible(timeout=120_000)


def test_a_conversion_starts_again_after_the_media_worker_was_killed(
    surgeon: Page, debrief: Debrief, tmp_path: Path
) -> None:
    choose_file(surgeon, make_clip(tmp_path / "converting.mp4", duration_s=60, size="1280x720", seed=61))
    row = surgeon.locator(".video-row", has_text="converting").first
    expect(row.get_by_text("frames")).to_be_visible(timeout=60_000)
    debrief.kill("media")
    debrief.start("media")
    expect(row.get_by_text("Ready")).to_be_visible(timeout=180_000)


def test_an_answer_ends_as_a_visible_retry_after_the_gpu_worker_was_killed(
    surgeon: Page, debrief: Debrief, tmp_path: Path
) -> None:
    upload_and_open(surgeon, make_clip(tmp_path / "answered.mp4", duration_s=5, seed=71))
    debrief.kill("gpu")
    debrief.start("gpu")
    ask(surgeon, "Describe everything that can be seen, second by second.")
    # A fresh worker loads its models first, so there is time to catch it at work.
    expect(last_turn(surgeon).locator("[data-part=state-words]")).to_contain_text("Looking", timeout=60_000)
    debrief.kill("gpu")
    wait_for_status(surgeon, "failed", timeout_s=60)
    expect(last_turn(surgeon)).to_contain_text("interrupted")
    debrief.start("gpu")
    last_turn(surgeon).get_by_role("button", name="Try again").click()
    wait_for_status(surgeon, "finished")
