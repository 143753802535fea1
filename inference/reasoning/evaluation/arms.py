"""The adapters of a round on held-out sheets: what each got right, cited and left open, journalled item by item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from inference.reasoning.training.local_solver import LocalSolver, LocalSolverOptions
from inference.reasoning.training.problem import Start, Steps
from inference.reasoning.verifiers.words import abstains

# By arm, the stage of the round that wrote its adapter.
ARMS: Mapping[str, str] = {
    "base": "warm_up",
    "sft_reference": "sft_reference",
    "int": "sft_int",
    "base+rl": "rl_base",
    "int+rl": "rl_int",
}
CHUNK = 8


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
        return [name for name in ARMS if adapter_folder(self._out, name).is_dir()]

    def examine(self, name: str, journal: Journal) -> ArmResult:
        return self.examine_adapter(name, adapter_folder(self._out, name), journal)

    def examine_adapter(self, name: str, adapter: Path | None, journal: Journal) -> ArmResult:
        """None: the base as it was published."""
        loaded: list[LocalSolver] = []

        def solver() -> LocalSolver:
            if not loaded:
                model, tokenizer = load_solver_model(self._base, adapter)
                loaded.append(LocalSolver(model, tokenizer, adapter_name(adapter)))
            return loaded[0]

        key = adapter_name(adapter) if adapter is not None else f"base {self._base.name}"
        chains = journal.mapped(
            f"examine {key} {self._samples}",
            [(case.id, Start(problem=case.problem)) for case in self._cases],
            lambda some, seed: solver().continuations(some, num_samples=self._samples, seed=seed),
            chunk=CHUNK,
        )
        texts = journal.mapped(
            f"general {key}",
            [(item.id, item) for item in self._general],
            lambda some, seed: _answers(solver(), some, seed),
            chunk=CHUNK,
        )
        return self._graded(name, chains, texts)

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
            cited=each(lambda key, chain: grader.cites_validly(problems[key], chain)),
            abstained=each(lambda key, chain: _abstains(chain)),
            parsed={key: [float(one) for one in some] for key, some in parsed.items()},
            general={item.id: [float(item.is_right(text))] for item, text in zip(self._general, texts, strict=True)},
            chains={key: some[0] for key, some in by_case.items()},
        )


def _abstains(chain: Steps) -> bool:
    return abstains(SheetGrader.chain(chain).answer)


def _answers(solver: LocalSolver, items: Sequence[GeneralItem], seed: int) -> list[str]:
    """Greedy."""
    brief = LocalSolver(
        solver.model,
        solver.tokenizer,
        "general",
        options=LocalSolverOptions(max_tokens=max(item.max_tokens for item in items), temperature=0),
    )
    prompts = [
        solver.tokenizer.encode(
            ChatMl().render((Message(role="user", text=item.question),)).rest, add_special_tokens=False
        )
        for item in items
    ]
    return [texts[0] for texts in brief.generate(prompts, num_samples=1, seed=seed)]
