"""The permanent experiment in short: InT against the other arms, from scratch."""

from pathlib import Path
from random import Random

import pytest
import torch

from inference.reasoning.evaluation.toy.arms import problems_of
from inference.reasoning.evaluation.toy.evaluate import SHORT_ARMS, SHORT_BASE, seed_result, summary
from inference.reasoning.evaluation.toy.network import Network
from inference.reasoning.evaluation.toy.rubric import Case, cases, declared, need_of, right_chain
from inference.reasoning.evaluation.toy.solver import ToyGrader, problem_of
from inference.reasoning.evaluation.toy.words import encode, steps_of

ARMS = {"base", "sft_reference", "rft", "int", "base+rl", "sft_reference+rl", "int+rl"}


def test_the_rubric_adjusts_and_caps() -> None:
    plain = right_chain(Case((0, 0, 0, 0), 0))
    assert (plain.sums[2], plain.level) == (20, "EXP")
    both = right_chain(Case((0, 0, 0, 4), 3))
    assert (both.tissue, both.is_capped, both.sums[2], both.level) == (2, True, 17, "INT")
    assert need_of(Case((0, 0, 0, 4), 3)) == "both"
    assert need_of(Case((0, 0, 0, 2), 3)) == "adjustment"
    assert need_of(Case((0, 0, 0, 6), 1)) == "cap"
    assert need_of(Case((0, 0, 0, 2), 1)) == "neither"
    assert [need_of(case) for case in cases(Random(1), "hard", 4)] == ["adjustment", "cap"] * 2


def test_a_right_chain_and_its_reference_declare_the_same_and_every_word_is_known() -> None:
    for case in cases(Random(1), "two_error", 20):
        chain = right_chain(case)
        assert declared(chain.steps) == declared((chain.reference,))
        assert steps_of(" ".join(chain.steps)) == chain.steps
        assert len(encode(" ".join(chain.steps))) == 38


def test_no_case_trains_and_examines() -> None:
    problems = problems_of(SHORT_ARMS, 0)
    trained = {one.id for one in (*problems.hard, *problems.easy)}
    examined = {one.id for some in problems.examined.values() for one in some}
    assert not trained & examined


def test_only_a_step_that_declares_the_answer_leaks_it() -> None:
    problem = problem_of(Case((0, 0, 0, 2), 3), "hard")
    steps = right_chain(Case((0, 0, 0, 2), 3)).steps
    assert ToyGrader().leaks(problem, steps[-1])
    assert not any(ToyGrader().leaks(problem, step) for step in steps[:-1])


def test_the_network_has_a_fifth_of_a_million_parameters_and_reads_a_cache_as_it_reads_a_text() -> None:
    torch.manual_seed(0)
    network = Network().eval()
    assert 150_000 < network.num_parameters < 250_000
    tokens = torch.randint(0, 40, (2, 12))
    whole, _ = network(tokens)
    begun, cache = network(tokens[:, :7])
    for at in range(7, 12):
        stepped, cache = network(tokens[:, at : at + 1], cache)
        assert torch.allclose(stepped[:, 0], whole[:, at], atol=1e-5)
    assert begun.shape[1] == 7


@pytest.mark.slow
def test_int_beats_references_and_the_base_and_its_interventions_are_worth_far_more_than_the_steps_they_replace(
    tmp_path: Path,
) -> None:
    torch.set_num_threads(1)
    found = summary([seed_result(SHORT_BASE, SHORT_ARMS, 0, tmp_path)])
    arms = found["arms"]
    assert set(arms) == ARMS
    assert arms["int"]["hard"] >= arms["sft_reference"]["hard"] + 0.3
    assert arms["int"]["hard"] >= arms["base"]["hard"] + 0.3
    assert found["counterfactual"]["intervention"] >= 10 * found["counterfactual"]["original_step"]
