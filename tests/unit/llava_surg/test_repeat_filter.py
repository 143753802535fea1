"""A sentence said twice is shown once, and nothing else is lost or delayed."""

import pytest

from inference.llava_surg.answering.repeat_filter import RepeatFilter

ONCE = "A grasper is visible [[t=0-10]]. Retracting is seen [[t=0-10]]."
TWICE = "A grasper is visible [[t=0-10]]. A grasper is visible [[t=0-10]]. Retracting is seen [[t=0-10]]."


def shown(text: str, *, size: int) -> str:
    repeats = RepeatFilter()
    parts = [repeats.push(text[start : start + size]) for start in range(0, len(text), size)]
    return "".join([*parts, repeats.flush()])


@pytest.mark.parametrize("size", [1, 3, 200])
def test_a_repeated_sentence_is_left_out_however_the_text_is_cut(size: int) -> None:
    assert shown(TWICE, size=size) == ONCE
    assert shown(f"{ONCE} {ONCE}", size=size) == ONCE


@pytest.mark.parametrize(
    "text",
    [
        ONCE,
        "A hook is visible [[t=3.5-8]]. A hook is visible [[t=9-12]].",
        "Yes. No",
        "One line.\n\n- a point\n- a point",
        "No end in sight",
    ],
)
def test_text_that_repeats_no_sentence_stays_as_it_is(text: str) -> None:
    assert shown(text, size=2) == text


def test_a_new_sentence_is_not_held_back() -> None:
    repeats = RepeatFilter()

    assert repeats.push("A grasper ") == "A grasper "
    assert repeats.push("is visible. A hook") == "is visible. A hook"
    assert repeats.push(". A gra") == "."
    assert repeats.push("y cloth") == " A gray cloth"
