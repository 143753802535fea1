"""Rows of supervised training, as JSON lines of input_ids and labels."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from inference.reasoning.training.case import ReasoningCase
from inference.reasoning.training.int_pipeline import Measured, Outcome
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


def rehearsal_rows(tokenizer: Any, measured: Sequence[Measured]) -> list[Row]:
    """What the model does right by itself, once a problem: without it a round forgets what was easy."""
    return [
        row_ids(tokenizer, one.problem.prompt, one.passed[0], is_whole=True) for one in measured if one.pass_rate > 0.5
    ]


def mixed(rows: Sequence[Row], rehearsal: Sequence[Row], random: Random) -> list[Row]:
    """Half of each, as far as there are any, in a drawn order."""
    some = random.choices(rehearsal, k=len(rows)) if rehearsal else []
    return random.sample([*rows, *some], len(rows) + len(some))


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
