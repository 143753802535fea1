"""What a round rehearses: whole right chains of every kind of question, with their end, some as in service."""

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from inference.reasoning.training.case import ReasoningCase
from inference.reasoning.training.cases import cases
from inference.reasoning.training.grading import SheetGrader
from inference.reasoning.training.int_pipeline import Measured
from inference.reasoning.training.problem import Steps
from inference.reasoning.training.rehearsal import EXPLAINING_EVERY, Rehearsed, rehearsal_rows, rehearsed
from inference.reasoning.training.row_text import ANSWER_MARK
from inference.reasoning.training.stretches import simulated_stretches
from tests.unit.reasoning.tiny_model import write_tiny_model


@pytest.fixture(scope="module")
def drawn() -> list[ReasoningCase]:
    return cases(simulated_stretches(is_test=False, random=Random(1)), per_stratum=3, random=Random(1))


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from transformers import AutoTokenizer

    folder: Path = write_tiny_model(tmp_path_factory.mktemp("tiny"))
    return AutoTokenizer.from_pretrained(folder)


def whole(case: ReasoningCase) -> Steps:
    return (*case.reference, f"{ANSWER_MARK} {case.answer}")


def solved(case: ReasoningCase, *chains: Steps) -> Measured:
    return Measured(problem=case.problem, rollouts=chains, is_right=(True,) * len(chains))


def test_a_right_chain_with_a_wrong_step_or_by_luck_is_not_rehearsed(drawn: list[ReasoningCase]) -> None:
    case, other = drawn[0], drawn[1]
    false = ("F1: 9.0 - 3.0 = 1.0 s", whole(case)[-1])
    lucky = Measured(problem=other.problem, rollouts=(whole(other), false), is_right=(True, False))
    found = rehearsed([solved(case, whole(case), whole(case), false), lucky], SheetGrader(drawn), [])
    assert found == [Rehearsed(case.problem, whole(case))]


def test_what_the_model_was_warmed_up_by_is_rehearsed_too(drawn: list[ReasoningCase]) -> None:
    found = rehearsed([], SheetGrader(drawn), drawn[:2])
    assert [one.steps for one in found] == [whole(case) for case in drawn[:2]]


def test_every_kind_has_its_turn_and_ends_with_the_end_of_a_turn(drawn: list[ReasoningCase], tokenizer: Any) -> None:
    """One kind of which there is a single chain is rehearsed as often as one of which there are many."""
    length = [case for case in drawn if case.stratum == "length"][:1]
    level = [case for case in drawn if case.stratum == "level"]
    chains = rehearsed([], SheetGrader(drawn), [*level, *length])
    rows = rehearsal_rows(tokenizer, chains, count=6, random=Random(0))

    end = tokenizer.convert_tokens_to_ids("<|im_end|>")
    assert all(row["labels"][-1] == end for row in rows)
    texts = [tokenizer.decode(row["input_ids"]) for row in rows]
    assert sum("How long is" in text for text in texts) == 3
    assert max(Counter(texts).values()) <= 3
    assert sum("Explain this answer:" in text for text in texts) == 6 // EXPLAINING_EVERY


def test_with_nothing_to_rehearse_there_are_no_rows(tokenizer: Any) -> None:
    assert rehearsal_rows(tokenizer, [], count=4, random=Random(0)) == []
