"""The reasoning model's figures on sheets of surgeries and simulations that no arm was trained on.

    python -m inference.evaluate reasoning [--out var/reasoning] [--data DIR] [--samples N] [--general N] [--json]

Arms whose adapters are not there yet are left out; what was examined before is not examined again. Where --out holds
no round, the figures of the round that Debrief was made with are printed as they were kept. The last line of --json
holds every figure.

With --explain arms also explain answers that are given, as in service: the right ones of the sheets (short), what is
said of a timeline (timeline) and items of a skill report (report).

hard: sheets that the warmed-up base solves in at most a tenth of --picks samples, of which no figure is made; easy:
the others.
"""

import argparse
import json
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from inference.lab.arguments import CommandParser, count, old_folder, whole
from inference.lab.command_line import DEFAULT_MODELS
from inference.lab.journal import Journal
from inference.lab.paired import interval, paired_difference
from inference.models.artifact import open_artifact
from inference.models.catalogue import base_model_named
from inference.reasoning.evaluation.arms import ARMS, ArmResult, Examiner, Explained, adapter_folder
from inference.reasoning.evaluation.general import general_items
from inference.reasoning.evaluation.hard import MAX_HARD_PASS_RATE
from inference.reasoning.training.case import ReasoningCase
from inference.reasoning.training.case_sets import turns, validation_cases
from inference.reasoning.training.given_answer import GivenAnswer
from inference.reasoning.training.given_answers import KINDS, service_answers, short_answers
from inference.reasoning.training.progress_file import PROGRESS
from inference.reasoning.training.round import DEFAULT_OUT, RECIPE, RoundRecipe, recipe_in, round_sets
from inference.reasoning.verifiers.words import abstains

GENERAL = ("gsm8k", "medmcqa")
KEPT = Path(__file__).with_name("kept_round.json")
# Differences that are reported, one arm less the other.
PAIRS = (
    ("base", "untouched"),
    ("int", "base"),
    ("sft_reference", "base"),
    ("int", "sft_reference"),
    ("base+rl", "base"),
    ("int+rl", "base"),
    ("int+rl", "int"),
    ("int+rl", "base+rl"),
    ("service", "base"),
    ("service", "int+rl"),
)


def main(arguments: Sequence[str] | None = None) -> None:
    options = _arguments(arguments)
    if (options.out / RECIPE).is_file():
        figures = _examined(options)
    elif KEPT.is_file():
        print(f"{options.out} holds no round: these figures were kept", file=sys.stderr)
        figures = json.loads(KEPT.read_text(encoding="utf-8"))
    else:
        sys.exit(f"{options.out} holds no round, and no figures were kept")
    print(json.dumps(figures) if options.json else table(figures))


def _examined(options: argparse.Namespace) -> dict[str, Any]:
    recipe = recipe_in(options.out)
    base = options.models / base_model_named(recipe.base).name
    open_artifact(base, kind="base")
    for name in options.arms:
        if ARMS[name] and not (adapter := adapter_folder(options.out, name)).is_dir():
            raise FileNotFoundError(2, "no adapter", str(adapter))
    cases = _sheets(options, recipe)
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
    rates = examiner.pass_rates("base", journal, num_samples=options.picks)
    hard = {name for name, rate in rates.items() if rate <= MAX_HARD_PASS_RATE}
    sizes = {"samples": options.samples, "picks": options.picks, "general": options.general}
    given = [*short_answers(cases), *_service_answers(options)]
    explained = {name: examiner.explanations(name, journal, given) for name in options.explain}
    figures = report(results, cases, hard=hard)
    return {**figures, **sizes, **explained_figures(explained, given), "round": round_facts(options.out)}


def _sheets(options: argparse.Namespace, recipe: RoundRecipe) -> list[ReasoningCase]:
    sets = round_sets(options.data, recipe, per_test_stratum=options.per_stratum)
    if not options.validation:
        return sets.test
    return validation_cases(options.data, sets, per_stratum=options.per_stratum, seed=recipe.seed)


