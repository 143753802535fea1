"""The adapters of a round on held-out sheets: what each got right, cited and left open, journalled item by item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from inference.engines.chat_format import ChatMl
from inference.engines.protocol import Message
from inference.lab.journal import Journal
from inference.lab.recipe import recipe_key
from inference.reasoning.evaluation.general import GeneralItem
from inference.reasoning.explain import MAX_TOKENS
from inference.reasoning.recompute import StepChecker
from inference.reasoning.training.backend import ADAPTER
from inference.reasoning.training.case import ReasoningCase
from inference.reasoning.training.given_answer import GivenAnswer
from inference.reasoning.training.grading import SheetGrader
from inference.reasoning.training.loading import adapter_name, load_solver_model
from inference.reasoning.training.local_solver import LazySolver, LocalSolver, LocalSolverOptions
from inference.reasoning.training.problem import Start, Steps
from inference.reasoning.verifiers.words import abstains

# By arm, the stage of the round that wrote its adapter; the untouched model has none.
UNTOUCHED = ""
ARMS: Mapping[str, str] = {
    "untouched": UNTOUCHED,
    "base": "warm_up",
    "sft_reference": "sft_reference",
    "int": "sft_int",
    "base+rl": "rl_base",
    "int+rl": "rl_int",
    "service": "service",
}
CHUNK = 52
# By kind of given answer, measure and case's id.
Explained = Mapping[str, Mapping[str, Mapping[str, list[float]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmResult:
    """By case's id, one value a sample. `chains`: the first sample's."""

    name: str
    right: dict[str, list[float]]
    cited: dict[str, list[float]]
    abstained: dict[str, list[float]]
    parsed: dict[str, list[float]]
    general: dict[str, list[float]]
    chains: dict[str, Steps]
    existing: dict[str, list[float]] = field(default_factory=dict)


def adapter_folder(out: Path, arm: str) -> Path:
    """Where a round under `out` leaves the arm's adapter."""
    return out / ARMS[arm] / ADAPTER


