"""The AI mark names the versions that wrote an answer, and leads to their cards."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.steps import ask, last_turn, make_clip, upload_and_open, wait_for_status


def test_the_mark_of_an_answer_leads_to_the_card_of_each_model_behind_it(surgeon: Page, tmp_path: Path) -> None:
    upload_and_open(surgeon, make_clip(tmp_path / "marked.mp4", duration_s=4, seed=23))
    ask(surgeon, "Which instruments are visible?")
    wait_for_status(surgeon, "finished")
    last_turn(surgeon).get_by_role("button", name="Written by AI").click()
    card = last_turn(surgeon).locator(".fact-card:popover-open")

    for name in ("Vision tower", "Timeline heads", "Simulator heads"):
        expect(card.get_by_role("link", name=name)).to_be_visible()
    card.get_by_role("link", name="Timeline heads").click()
    expect(surgeon.get_by_role("heading", level=1)).to_contain_text("Vision tower")
