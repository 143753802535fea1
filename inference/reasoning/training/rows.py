"""Rows of supervised training, as JSON lines of input_ids and labels."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from inference.reasoning.training.case import ReasoningCase
from inference.reasoning.training.int_pipeline import Outcome
from inference.reasoning.training.row_text import ANSWER_MARK, row_ids

Row = Mapping[str, Any]


def int_rows(tokenizer: Any, kept: Sequence[Outcome]) -> list[Row]:
    """Correct prefix and intervention; neither what came after nor an end."""
    return [row_ids(tokenizer, one.problem.prompt, one.steps, is_whole=False) for one in kept]


def reference_rows(tokenizer: Any, cases: Sequence[ReasoningCase]) -> list[Row]:
    """Whole references."""
    return [
        row_ids(tokenizer, case.problem.prompt, (*case.reference, f"{ANSWER_MARK} {case.answer}"), is_whole=True)
        for case in cases
    ]


def at_equal_tokens(rows: Sequence[Row], like: Sequence[Row], random: Random) -> list[Row]:
    """Drawn from `rows` until they hold as many tokens in the loss as `like`."""
    wanted = num_targets(like)
    found: list[Row] = []
    while rows and num_targets(found) < wanted:
        found.append(random.choice(rows))
    return found


def num_targets(rows: Sequence[Row]) -> int:
    """Tokens in the loss."""
    return sum(label >= 0 for row in rows for label in row["labels"])


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Whole or not at all."""
    staged = path.with_name(f".{path.name}.part")
    with staged.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(path)
