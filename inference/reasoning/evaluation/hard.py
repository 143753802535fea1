"""Which strata are hard: by what the base got right of the training problems, never of those that examine."""

import json
from pathlib import Path

MAX_HARD_PASS_RATE = 0.1


def hard_strata(out: Path) -> list[str]:
    """By the training problems' pass rates, which the round left; empty before it measured."""
    path = out / "measured.json"
    if not path.is_file():
        return []
    rates: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))
    return [name for name, rate in rates.items() if rate <= MAX_HARD_PASS_RATE]
