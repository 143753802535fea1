"""The figures of a round: by sheets that are hard for the base, paired, and kept for who has no round of his own."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from inference.reasoning.evaluation.arms import ArmResult
from inference.reasoning.evaluation.evaluate import KEPT, main, report, table
from inference.reasoning.training.case import ReasoningCase
from inference.reasoning.training.cases import cases
from inference.reasoning.training.stretches import simulated_stretches


@pytest.fixture(scope="module")
def sheets() -> list[ReasoningCase]:
    return cases(simulated_stretches(is_test=True, random=Random(1)), per_stratum=1, random=Random(1))


def arm(name: str, sheets: list[ReasoningCase], right: Callable[[ReasoningCase], float]) -> ArmResult:
    values = {case.id: [right(case)] for case in sheets}
    general = {"gsm8k-0": [1.0], "gsm8k-1": [0.0], "medmcqa-0": [1.0]}
    return ArmResult(
        name=name,
        right=values,
        existing=values,
        cited=values,
        abstained=values,
        parsed=values,
        general=general,
        chains={},
    )


def test_what_is_gained_on_hard_sheets_and_lost_on_easy_ones_is_told_apart(sheets: list[ReasoningCase]) -> None:
    hard = {case.id for case in sheets[:3]}
    base = arm("base", sheets, lambda case: float(case.id not in hard))
    trained = arm("int", sheets, lambda case: float(case.id != sheets[-1].id))
    figures = report([base, trained], sheets, hard=hard)

    assert figures["num_hard"] == 3
    assert figures["arms"]["base"]["hard"][0] == 0.0
    assert figures["differences"]["int - base"]["hard"][0] == 1.0
    assert figures["differences"]["int - base"]["easy"][0] == pytest.approx(-1 / 5)
    assert figures["differences"]["int - base"]["gsm8k"] == [0.0, 0.0, 0.0]
    assert figures["arms"]["base"]["gsm8k"][0] == 0.5
    printed = table(figures)
    assert "| int - base |" in printed
    assert "3 of them hard" in printed


def test_without_a_round_of_its_own_the_figures_that_were_kept_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--out", str(tmp_path), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads(KEPT.read_text(encoding="utf-8"))
    assert told["num_sheets"] >= 100
    assert {"base", "int", "sft_reference"} <= set(told["arms"])
    main(["--out", str(tmp_path)])
    assert "| base |" in capsys.readouterr().out.replace("| | untouched", "| |")


def test_the_folders_that_a_round_is_judged_with_by_default_need_not_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    main(["--json"])
    assert json.loads(capsys.readouterr().out) == json.loads(KEPT.read_text(encoding="utf-8"))
