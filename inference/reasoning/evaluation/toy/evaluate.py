"""The permanent experiment: what a model with a misconception learns from its first wrong step.

    python -m inference.evaluate int-toy [--seeds 3] [--short] [--json]

A model of 0.2 million parameters is trained from scratch and then taught by each arm; the last line of --json holds the
means over the seeds, the line before it every seed.
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean
from typing import Any

import torch

from inference.lab.arguments import CommandParser, count, new_folder, whole
from inference.lab.recipe import kept, recipe_key
from inference.reasoning.evaluation.toy.arms import SETS, ArmsRecipe, SeedResult, run_seed
from inference.reasoning.evaluation.toy.base import BaseRecipe, trained_base
from inference.reasoning.evaluation.toy.learning import ReinforcedRecipe

ARMS = ("base", "sft_reference", "rft", "int", "base+rl", "sft_reference+rl", "int+rl")
# What a result depends on beside its recipe.
TOY, TRAINING = Path(__file__).parent, Path(__file__).parents[2] / "training"
DEFAULT_CACHE = Path("var/reasoning/toy")
SHORT_BASE = BaseRecipe(num_steps=700, batch=64)
SHORT_ARMS = ArmsRecipe(
    num_hard=48,
    num_two_error=32,
    num_easy=40,
    num_examined=60,
    num_samples=2,
    reinforced=ReinforcedRecipe(num_steps=15),
)


def main(arguments: Sequence[str] | None = None) -> None:
    options = _arguments(arguments)
    torch.set_num_threads(1)
    base_recipe, recipe = (SHORT_BASE, SHORT_ARMS) if options.short else (BaseRecipe(), ArmsRecipe())
    results = [
        seed_result(base_recipe, recipe, seed, options.cache)
        for seed in range(options.first, options.first + options.seeds)
    ]
    if options.json:
        print(json.dumps({"seeds": [{"arms": one.arms, **one.facts} for one in results]}))
        print(json.dumps(summary(results)))
    else:
        print(table(results))


def seed_result(base_recipe: BaseRecipe, recipe: ArmsRecipe, seed: int, cache: Path) -> SeedResult:
    """Computed, or as it was computed before by the same code and recipe."""
    code = [*sorted(TOY.glob("*.py")), TRAINING / "int_pipeline.py", TRAINING / "problem.py"]
    key = recipe_key(asdict(base_recipe), asdict(recipe), seed, files=code)

    def compute(path: Path) -> None:
        started_s = time.process_time()
        found = run_seed(trained_base(base_recipe, cache), recipe, seed=seed)
        facts = {**found.facts, "cpu_s": round(time.process_time() - started_s, 1)}
        path.write_text(json.dumps({"arms": found.arms, "facts": facts}), encoding="utf-8")
        print(f"seed {seed}: {facts['cpu_s']} s of a processor", file=sys.stderr, flush=True)

    row = json.loads(kept(cache / f"seed-{key}.json", compute).read_text(encoding="utf-8"))
    return SeedResult(row["arms"], row["facts"])


def summary(results: Sequence[SeedResult]) -> dict[str, Any]:
    """Means over the seeds."""
    facts = [result.facts["counterfactual"] for result in results]
    return {
        "arms": {arm: _mean([result.arms[arm] for result in results]) for arm in ARMS},
        "counterfactual": _mean(facts),
    }


def table(results: Sequence[SeedResult]) -> str:
    """One row an arm: the mean, and every seed behind it."""
    lines = ["| arm | " + " | ".join(SETS) + " |", "|---|" + "---|" * len(SETS)]
    for arm in results[0].arms:
        cells = []
        for name in SETS:
            values = [result.arms[arm][name] for result in results]
            cells.append(f"**{fmean(values):.2f}** ({' / '.join(f'{value:.2f}' for value in values)})")
        lines.append(f"| {arm} | " + " | ".join(cells) + " |")
    for fact in ("counterfactual", "rows", "compute", "entropy", "nll_under_base", "idle_groups", "cpu_s"):
        lines.append(f"{fact}: " + json.dumps([result.facts[fact] for result in results]))
    return "\n".join(lines)


def _mean(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: fmean(row[name] for row in rows) for name in rows[0]}


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = CommandParser("evaluate int-toy", __doc__)
    parser.add_argument("--seeds", type=count, default=3, help="how many")
    parser.add_argument("--first", type=whole, default=0, help="the first of them")
    parser.add_argument("--short", action="store_true", help="less of everything, for a test")
    parser.add_argument(
        "--cache", type=new_folder, default=DEFAULT_CACHE, help="where the base and what each seed gave are kept"
    )
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)
