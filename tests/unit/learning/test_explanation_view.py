"""What an answer rests on is told by code; what a model wrote is text, and only what it cites becomes a moment."""

from typing import Any

from webapp.learning.presentation import basis_of, step_html

HOOK: Any = {"id": "a", "lane": "instrument", "label": "hook", "start_s": 3.0, "end_s": 8.0, "probability": 0.9}
CLAIM: Any = {"index": 0, "text": "A hook is seen [[t=3-8]].", "verdict": "supported", "facts": ["a"]}


def test_each_claim_stands_with_the_facts_behind_it() -> None:
    (one,) = basis_of({"facts": [HOOK], "claims": [CLAIM]})
    assert (one.text, one.verdict) == ("A hook is seen.", "Supported")
    assert "hook 0:03–0:08" in one.chips[0]


def test_a_claim_that_nothing_speaks_of_has_no_moments() -> None:
    (one,) = basis_of({"facts": [HOOK], "claims": [{**CLAIM, "verdict": "not_verified", "facts": []}]})
    assert (one.verdict, one.chips) == ("Not verified", ())


def test_keys_and_times_become_moments_and_all_else_is_escaped() -> None:
    cites = [{"key": "F1", "words": "hook", "start_s": 3.0, "end_s": 8.0}]
    html = step_html({"text": "F1 <script> [[t=4-5]] F7", "cites": cites})
    assert html.count('class="time-chip"') == 2
    assert "&lt;script&gt;" in html
    assert "F7" in html


def test_what_a_chip_says_is_not_said_again_after_it() -> None:
    cites = [{"key": "F1", "words": "hook", "start_s": 3.0, "end_s": 8.0}]
    assert step_html({"text": "F1 hook: 8 - 3 = 5 s", "cites": cites}).endswith("hook 0:03–0:08</button>: 8 - 3 = 5 s")
    assert step_html({"text": "F1 hooks it", "cites": cites}).endswith("</button> hooks it")
