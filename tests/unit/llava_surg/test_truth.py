"""What the truth evaluation counts: an assertion where none may be made, a decline, the language, the asked seconds."""

from dataclasses import replace
from pathlib import Path

import pytest

from inference.errors import InputInvalid
from inference.llava_surg.evaluation.truth.dialogues import Dialogue, read_dialogues
from inference.llava_surg.evaluation.truth.evaluate import summary, table
from inference.llava_surg.evaluation.truth.replies import Reply, rates

SWAB = Dialogue(id="1", category="unwatched", turns=("Is a swab left?",), expect="abstain", about=("swab",))
REFUSAL = Reply(
    dialogue=SWAB,
    video="a.mp4",
    text="Not enough evidence: nothing here looks for “swab left”.",
    verdicts=(),
    is_insufficient=True,
    citations=(),
    duration_s=10.0,
    first_word_s=0.1,
    last_word_s=0.2,
)


def test_a_refusal_that_names_what_was_asked_is_no_assertion() -> None:
    assert rates([REFUSAL]) == {"empty_or_nonsense": 0.0, "asserted": 0.0, "on_topic": 1.0}


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "No, no swab is seen.", "is_insufficient": False},
        {"text": "No, nothing.", "is_insufficient": True},
        {"verdicts": ("not_verified",)},
    ],
)
def test_a_yes_a_no_or_a_claim_is_an_assertion(changes: dict[str, object]) -> None:
    assert rates([replace(REFUSAL, **changes)])["asserted"] == 1.0


@pytest.mark.parametrize("text", ["", "...", "<|im_end|>", "A hook is seen. A hook is seen.", "[[t="])
def test_nothing_repeated_or_raw_is_nonsense(text: str) -> None:
    assert rates([replace(REFUSAL, text=text)])["empty_or_nonsense"] == 1.0


def test_citations_outside_the_asked_seconds_are_counted_and_a_window_behind_the_end_is_not() -> None:
    asked = replace(SWAB, category="window", expect="answer_or_abstain", about=(), cites_within_s=(2.0, 5.0))
    inside = replace(REFUSAL, dialogue=asked, citations=((2.0, 4.0),))
    outside = replace(inside, citations=((0.0, 4.0),))
    behind = replace(inside, dialogue=replace(asked, cites_within_s=(50.0, 60.0)))
    assert rates([inside, outside, behind])["cites_inside"] == 0.5


def test_declining_takes_a_sentence_or_two_and_claims_nothing() -> None:
    asked = replace(SWAB, category="off_topic", expect="decline", about=())
    poem = replace(REFUSAL, dialogue=asked, text="The sea is wide. It is blue. It is deep. It sings.")
    assert rates([replace(REFUSAL, dialogue=asked), poem])["declined"] == 0.5


def test_the_summary_has_a_row_a_category_and_the_seconds() -> None:
    report = summary([REFUSAL])
    assert report["categories"]["unwatched"]["n"] == 1
    assert (report["first_word_s"], report["last_word_s"]) == (0.1, 0.2)
    assert "unwatched | 1 | 0.000" in table(report)


def test_without_a_video_that_can_be_read_there_is_a_sentence_and_no_table() -> None:
    with pytest.raises(InputInvalid, match="none of the videos can be read"):
        summary([])


def test_a_line_that_is_no_dialogue_is_told_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"id": "1", "category": "c", "turns": ["q"], "expect": "abstain"}\n{"id": 2}\n')
    with pytest.raises(InputInvalid, match="line 2"):
        read_dialogues(path)
