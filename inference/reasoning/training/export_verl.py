"""Cases of a round for verl, which trains on many GPUs: prompts as parquet, the reward as a module.

    python -m inference.train reasoning-export --rows var/reasoning/rl_int.jsonl --out cases.parquet

verl lives in an environment of its own (its pins are not ours); it reads the columns data_source, prompt, ability,
reward_model and extra_info, and calls verl_reward.compute_score.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inference.datasets.rows import each, json_lines
from inference.lab.arguments import CommandParser, new_file, old_file
from inference.reasoning.prompts import messages
from inference.reasoning.training.case import ReasoningCase, case_of

DATA_SOURCE, ABILITY = "debrief/sheets", "reasoning"


def main(arguments: Sequence[str] | None = None) -> None:
    options = _arguments(arguments)
    count = write_parquet(each(json_lines(options.rows), lambda row, _: case_of(row)), options.out)
    print(f"{count} cases in {options.out.name}")


def write_parquet(cases: Sequence[ReasoningCase], path: Path) -> int:
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([verl_row(case) for case in cases]), path)
    return len(cases)


def verl_row(case: ReasoningCase) -> dict[str, Any]:
    chat = messages(case.sheet.text, case.question)
    asked = "\n".join(message.text for message in chat if message.role == "user")
    return {
        "data_source": DATA_SOURCE,
        "prompt": [{"role": "system", "content": chat[0].text}, {"role": "user", "content": asked}],
        "ability": ABILITY,
        "reward_model": {"style": "rule", "ground_truth": case.answer},
        "extra_info": {"index": case.id, "split": "train", "case": json.dumps(case.row())},
    }


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = CommandParser("train reasoning-export", __doc__)
    parser.add_argument("--rows", type=old_file, required=True)
    parser.add_argument("--out", type=new_file, required=True)
    return parser.parse_args(arguments)