class Examiner:
    def __init__(
        self, cases: Sequence[ReasoningCase], general: Sequence[GeneralItem], *, base: Path, out: Path, samples: int
    ) -> None:
        self._cases = cases
        self._general = general
        self._base = base
        self._out = out
        self._samples = samples
        self._grader = SheetGrader(cases)

    def arms(self) -> list[str]:
        """Those whose adapters are there."""
        return [name for name, stage in ARMS.items() if not stage or adapter_folder(self._out, name).is_dir()]

    def examine(self, name: str, journal: Journal) -> ArmResult:
        return self.examine_adapter(name, self._adapter(name), journal)

    def examine_adapter(self, name: str, adapter: Path | None, journal: Journal) -> ArmResult:
        """None: the base as it was published."""
        solver = self._solver(adapter)
        chains = self._chains(f"examine {solver.name} {self._samples}", solver, journal, num_samples=self._samples)
        texts = journal.mapped(
            f"general {solver.name}",
            [(item.id, item) for item in self._general],
            lambda some, seed: _answers(solver.load(), some, seed),
            chunk=CHUNK,
        )
        return self._graded(name, chains, texts)

    def pass_rates(self, name: str, journal: Journal, *, num_samples: int) -> dict[str, float]:
        """By case's id, over samples that no figure is made of: who picks cases by the samples that he then reports
        finds an improvement where there is none."""
        solver = self._solver(self._adapter(name))
        chains = self._chains(f"pick {solver.name} {num_samples}", solver, journal, num_samples=num_samples)
        return {
            case.id: sum(self._grader.is_correct(case.problem, tuple(chain)) for chain in some) / num_samples
            for case, some in zip(self._cases, chains, strict=True)
        }

    def explanations(self, name: str, journal: Journal, given: Sequence[GivenAnswer]) -> Explained:
        """As in service: the answer is given and is to be explained, greedily. By kind, measure and case's id."""
        solver = self._solver(self._adapter(name))
        found = journal.mapped(
            f"explain {solver.name}",
            [(recipe_key(one.problem.prompt), Start(problem=one.problem)) for one in given],
            lambda some, seed: _greedy(solver.load(), max_tokens=MAX_TOKENS).continuations(
                some, num_samples=1, seed=seed
            ),
            chunk=CHUNK,
        )
        explained: dict[str, dict[str, dict[str, list[float]]]] = {}
        for one, some in zip(given, found, strict=True):
            for measure, value in explained_measures(one, tuple(some[0])).items():
                explained.setdefault(one.kind, {}).setdefault(measure, {})[one.case.id] = [value]
        return explained

    def _chains(self, stage: str, solver: LazySolver, journal: Journal, *, num_samples: int) -> list[Any]:
        return journal.mapped(
            stage,
            [(case.id, Start(problem=case.problem)) for case in self._cases],
            lambda some, seed: solver.continuations(some, num_samples=num_samples, seed=seed),
            chunk=CHUNK,
        )

    def _adapter(self, name: str) -> Path | None:
        return adapter_folder(self._out, name) if ARMS[name] else None

    def _solver(self, adapter: Path | None) -> LazySolver:
        """Loaded where something has to be computed, and once."""
        key = f"base {self._base.name}" if adapter is None else adapter_name(adapter)
        return LazySolver(cache(lambda: LocalSolver(*load_solver_model(self._base, adapter), key)), key)

    def _graded(self, name: str, chains: Sequence[Sequence[Sequence[str]]], texts: Sequence[str]) -> ArmResult:
        by_case = {case.id: [tuple(chain) for chain in some] for case, some in zip(self._cases, chains, strict=True)}
        problems = {case.id: case.problem for case in self._cases}
        grader = self._grader
        parsed = {key: [grader.chain(chain).is_parseable for chain in some] for key, some in by_case.items()}

        def each(of: Any) -> dict[str, list[float]]:
            return {key: [float(of(key, chain)) for chain in some] for key, some in by_case.items()}

        return ArmResult(
            name=name,
            right=each(lambda key, chain: grader.is_correct(problems[key], chain)),
            existing=each(lambda key, chain: grader.cites_what_exists(problems[key], chain)),
            cited=each(lambda key, chain: grader.cites_validly(problems[key], chain)),
            abstained=each(lambda key, chain: _abstains(chain)),
            parsed={key: [float(one) for one in some] for key, some in parsed.items()},
            general={item.id: [float(item.is_right(text))] for item, text in zip(self._general, texts, strict=True)},
            chains={key: some[0] for key, some in by_case.items()},
        )


def explained_measures(given: GivenAnswer, steps: Steps) -> dict[str, float]:
    """`whole`: it has the form, leads to the answer, and code holds every step."""
    chain = SheetGrader.chain(steps)
    checker = StepChecker(given.case.sheet, rules=given.case.rules)
    marks = [checker.check(step).mark for step in chain.steps]
    held = sum(mark in ("recomputed", "supported") for mark in marks)
    agrees = chain.is_parseable and given.agrees(chain.answer)
    return {
        "whole": float(agrees and held == len(marks)),
        "parsed": float(chain.is_parseable),
        "agrees": float(agrees),
        "steps_held": held / len(marks) if marks else 0.0,
        "nothing_wrong": float("wrong" not in marks),
    }


def _abstains(chain: Steps) -> bool:
    return abstains(SheetGrader.chain(chain).answer)


def _greedy(solver: LocalSolver, *, max_tokens: int = 120) -> LocalSolver:
    options = LocalSolverOptions(max_tokens=max_tokens, temperature=0)
    return LocalSolver(solver.model, solver.tokenizer, "greedy", options=options)


def _answers(solver: LocalSolver, items: Sequence[GeneralItem], seed: int) -> list[str]:
    brief = _greedy(solver, max_tokens=max(item.max_tokens for item in items))
    prompts = [
        solver.tokenizer.encode(
            ChatMl().render((Message(role="user", text=item.question),)).rest, add_special_tokens=False
        )
        for item in items
    ]
    return [texts[0] for texts in brief.generate(prompts, num_samples=1, seed=seed)]
