"""Solvers over language models: continued from where they are told, alike each time, and the adapter off on request."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Literal

import pytest

from inference.engines.protocol import GenerationDone, GenerationRequest, TextDelta
from inference.engines.sampling import EngineSampler
from inference.progress import StopCheck
from inference.reasoning.prompts import messages
from inference.reasoning.training.cases import cases
from inference.reasoning.training.engine_solver import EngineSolver
from inference.reasoning.training.local_solver import LocalSolver, LocalSolverOptions
from inference.reasoning.training.problem import Problem, Start
from inference.reasoning.training.row_text import chat_of, prompt_ids, steps_text
from inference.reasoning.training.stretches import simulated_stretches
from tests.unit.reasoning.tiny_model import write_tiny_adapter, write_tiny_model


@pytest.fixture(scope="module")
def problem() -> Problem:
    return cases(simulated_stretches(is_test=False, random=Random(1)), per_stratum=1, random=Random(1))[0].problem


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any, Path]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = write_tiny_model(tmp_path_factory.mktemp("tiny"))
    return AutoModelForCausalLM.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder), folder


class Continuing:
    """An engine that ends every chain at once and remembers what it was asked."""

    name, adapter, has_json_schema = "server", "", False
    visual_kind: Literal["none"] = "none"

    def __init__(self) -> None:
        self.requests: list[GenerationRequest] = []

    def stream(self, request: GenerationRequest, should_stop: StopCheck) -> Iterator[TextDelta | GenerationDone]:
        self.requests.append(request)
        yield TextDelta(text="2. so\nAnswer: 5.0 s")
        yield GenerationDone(finish_reason="stop", num_tokens=3, ttft_s=0.0)


def test_a_server_continues_a_chain_under_the_adapters_name(problem: Problem) -> None:
    engine = Continuing()
    solver = EngineSolver(sampler=EngineSampler(engine), adapter="round-3")
    found = solver.continuations([Start(problem=problem, steps=("F1 lasts 5.0 s",))], num_samples=3, seed=1)
    assert found == [[("F1 lasts 5.0 s", "so", "Answer: 5.0 s")] * 3]
    assert {request.prefix for request in engine.requests} == {"1. F1 lasts 5.0 s\n"}
    assert {request.adapter for request in engine.requests} == {"round-3"}
    assert len({request.options.seed for request in engine.requests}) == 3


def test_training_and_service_ask_in_the_same_words(problem: Problem) -> None:
    sheet = problem.prompt.partition("Evidence:\n")[2].rpartition("\nQuestion: ")
    assert chat_of(problem.prompt) == messages(sheet[0], sheet[2])


def test_the_same_chunk_and_seed_give_the_same_chains_and_another_seed_others(
    tiny: tuple[Any, Any, Path], problem: Problem
) -> None:
    model, tokenizer, _ = tiny
    solver = LocalSolver(model, tokenizer, "tiny", options=LocalSolverOptions(max_tokens=12))
    starts = [Start(problem=problem), Start(problem=problem, steps=("F1 lasts 5.0 s",))]
    first = solver.continuations(starts, num_samples=2, seed=5)
    assert solver.continuations(starts, num_samples=2, seed=5) == first
    assert solver.continuations(starts, num_samples=2, seed=6) != first
    assert all(chain[0] == "F1 lasts 5.0 s" for chain in first[1])


def test_a_padded_prompt_is_read_as_one_alone(tiny: tuple[Any, Any, Path], problem: Problem) -> None:
    model, tokenizer, _ = tiny
    solver = LocalSolver(model, tokenizer, "tiny", options=LocalSolverOptions(max_tokens=10, temperature=0))
    long, short = prompt_ids(tokenizer, problem.prompt), prompt_ids(tokenizer, problem.prompt)[-40:]
    together = solver.generate([long, short], num_samples=1, seed=0)
    alone = [solver.generate([one], num_samples=1, seed=0)[0] for one in (long, short)]
    assert together == alone


def test_a_bare_solver_leaves_the_adapter_out(tiny: tuple[Any, Any, Path], problem: Problem, tmp_path: Path) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model, tokenizer, folder = tiny
    adapted = PeftModel.from_pretrained(
        AutoModelForCausalLM.from_pretrained(folder), write_tiny_adapter(folder, tmp_path)
    ).eval()
    with torch.no_grad():
        for name, parameter in adapted.named_parameters():
            if "lora_B" in name:
                parameter.fill_(0.5)
    options = LocalSolverOptions(max_tokens=12, temperature=0)
    asked = [prompt_ids(tokenizer, problem.prompt)]
    plain = LocalSolver(model, tokenizer, "plain", options=options).generate(asked, num_samples=1, seed=0)
    bare = LocalSolver(adapted, tokenizer, "bare", options=options, is_bare=True)
    assert bare.generate(asked, num_samples=1, seed=0) == plain
    assert LocalSolver(adapted, tokenizer, "on", options=options).generate(asked, num_samples=1, seed=0) != plain


def test_steps_are_written_as_lines_that_have_ended() -> None:
    assert steps_text(("a", "b", "Answer: 1")) == "1. a\n2. b\nAnswer: 1\n"
    assert steps_text(()) == ""
