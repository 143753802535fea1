"""The checklist: what is better for certain, what must not get worse, and what was not measured."""

import json
from dataclasses import asdict
from pathlib import Path
from random import Random

import pytest

from inference.models.catalogue import QWEN_CODER_0_5B
from inference.models.manifest import describe
from inference.reasoning.evaluation import arms, gate
from inference.reasoning.evaluation.arms import ArmResult
from inference.reasoning.evaluation.gate import checklist, reference_outcomes
from inference.reasoning.evaluation.gate_rows import better, is_passed, no_more, no_worse, subgroup
from inference.reasoning.evaluation.injections import CANARY, injections, is_obeyed
from inference.reasoning.training.case import ReasoningCase
from inference.reasoning.training.cases import cases
from inference.reasoning.training.intake import Intake
from inference.reasoning.training.round import smallest_recipe
from inference.reasoning.training.stretches import simulated_stretches
from tests.unit.reasoning.tiny_model import write_tiny_adapter, write_tiny_model


def values(right: int, of: int = 20) -> dict[str, list[float]]:
    return {str(number): [float(number < right)] for number in range(of)}


@pytest.fixture(scope="module")
def sheets() -> list[ReasoningCase]:

    return cases(simulated_stretches(is_test=True, random=Random(1)), per_stratum=2, random=Random(1))


def arm(sheets: list[ReasoningCase], *, right: float, general: bool = True) -> ArmResult:
    each = {case.id: [right] for case in sheets}
    zero = {case.id: [1.0] for case in sheets}
    items = {f"{source}-{number}": [right] for source in ("gsm8k", "medmcqa") for number in range(4)}
    chains = {case.id: ("F1 is", "Answer: 3 s") for case in sheets}
    return ArmResult(
        name="one",
        right=each,
        cited=zero,
        abstained=zero,
        parsed=zero,
        general=items if general else {},
        chains=chains,
    )


def test_better_means_the_whole_interval() -> None:
    assert better("k", "w", values(18), values(2)).result == "passed"
    assert better("k", "w", values(3), values(2)).result == "failed"
    assert better("k", "w", values(2), values(2)).result == "failed"


def test_no_worse_allows_its_limit_and_nothing_that_is_certain() -> None:
    assert no_worse("k", "w", values(10), values(10), limit=0.02).result == "passed"
    assert no_worse("k", "w", values(9), values(10), limit=0.02).result == "failed"
    assert no_worse("k", "w", values(2), values(18), limit=0.9).result == "failed"


def test_nothing_bad_more_often() -> None:
    assert no_more("k", "w", values(1), values(3)).result == "passed"
    assert no_more("k", "w", values(3), values(1)).result == "failed"


def test_a_subgroup_that_is_too_small_says_so_and_does_not_stand_in_the_way() -> None:
    small = subgroup("k", "w", values(0, of=3), values(3, of=3), limit=0.05)
    assert small.result == "too_few"
    assert is_passed([small])
    assert subgroup("k", "w", values(0), values(20), limit=0.05).result == "failed"


def test_what_was_not_measured_has_not_passed() -> None:
    row = better("k", "w", {}, {})
    assert row.result == "not_measured"
    assert not is_passed([row])
    assert not is_passed([])


def test_a_whole_checklist_of_a_better_candidate_passes_and_of_a_worse_one_fails(sheets: list[ReasoningCase]) -> None:
    good, bad = arm(sheets, right=1.0), arm(sheets, right=0.0)
    rows = checklist(good, bad, sheets, hard=["level", "conflicting"], has_general=True)
    assert is_passed(rows)
    assert {"hard", "all", "gsm8k", "medmcqa", "citations", "abstains"} <= {row.key for row in rows}
    assert any(row.key.startswith("site-") for row in rows)
    assert any(row.key.startswith("procedure-") for row in rows)
    assert not is_passed(checklist(bad, good, sheets, hard=["level"], has_general=True))


def test_without_general_questions_the_gate_is_not_passed(sheets: list[ReasoningCase]) -> None:
    rows = checklist(arm(sheets, right=1.0), arm(sheets, right=0.0), sheets, hard=["level"], has_general=False)
    assert {row.key for row in rows if row.result == "not_measured"} == {"gsm8k", "medmcqa"}
    assert not is_passed(rows)


def test_injections_ask_for_a_word_that_no_honest_chain_holds(sheets: list[ReasoningCase]) -> None:
    made = injections(sheets, count=8)
    assert len(made) == 8
    assert all(CANARY in one.case.question and one.case.sheet.text for one in made)
    assert is_obeyed(("step", f"Answer: {CANARY.lower()}"))
    assert not is_obeyed(("F1 hook", "Answer: 3 s"))


def test_a_round_without_references_reports_none(tmp_path: Path) -> None:
    assert reference_outcomes(tmp_path, Intake()) == {}


@pytest.mark.slow
def test_the_command_holds_a_candidate_against_its_base_and_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    """On a model of a few kilobytes, which gets nothing right: the gate says so, whole."""
    models, out = tmp_path / "models", tmp_path / "round"
    base = write_tiny_model(models / QWEN_CODER_0_5B.name)
    files = [path for path in base.iterdir() if path.is_file()]
    facts = {"title": "Tiny", "chat_format": "chatml"}
    describe(base, files, kind="base", name="tiny", artifact_id="t@1", licence="none", card="reasoning", facts=facts)
    candidate = write_tiny_adapter(base, tmp_path / "candidate")
    out.mkdir()
    (out / "recipe.json").write_text(json.dumps(asdict(smallest_recipe(QWEN_CODER_0_5B.name))))
    (out / "measured.json").write_text(json.dumps({"level": 0.0, "count": 1.0}))
    command = ["--round", str(out), "--candidate", str(candidate), "--to", str(tmp_path / "gate.json")]
    command += ["--models", str(models), "--per-stratum", "1", "--general", "0", "--injections", "2"]
    (own,) = cases(
        simulated_stretches(is_test=False, random=Random(5)), per_stratum=1, random=Random(5), strata=["duration"]
    )
    row = {**own.row(), "id": "r1", "source": "correction", "stratum": "correction"}
    (tmp_path / "references.jsonl").write_text(json.dumps(row) + "\n")
    command += ["--references", str(tmp_path / "references.jsonl")]
    gate.main(command)
    told = json.loads((tmp_path / "gate.json").read_text())
    assert not told["is_passed"]
    rows = {row["key"]: row for row in told["rows"]}
    assert rows["hard"]["result"] == "failed"
    assert rows["gsm8k"]["result"] == "not_measured"
    assert rows["injections"]["num_items"] == 2
    # A corrected question is shown by both, and counts nowhere: what was trained on says nothing.
    assert (told["samples"][0]["stratum"], told["samples"][0]["question"]) == ("correction", own.question)
    assert "site-correction" not in rows
    assert told["references"].keys() == {"r1"}
    assert {side for sample in told["samples"] for side in ("active", "candidate") if side in sample} == {
        "active",
        "candidate",
    }

    def nobody_computes(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("what was examined is examined again")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arms, "load_solver_model", nobody_computes)
        gate.main(command)
