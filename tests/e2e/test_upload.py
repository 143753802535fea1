"""Uploads that are paused, cut off and taken up again: only the missing bytes travel twice, if any."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.conftest import ROOT
from tests.e2e.conftest import Debrief
from tests.e2e.steps import choose_file, make_clip

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
    wait_for_bytes(surgeon, 17_000_000)
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


STORED_SHA256 = """
import sys, django; django.setup()
from webapp.lib.storage import content_paths
from webapp.videos.hashing import sha256_of
from webapp.videos.models import Video
video = Video.objects.get(pk=sys.argv[1])
print(sha256_of(content_paths(video.hospital_id, video.content.sha256).original))
"""
# Recorders give one name, one size and, their clock being lost, one date to the recordings of different patients.
LOST_CLOCK_S = 946_684_800


def recorder_file(folder: Path, content: bytes) -> Path:
    folder.mkdir()
    path = folder / "VTS_01_1.VOB"
    path.write_bytes(content)
    os.utime(path, (LOST_CLOCK_S, LOST_CLOCK_S))
    return path


def leave_unfinished(page: Page, path: Path, *, at_least_bytes: int = 17_000_000) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    choose_file(page, path)
    wait_for_bytes(page, at_least_bytes)
    page.reload()
    expect(page.get_by_role("heading", name="Unfinished uploads")).to_be_visible()


def uploaded_sha256(page: Page, debrief: Debrief) -> str:
    """Of the stored original behind the first row's "Open" link."""
    video_id = str(page.locator(".upload-row a[data-do=open]").first.get_attribute("href")).strip("/").split("/")[-1]
    said = subprocess.run(
        [sys.executable, "-c", STORED_SHA256, video_id],
        cwd=ROOT,
        env=debrief.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.split()[-1]


def twin_of(content: bytes, *, differs_at: int) -> bytes:
    return (
        content[:differs_at]
        + bytes(byte ^ 255 for byte in content[differs_at : differs_at + 64])
        + content[differs_at + 64 :]
    )


@pytest.mark.parametrize("differs_at", [0, 9_000_000, FILE_BYTES // 2, FILE_BYTES - 64])
def test_another_patients_recording_of_the_same_name_size_and_date_is_not_mixed_in(
    surgeon: Page, slow: CDPSession, debrief: Debrief, tmp_path: Path, differs_at: int
) -> None:
    first = os.urandom(FILE_BYTES)
    second = twin_of(first, differs_at=differs_at)
    leave_unfinished(surgeon, recorder_file(tmp_path / "a", first))
    throttle(slow, -1)
    surgeon.locator("debrief-upload input[type=file]").set_input_files(str(recorder_file(tmp_path / "b", second)))
    expect_state(surgeon, "finished")
    assert uploaded_sha256(surgeon, debrief) == hashlib.sha256(second).hexdigest()
    expect(surgeon.get_by_role("heading", name="Unfinished uploads")).to_be_visible()


def test_a_large_recording_that_differs_only_between_the_samples_is_not_mixed_in(
    surgeon: Page, slow: CDPSession, debrief: Debrief, tmp_path: Path
) -> None:
    """Beyond 64 MiB the fingerprint is of samples; what the server has is compared whole."""
    size_bytes = 320 * 1024**2
    first = os.urandom(size_bytes)
    second = twin_of(first, differs_at=3 * 1024**2)
    leave_unfinished(surgeon, recorder_file(tmp_path / "a", first))
    throttle(slow, -1)
    surgeon.locator("debrief-upload input[type=file]").set_input_files(str(recorder_file(tmp_path / "b", second)))
    expect_state(surgeon, "finished")
    assert uploaded_sha256(surgeon, debrief) == hashlib.sha256(second).hexdigest()


def test_a_file_that_changed_while_it_was_paused_begins_anew(
    surgeon: Page, slow: CDPSession, debrief: Debrief, tmp_path: Path
) -> None:
    first = os.urandom(FILE_BYTES)
    second = twin_of(first, differs_at=1000)
    path = recorder_file(tmp_path / "a", first)
    choose_file(surgeon, path)
    wait_for_bytes(surgeon, 17_000_000)
    surgeon.get_by_role("button", name="Pause VTS_01_1.VOB").click()
    expect_state(surgeon, "paused")
    path.write_bytes(second)
    os.utime(path, (LOST_CLOCK_S, LOST_CLOCK_S))
    throttle(slow, -1)
    surgeon.get_by_role("button", name="Resume VTS_01_1.VOB").click()
    expect_state(surgeon, "finished")
    assert uploaded_sha256(surgeon, debrief) == hashlib.sha256(second).hexdigest()


def test_two_recordings_of_one_name_chosen_together_become_two_videos(
    surgeon: Page, debrief: Debrief, tmp_path: Path
) -> None:
    contents = [os.urandom(3_000_000), os.urandom(3_000_000)]
    paths = [recorder_file(tmp_path / name, content) for name, content in zip("ab", contents, strict=True)]
    surgeon.goto("/")
    picker = surgeon.locator("debrief-upload input[type=file]")
    for path in paths:
        picker.set_input_files(str(path))
    expect(surgeon.locator(".upload-row[data-state=finished]")).to_have_count(2, timeout=60_000)
    links = {str(link.get_attribute("href")) for link in surgeon.locator(".upload-row a[data-do=open]").all()}
    assert len(links) == 2


def test_a_second_tab_with_another_recording_does_not_join_the_first_tabs_upload(
    surgeon: Page, slow: CDPSession, debrief: Debrief, tmp_path: Path
) -> None:
    first = os.urandom(FILE_BYTES)
    second = twin_of(first, differs_at=30_000_000)
    choose_file(surgeon, recorder_file(tmp_path / "a", first))
    wait_for_bytes(surgeon, 1_000_000)
    tab = surgeon.context.new_page()
    choose_file(tab, recorder_file(tmp_path / "b", second))
    expect_state(tab, "finished")
    expect_state(surgeon, "finished")
    assert uploaded_sha256(tab, debrief) == hashlib.sha256(second).hexdigest()
    assert uploaded_sha256(surgeon, debrief) == hashlib.sha256(first).hexdigest()


def test_a_whole_upload_that_another_file_asks_for_is_not_its_own(
    surgeon: Page, debrief: Debrief, tmp_path: Path
) -> None:
    """The offset stands at the file's end: nothing is left to send, and still the bytes must be the file's."""
    size_bytes = 80 * 1024**2
    first = os.urandom(size_bytes)
    second = twin_of(first, differs_at=1_150_000)
    choose_file(surgeon, recorder_file(tmp_path / "a", first))
    expect_state(surgeon, "finished")
    surgeon.locator("debrief-upload input[type=file]").set_input_files(str(recorder_file(tmp_path / "b", second)))
    expect(surgeon.locator(".upload-row[data-state=finished]")).to_have_count(2, timeout=60_000)
    links = [str(link.get_attribute("href")) for link in surgeon.locator(".upload-row a[data-do=open]").all()]
    assert links[0] != links[1]


def test_twenty_two_files_chosen_at_once_all_arrive(surgeon: Page, tmp_path: Path) -> None:
    paths = [tmp_path / f"case_{n}.mp4" for n in range(22)]
    for path in paths:
        path.write_bytes(os.urandom(50_000))
    surgeon.goto("/")
    surgeon.locator("debrief-upload input[type=file]").set_input_files([str(path) for path in paths])
    expect(surgeon.locator(".upload-row[data-state=finished]")).to_have_count(22, timeout=60_000)


def test_over_the_limit_of_uploads_the_page_says_so_and_goes_on_when_one_is_discarded(
    surgeon: Page, tmp_path: Path
) -> None:
    tus = {"Tus-Resumable": "1.0.0", "Upload-Length": "1000"}
    answers = [surgeon.request.post("/uploads/", headers=tus) for _ in range(21)]
    assert answers[-1].status == 429
    promised = [answer.headers["location"] for answer in answers if answer.ok]
    path = tmp_path / "case.mp4"
    path.write_bytes(os.urandom(50_000))
    choose_file(surgeon, path)
    try:
        expect_state(surgeon, "retrying")
        expect(surgeon.locator(".upload-row")).to_contain_text("Wait until one of them is finished, or discard one.")
    finally:
        for address in promised:
            surgeon.request.delete(address, headers=tus)
    expect_state(surgeon, "finished")


def test_a_file_that_the_library_rejects_is_not_called_good(surgeon: Page, recording: Path) -> None:
    choose_file(surgeon, recording)
    row = surgeon.locator(".upload-row").first
    expect(row).to_have_attribute("data-outcome", "rejected", timeout=60_000)
    expect(row).to_contain_text("This file cannot be used:")
    assert row.locator(".icon-ready").count() == 0


def test_a_video_that_is_in_the_library_already_is_said_to_be(surgeon: Page, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "case.mp4", duration_s=2, seed=77)
    choose_file(surgeon, clip)
    row = surgeon.locator(".upload-row").first
    expect(row).to_contain_text("It is ready.", timeout=120_000)
    expect(row.locator(".icon-ready")).to_be_visible()
    sent: list[str] = []
    surgeon.on("request", lambda request: sent.append(request.method))
    surgeon.locator("debrief-upload input[type=file]").set_input_files(str(clip))
    expect(surgeon.locator(".upload-row").nth(1)).to_contain_text("Already in your library. It is ready.")
    assert "PATCH" not in sent
    surgeon.reload()
    surgeon.locator("debrief-upload input[type=file]").set_input_files(str(clip))
    expect(surgeon.locator(".upload-row").first).to_contain_text("Already in your library. It is ready.")