def _service_answers(options: argparse.Namespace) -> list[GivenAnswer]:
    random = Random(f"service {options.validation}")
    stretches = turns(options.data, is_test=not options.validation, random=random)
    return service_answers(stretches, per_kind=options.per_kind, random=random) if options.explain else []


def explained_figures(explained: Mapping[str, Explained], given: Sequence[GivenAnswer]) -> dict[str, Any]:
    """By arm, kind and measure; and each arm less the first that is named, paired."""
    of_kind = {kind: [one.case for one in given if one.kind == kind] for kind in KINDS}
    names = list(explained)
    return {
        "explanations": {
            name: {
                kind: {measure: _of(values, of_kind[kind]) for measure, values in some.items()}  # type: ignore[index]
                for kind, some in by_kind.items()
            }
            for name, by_kind in explained.items()
        },
        "explanation_differences": {
            f"{name} - {names[0]}": {
                kind: {
                    measure: paired_difference(
                        _grouped(values, of_kind[kind]),  # type: ignore[index]
                        _grouped(explained[names[0]][kind][measure], of_kind[kind]),  # type: ignore[index]
                    ).row()
                    for measure, values in some.items()
                }
                for kind, some in explained[name].items()
            }
            for name in names[1:]
        },
    }


def round_facts(out: Path) -> dict[str, Any]:
    """What the round itself left: pass rates of its training problems, InT's counts, seconds and tokens by stage."""
    names = {"recipe": RECIPE, "measured": "measured.json", "int": "int.json", "cost": PROGRESS}
    paths = {name: out / file for name, file in names.items()}
    return {name: json.loads(path.read_text(encoding="utf-8")) for name, path in paths.items() if path.is_file()}


def report(results: Sequence[ArmResult], cases: Sequence[ReasoningCase], *, hard: Collection[str]) -> dict[str, Any]:
    strata = list(dict.fromkeys(case.stratum for case in cases))
    missing = [case for case in cases if case.stratum == "missing" and abstains(case.gold.value)]
    figures: dict[str, Any] = {
        "num_sheets": len(cases),
        "num_groups": len({case.group for case in cases}),
        "by_source": {
            source: sum(case.source == source for case in cases) for source in sorted({c.source for c in cases})
        },
        "num_hard": sum(case.id in hard for case in cases),
        "num_missing": len(missing),
        "explanations": {},
        "arms": {},
        "differences": {},
    }
    some_hard = [case for case in cases if case.id in hard]
    some_easy = [case for case in cases if case.id not in hard]
    sources = sorted({case.source for case in cases})
    for one in results:
        figures["arms"][one.name] = {
            "all": _of(one.right, cases),
            **{stratum: _of(one.right, [c for c in cases if c.stratum == stratum]) for stratum in strata},
            **{source: _of(one.right, [c for c in cases if c.source == source]) for source in sources},
            "hard": _of(one.right, some_hard),
            "easy": _of(one.right, some_easy),
            "parsed": _of(one.parsed, cases),
            "cites_what_exists": _of(one.existing, cases) if one.existing else None,
            "citations_valid": _of(one.cited, cases),
            "abstains_where_missing": _of(one.abstained, missing),
            **{source: _general(one, source) for source in GENERAL},
        }
    by_name = {one.name: one for one in results}
    for name, other in PAIRS:
        if name in by_name and other in by_name:
            figures["differences"][f"{name} - {other}"] = _difference(
                by_name[name], by_name[other], {"all": cases, "hard": some_hard, "easy": some_easy}
            )
    figures["majority"] = {stratum: _majority([c for c in cases if c.stratum == stratum]) for stratum in strata}
    return figures


def _difference(
    one: ArmResult, other: ArmResult, some: Mapping[str, Sequence[ReasoningCase]]
) -> dict[str, list[float]]:
    """Paired, by what is compared: right answers on some of the sheets, and general ability."""
    found = {
        name: paired_difference(_grouped(one.right, of), _grouped(other.right, of)).row()
        for name, of in some.items()
        if of
    }
    for source in GENERAL:
        mine, theirs = _of_source(one, source), _of_source(other, source)
        if mine:
            found[source] = paired_difference(mine, theirs).row()
    return found


