"""The adapters of a round on held-out sheets: what each got right, cited and left open, journalled item by item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from inference.engines.chat_format import ChatMl
from inference.engines.protocol import Message
from inference.lab.journal import Journal
from inference.reasoning.evaluation.general import GeneralItem
from inference.reasoning.training.backend import ADAPTER
from inference.reasoning.training.case import ReasoningCase
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
}
CHUNK = 52


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

    def explanations(self, name: str, journal: Journal) -> dict[str, dict[str, list[float]]]:
        """As in service: the right answer is given and is to be explained, greedily. By measure and case's id."""
        solver = self._solver(self._adapter(name))
        asked = [
            replace(case.problem, prompt=f"{case.problem.prompt}\nExplain this answer: {case.answer}")
            for case in self._cases
        ]
        found = journal.mapped(
            f"explain {solver.name}",
            [(problem.id, Start(problem=problem)) for problem in asked],
            lambda some, seed: _greedy(solver.load()).continuations(some, num_samples=1, seed=seed),
            chunk=CHUNK,
        )
        chains = {problem.id: (problem, tuple(some[0])) for problem, some in zip(asked, found, strict=True)}
        held = {key: self._grader.held(*one) for key, one in chains.items()}
        return {
            "parsed": {key: [float(self._grader.chain(chain).is_parseable)] for key, (_, chain) in chains.items()},
            "agrees": {key: [float(self._grader.is_correct(*one))] for key, one in chains.items()},
            "steps_held": {key: [right / total if total else 0.0] for key, (right, total) in held.items()},
            "nothing_wrong": {key: [float(self._grader.cites_validly(*one))] for key, one in chains.items()},
        }

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
