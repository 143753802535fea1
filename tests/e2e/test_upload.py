"""Uploads that are paused, cut off and taken up again: only the missing bytes travel twice, if any."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.e2e.steps import choose_file

FILE_BYTES = 48 * 1024**2
SLOW_BYTES_PER_S = 8_000_000


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Bytes enough to be interrupted. That it is no video is found out later, by the probe."""
    path = tmp_path / "recording.mp4"
    path.write_bytes(b"\x00\x00\x00\x20ftypisom" + os.urandom(FILE_BYTES))
    return path


@pytest.fixture
def slow(surgeon: Page) -> CDPSession:
    session = surgeon.context.new_cdp_session(surgeon)
    session.send("Network.enable")
    throttle(session, SLOW_BYTES_PER_S)
    return session


def throttle(session: CDPSession, bytes_per_s: int) -> None:
    limits = {"offline": bytes_per_s == 0, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_s}
    session.send("Network.emulateNetworkConditions", limits)


def expect_state(page: Page, state: str) -> None:
    expect(page.locator(".upload-row").first).to_have_attribute("data-state", state, timeout=60_000)


def sent_bytes(page: Page) -> int:
    return int(page.locator(".upload-row progress").first.evaluate("bar => bar.value"))


def wait_for_bytes(page: Page, num_bytes: int) -> None:
    page.wait_for_function("least => document.querySelector('.upload-row progress').value > least", arg=num_bytes)


def test_a_paused_upload_goes_on_when_it_is_resumed(surgeon: Page, slow: CDPSession, recording: Path) -> None:
    choose_file(surgeon, recording)
    wait_for_bytes(surgeon, 4_000_000)
    surgeon.get_by_role("button", name="Pause recording.mp4").click()
    expect_state(surgeon, "paused")
    throttle(slow, -1)
    surgeon.get_by_role("button", name="Resume recording.mp4").click()
    expect_state(surgeon, "finished")


def test_a_lost_connection_is_said_and_survived(surgeon: Page, slow: CDPSession, recording: Path) -> None:
    choose_file(surgeon, recording)
    wait_for_bytes(surgeon, 4_000_000)
    throttle(slow, 0)
    expect_state(surgeon, "retrying")
    expect(surgeon.locator(".upload-row")).to_contain_text("The server cannot be reached")
    throttle(slow, -1)
    expect_state(surgeon, "finished")


def test_after_a_reload_the_same_file_goes_on_where_it_stopped(
    surgeon: Page, slow: CDPSession, recording: Path
) -> None:
    surgeon.on("dialog", lambda dialog: dialog.accept())
    choose_file(surgeon, recording)
    wait_for_bytes(surgeon, 12_000_000)
    surgeon.reload()
    expect(surgeon.get_by_role("heading", name="Unfinished uploads")).to_be_visible()
    expect(surgeon.locator(".upload-row")).to_contain_text("recording.mp4")
    kept_bytes = sent_bytes(surgeon)
    assert kept_bytes > 0
    offsets: list[str] = []
    surgeon.on("request", lambda request: offsets.append(request.headers.get("upload-offset", "")))
    throttle(slow, -1)
    surgeon.locator("debrief-upload input[type=file]").set_input_files(str(recording))
    expect_state(surgeon, "finished")
    assert next(int(offset) for offset in offsets if offset) >= kept_bytes
    expect(surgeon.get_by_role("heading", name="Unfinished uploads")).to_be_hidden()


def test_an_empty_file_is_refused_before_it_travels(surgeon: Page, tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    choose_file(surgeon, tmp_path / "empty.mp4")
    expect(surgeon.locator(".upload-row")).to_contain_text("This file is empty.")
