"""The main job: sign in, upload, watch it being prepared, play it, ask it, read a cited answer."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Debrief
from tests.e2e.steps import answer_text, ask, last_turn, make_clip, upload_and_open, wait_for_status, wait_until


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A real laparoscopic clip where the data is, else a test picture."""
    from tests.environment import ROOT

    real = ROOT.parent / "shared" / "data" / "clips" / "endo_720p.mp4"
    return real if real.exists() else make_clip(tmp_path / "picture.mp4", seed=7)


def test_a_surgeon_uploads_a_clip_plays_it_and_reads_a_streamed_answer(surgeon: Page, clip: Path) -> None:
    upload_and_open(surgeon, clip)
    surgeon.get_by_role("button", name="Play", exact=True).click()
    wait_until(surgeon, "document.querySelector('video').currentTime > 0.5")
    ask(surgeon, "Which instruments are visible?")
    wait_for_status(surgeon, "finished")
    assert answer_text(surgeon)
    written = answer_text(surgeon)
    surgeon.reload()
    expect(last_turn(surgeon).locator("[data-part=text]")).to_be_visible()
    assert answer_text(surgeon) == written


def test_a_time_in_an_answer_takes_the_player_there(surgeon: Page, clip: Path) -> None:
    upload_and_open(surgeon, clip)
    question = "Which instruments are visible, and when?"
    ask(surgeon, question)
    # The clip has a conversation from before, whose last turn is finished.
    expect(last_turn(surgeon)).to_contain_text(question)
    wait_for_status(surgeon, "finished")
    chips = last_turn(surgeon).locator(".time-chip")
    if chips.count() == 0:
        assert re.search("not enough evidence", last_turn(surgeon).inner_text(), re.IGNORECASE)
        return
    surgeon.evaluate("document.querySelector('video').currentTime = 5")
    chips.first.click()
    wait_until(surgeon, "Math.abs(document.querySelector('video').currentTime - 5) > 0.4")


def test_the_same_file_again_is_the_same_video(surgeon: Page, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "twice.mp4", duration_s=3, seed=11)
    upload_and_open(surgeon, clip)
    first = surgeon.url
    upload_and_open(surgeon, clip)
    assert surgeon.url == first


def test_a_file_that_is_no_video_is_rejected_with_a_sentence(surgeon: Page, tmp_path: Path) -> None:
    notes = tmp_path / "operation-notes.mp4"
    notes.write_text("these are only words")
    surgeon.goto("/")
    surgeon.locator("debrief-upload input[type=file]").set_input_files(str(notes))
    row = surgeon.locator(".video-row", has_text="operation-notes").first
    expect(row.get_by_text("Rejected")).to_be_visible(timeout=60_000)
    expect(row).to_contain_text("This is a text file")


def test_a_deep_link_opens_the_video_at_its_moment(surgeon: Page, tmp_path: Path) -> None:
    upload_and_open(surgeon, make_clip(tmp_path / "linked.mp4", duration_s=8, seed=23))
    surgeon.goto(surgeon.url.split("?")[0] + "?t=4")
    wait_until(surgeon, "Math.abs(document.querySelector('video').currentTime - 4) < 0.5")


def test_the_demo_passwords_are_made_on_this_machine(debrief: Debrief) -> None:
    passwords = {account["password"] for account in debrief.accounts.values()}
    assert len(passwords) == 3
    assert all(len(password) >= 12 for password in passwords)
