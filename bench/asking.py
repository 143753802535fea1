"""What asking costs the page, in the first turn of a conversation and after many: `python -m bench.asking [TURNS]`.

A web process and a browser; no worker takes part, so what is asked stays queued and is stopped at once. Prints the
median over several questions of the request alone, and of the time until the question stands on the page.
"""

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

QUESTIONS = 5


def main(num_turns: int) -> None:
    os.environ.setdefault("DEBRIEF_SECRET_KEY", "only-for-this-bench-" + "x" * 40)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from tests.e2e.shelf import Shelf
    from tests.environment import start_redis

    os.environ["REDIS_URL"] = start_redis()
    shelf = Shelf(Path(tempfile.mkdtemp(prefix="debrief-asking-")))
    try:
        shelf.open()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = signed_in(browser.new_page(base_url=shelf.server.url, viewport={"width": 1280, "height": 800}))
            first = measure(page, shelf.video_path)
            shelf.add_turns(num_turns)
            many = measure(page, shelf.video_path)
    finally:
        shelf.close()
    for words, at_first, later in zip(("request", "until it stands on the page"), first, many, strict=True):
        figures = f"first turns {at_first:5.0f} ms, after {num_turns} turns {later:5.0f} ms"
        print(f"{words:28} {figures}: x{later / at_first:.2f}")


def signed_in(page: Page) -> Page:
    from tests.e2e.shelf import EMAIL, PASSWORD

    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    return page


def measure(page: Page, address: str) -> tuple[float, float]:
    page.goto(address)
    page.locator(".turns").wait_for()
    page.wait_for_timeout(3000)
    costs = [ask(page, f"Question {number} of the bench?") for number in range(QUESTIONS)]
    return statistics.median(cost[0] for cost in costs), statistics.median(cost[1] for cost in costs)


def ask(page: Page, question: str) -> tuple[float, float]:
    """Milliseconds of the request, and until the words stand there; the answer is stopped afterwards."""
    page.get_by_label("Ask about this video").fill(question)
    start_s = time.monotonic()
    with page.expect_response("**/questions/") as asked:
        page.keyboard.press("Enter")
    asked.value.finished()
    request_ms = (time.monotonic() - start_s) * 1000
    page.locator(".turn:last-child .question-text", has_text=question).wait_for()
    shown_ms = (time.monotonic() - start_s) * 1000
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Send").wait_for()
    return request_ms, shown_ms


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