def table(figures: Mapping[str, Any]) -> str:
    names = list(figures["arms"])
    rows = list(next(iter(figures["arms"].values()), {}))
    lines = [
        f"{figures['num_sheets']} sheets of {figures['num_groups']} surgeries and simulations, "
        f"{figures['num_hard']} of them hard; 95% intervals over groups"
    ]
    lines += ["| | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for row in rows:
        cells = [figures["arms"][name][row] for name in names]
        lines.append(f"| {row} | " + " | ".join(map(_cell, cells)) + " |")
    lines += _difference_lines(figures["differences"])
    lines += _explanation_lines(figures)
    lines += [f"{name}: {json.dumps(value)}" for name, value in figures.get("round", {}).items()]
    lines.append(f"always the commonest answer: {json.dumps(figures['majority'])}")
    # With fewer arms, and more measured of how given answers are explained.
    if later := figures.get("later"):
        lines += ["the later round, of the adapter in the repository:", table(later)]
    return "\n".join(lines)


def _explanation_lines(figures: Mapping[str, Any]) -> list[str]:
    """An arm and kind a row; what was kept before kinds were told apart has measures alone."""
    both = {**figures["explanations"], **figures.get("explanation_differences", {})}
    rows = [(name, kind, some) for name, kinds in both.items() for kind, some in kinds.items()]
    measures = list(dict.fromkeys(measure for _, _, some in rows for measure in some))
    lines = ["| explaining an answer | kind | " + " | ".join(measures) + " |", "|---|---|" + "---|" * len(measures)]
    lines += [
        f"| {name} | {kind} | " + " | ".join(_cell(some.get(measure)) for measure in measures) + " |"
        for name, kind, some in rows
    ]
    return lines if rows else []


def _difference_lines(differences: Mapping[str, Mapping[str, Sequence[float]]]) -> list[str]:
    columns = list(dict.fromkeys(name for row in differences.values() for name in row))
    lines = ["| difference, paired | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    return lines + [
        f"| {pair} | " + " | ".join(_cell(row.get(name)) for name in columns) + " |"
        for pair, row in differences.items()
    ]


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
    own = _of_source(one, source)
    return interval(own).row() if own else None


def _of_source(one: ArmResult, source: str) -> dict[str, list[float]]:
    return {key: some for key, some in one.general.items() if key.startswith(source)}


def _majority(cases: Sequence[ReasoningCase]) -> float:
    """What always saying the commonest answer would get."""
    answers = [case.answer for case in cases]
    return max(map(answers.count, answers)) / len(answers)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = CommandParser("evaluate reasoning", __doc__)
    parser.add_argument("--data", type=old_folder, default=Path("../shared/data"))
    parser.add_argument("--models", type=old_folder, default=DEFAULT_MODELS)
    parser.add_argument("--out", type=old_folder, default=DEFAULT_OUT, help="the folder of a round")
    parser.add_argument("--per-stratum", type=count, default=13, help="held-out sheets of each of the eight strata")
    parser.add_argument("--samples", type=count, default=2)
    parser.add_argument("--picks", type=count, default=4, help="samples by which hard sheets are told")
    parser.add_argument("--general", type=whole, default=24, help="items of GSM8K and of MedMCQA")
    parser.add_argument("--arms", nargs="+", choices=tuple(ARMS), default=[])
    parser.add_argument(
        "--explain",
        nargs="+",
        choices=tuple(ARMS),
        default=[],
        help="arms that also explain given answers; differences are against the first of them",
    )
    parser.add_argument(
        "--per-kind",
        type=count,
        default=5,
        help="given answers of each of five questions to a timeline and to a report",
    )
    parser.add_argument(
        "--validation", action="store_true", help="other sheets of what trains, to choose by, instead of held-out ones"
    )
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)
