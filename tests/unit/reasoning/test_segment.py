"""A model's text as steps and one answer, or the reason why it is none."""

import json

import pytest

from inference.reasoning.segment import parse_chain, written


def test_numbered_lines_and_json_give_the_same_chain() -> None:
    lines = parse_chain("1. F1 lasts 5.0 s\n2. 5.0 + 3.5 = 8.5\nAnswer: 8.5 s\n")
    as_json = parse_chain(
        json.dumps({"steps": [{"text": "F1 lasts 5.0 s"}, {"text": "5.0 + 3.5 = 8.5"}], "answer": {"value": "8.5 s"}})
    )
    assert lines == as_json
    assert (lines.steps, lines.answer) == (("F1 lasts 5.0 s", "5.0 + 3.5 = 8.5"), "8.5 s")


def test_a_written_chain_is_read_back() -> None:
    steps = ("F1 lasts 5.0 s", "so it is 5.0")
    assert parse_chain(written(steps, "5.0 s")).steps == steps


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1. F1 lasts 5.0 s", "no answer"),
        ("Answer: 5 s", "without a step"),
        ("1. a\nAnswer: 5 s\nAnswer: 6 s", "more than one"),
        ("1. a\nAnswer: 5 s\nbut who knows", "follows"),
        ("1. a\nAnswer:", "no answer"),
        ("", "no answer"),
        ('{"steps": 3, "answer": "x"}', "cannot be read"),
        ('{"steps": [], "answer": "x"}', "without a step"),
        ("\n".join(["a"] * 60) + "\nAnswer: 1", "too many"),
    ],
)
def test_what_is_no_chain_says_why(text: str, problem: str) -> None:
    chain = parse_chain(text)
    assert problem in chain.problem
    assert not chain.answer
