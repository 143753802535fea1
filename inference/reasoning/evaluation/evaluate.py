"""The reasoning model's figures on sheets of surgeries and simulations that no arm was trained on.

    python -m inference.evaluate reasoning --out var/reasoning [--data DIR] [--samples N] [--general N] [--json]

Arms whose adapters are not there yet are left out; what was examined before is not examined again. The last line of
--json holds every figure. Strata are hard by the pass rates that the round measured on its training problems, not here.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from inference.lab.arguments import CommandParser, count, old_folder, whole
from inference.lab.command_line import DEFAULT_MODELS
from inference.lab.journal import Journal
from inference.lab.paired import interval, paired_difference
from inference.models.artifact import open_artifact
from inference.models.catalogue import base_model_named
from inference.reasoning.evaluation.arms import ARMS, ArmResult, Examiner, adapter_folder
from inference.reasoning.evaluation.general import general_items
from inference.reasoning.training.case import ReasoningCase
from inference.reasoning.training.round import DEFAULT_OUT, recipe_in, round_sets
from inference.reasoning.verifiers.words import abstains

MAX_HARD_PASS_RATE = 0.1


def main(arguments: Sequence[str] | None = None) -> None:
    options = _arguments(arguments)
    recipe = recipe_in(options.out)
    base = options.models / base_model_named(recipe.base).name
    open_artifact(base, kind="base")
    for name in options.arms:
        if not (adapter := adapter_folder(options.out, name)).is_dir():
            raise FileNotFoundError(2, "no adapter", str(adapter))
    cases = round_sets(options.data, recipe, per_test_stratum=options.per_stratum).test
    examiner = Examiner(
        cases,
        general_items(options.data, per_source=options.general),
        base=base,
        out=options.out,
        samples=options.samples,
    )
    journal = Journal(options.out / "examined.sqlite", recipe=recipe.key)
    results = []
    for name in options.arms or examiner.arms():
        results.append(examiner.examine(name, journal))
        print(f"{name} examined", file=sys.stderr, flush=True)
    figures = report(results, cases, hard=hard_strata(options.out))
    print(json.dumps(figures) if options.json else table(figures))


def hard_strata(out: Path) -> list[str]:
    """By the training problems' pass rates, which the round left; empty before it measured."""
    path = out / "measured.json"
    if not path.is_file():
        return []
    rates: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))
    return [name for name, rate in rates.items() if rate <= MAX_HARD_PASS_RATE]


def report(results: Sequence[ArmResult], cases: Sequence[ReasoningCase], *, hard: Sequence[str]) -> dict[str, Any]:
    strata = list(dict.fromkeys(case.stratum for case in cases))
    missing = [case for case in cases if case.stratum == "missing" and abstains(case.gold.value)]
    figures: dict[str, Any] = {
        "num_sheets": len(cases),
        "num_groups": len({case.group for case in cases}),
        "by_source": {
            source: sum(case.source == source for case in cases) for source in sorted({c.source for c in cases})
        },
        "hard_strata": list(hard),
        "arms": {},
        "differences": {},
    }
    some_hard = [case for case in cases if case.stratum in hard]
    some_easy = [case for case in cases if case.stratum not in hard]
    for one in results:
        figures["arms"][one.name] = {
            "all": _of(one.right, cases),
            **{stratum: _of(one.right, [c for c in cases if c.stratum == stratum]) for stratum in strata},
            "hard": _of(one.right, some_hard),
            "easy": _of(one.right, some_easy),
            "parsed": _of(one.parsed, cases),
            "citations_valid": _of(one.cited, cases),
            "abstains_where_missing": _of(one.abstained, missing),
            "gsm8k": _general(one, "gsm8k"),
            "medmcqa": _general(one, "medmcqa"),
        }
    base = next((one for one in results if one.name == "base"), None)
    for one in results:
        if base is not None and one is not base:
            figures["differences"][f"{one.name} - base"] = {
                name: paired_difference(_grouped(one.right, some), _grouped(base.right, some)).row()
                for name, some in (("all", cases), ("hard", some_hard), ("easy", some_easy))
                if some
            }
    figures["majority"] = {stratum: _majority([c for c in cases if c.stratum == stratum]) for stratum in strata}
    return figures


def table(figures: Mapping[str, Any]) -> str:
    names = list(figures["arms"])
    rows = list(next(iter(figures["arms"].values()), {}))
    lines = [f"{figures['num_sheets']} sheets of {figures['num_groups']} surgeries and simulations"]
    lines += ["| | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for row in rows:
        cells = [figures["arms"][name][row] for name in names]
        lines.append(f"| {row} | " + " | ".join(map(_cell, cells)) + " |")
    lines += [f"{name}: {json.dumps(value)}" for name, value in figures["differences"].items()]
    return "\n".join([*lines, f"always the commonest answer: {json.dumps(figures['majority'])}"])


def _cell(figure: Sequence[float] | None) -> str:
    return "-" if figure is None else f"{figure[0]:.2f} ({figure[1]:.2f}-{figure[2]:.2f})"


def _of(values: Mapping[str, Sequence[float]], cases: Sequence[ReasoningCase]) -> list[float] | None:
    """Mean and its interval; None without cases."""
    return interval(_grouped(values, cases)).row() if cases else None


def _grouped(values: Mapping[str, Sequence[float]], cases: Sequence[ReasoningCase]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for case in cases:
        found.setdefault(case.group, []).extend(values[case.id])
    return found


def _general(one: ArmResult, source: str) -> list[float] | None:
    own = {key: some for key, some in one.general.items() if key.startswith(source)}
    return interval(own).row() if own else None


def _majority(cases: Sequence[ReasoningCase]) -> float:
    """What always saying the commonest answer would get."""
    answers = [case.answer for case in cases]
    return max(map(answers.count, answers)) / len(answers)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = CommandParser("evaluate reasoning", __doc__)
    parser.add_argument("--data", type=old_folder, default=Path("../shared/data"))
    parser.add_argument("--models", type=old_folder, default=DEFAULT_MODELS)
    parser.add_argument("--out", type=old_folder, default=DEFAULT_OUT)
    parser.add_argument("--per-stratum", type=count, default=14, help="held-out sheets of each of the eight strata")
    parser.add_argument("--samples", type=count, default=1)
    parser.add_argument("--general", type=whole, default=24, help="items of GSM8K and of MedMCQA")
    parser.add_argument("--arms", nargs="+", choices=tuple(ARMS), default=[])
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)
