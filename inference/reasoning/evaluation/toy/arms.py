"""One seed of the experiment: every arm from one base, with the same updates and the same generated tokens."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from inference.lab.journal import IN_MEMORY, Journal
from inference.reasoning.evaluation.toy.learning import (
    Learned,
    ReinforcedRecipe,
    SupervisedRecipe,
    reinforced,
    supervised,
)
from inference.reasoning.evaluation.toy.network import Network
from inference.reasoning.evaluation.toy.probe import entropy, pass_at_1, strangeness
from inference.reasoning.evaluation.toy.rows import Row, answered, asked
from inference.reasoning.evaluation.toy.rubric import Kind, cases
from inference.reasoning.evaluation.toy.solver import SelfVerifyProposer, ToyGrader, ToySolver, problem_of
from inference.reasoning.training.int_pipeline import IntOptions, IntPipeline, Measured, Outcome
from inference.reasoning.training.problem import Problem, Start

SETS: tuple[Kind, ...] = ("hard", "two_error", "easy")
STARTS = ("base", "sft_reference", "rft", "int")
REINFORCED = ("base", "sft_reference", "int")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmsRecipe:
    """How many problems to train on and to examine by, and what is spent on each arm."""

    num_hard: int = 96
    num_two_error: int = 64
    num_easy: int = 80
    num_examined: int = 100
    num_samples: int = 4
    supervised: SupervisedRecipe = field(default_factory=SupervisedRecipe)
    reinforced: ReinforcedRecipe = field(default_factory=ReinforcedRecipe)
    pipeline: IntOptions = field(
        default_factory=lambda: IntOptions(num_measured=8, max_pass_rate=0.0, num_failed=2, chunk=512)
    )


@dataclass(frozen=True, slots=True)
class Problems:
    """To train on and to examine by; no case is in both."""

    hard: list[Problem]
    easy: list[Problem]
    examined: dict[str, list[Problem]]


@dataclass(frozen=True, slots=True)
class SeedResult:
    """`arms`: pass@1 by arm and set · `facts`: what else was counted."""

    arms: dict[str, dict[str, float]]
    facts: dict[str, Any]


def problems_of(recipe: ArmsRecipe, seed: int) -> Problems:
    random = Random(f"problems {seed}")
    examined = {name: cases(random, name, recipe.num_examined) for name in SETS}
    taken = [case for some in examined.values() for case in some]
    counts = {"hard": recipe.num_hard, "two_error": recipe.num_two_error, "easy": recipe.num_easy}
    trained = {
        name: [problem_of(case, name) for case in cases(random, name, counts[name], besides=taken)] for name in SETS
    }
    return Problems(
        hard=trained["hard"] + trained["two_error"],
        easy=trained["easy"],
        examined={name: [problem_of(case, name) for case in some] for name, some in examined.items()},
    )


def run_seed(base: Network, recipe: ArmsRecipe, *, seed: int) -> SeedResult:
    return Experiment(base, recipe, seed).run()


class Experiment:
    def __init__(self, base: Network, recipe: ArmsRecipe, seed: int) -> None:
        self._base = base
        self._recipe = recipe
        self._seed = seed
        self._problems = problems_of(recipe, seed)
        self._solver = ToySolver(base, f"base {seed}")
        self._proposer = SelfVerifyProposer(base)
        self._facts: dict[str, Any] = {"seed": seed}

    def run(self) -> SeedResult:
        rehearsal = self._rehearsal()
        measured, outcomes, spent = self._interventions(self._recipe.pipeline.max_repairs)
        rows = {
            "base": [],
            "sft_reference": [answered(asked(p.prompt), p.reference, is_ended=True) for p in self._problems.hard],
            "rft": self._right_rollouts(measured, spent),
            "int": _int_rows(outcomes),
        }
        learned = {name: self._learnt(name, rows[name], rehearsal) for name in STARTS}
        single = _int_rows(self._interventions(1)[1])
        learned["int_one_repair"] = self._learnt("int", single, rehearsal)
        reinforced = {f"{name}+rl": self._reinforced(learned[name], name, spent) for name in REINFORCED}
        # The arm "base" is the model as it was; its rehearsed copy is only where "base+rl" starts.
        learned["base"] = Learned(self._base, 0, 0)
        networks = {name: one.network for name, one in (learned | reinforced).items()}
        self._facts["counterfactual"] = _counterfactual(outcomes)
        self._facts["nll_under_base"] = {name: strangeness(self._base, some) for name, some in rows.items() if some}
        self._facts["rows"] = {name: len(some) for name, some in rows.items()}
        self._facts["compute"] = self._compute(learned, reinforced, spent)
        self._facts["idle_groups"] = {name: one.idle_share for name, one in reinforced.items()}
        self._facts["entropy"] = {
            name: entropy(network, self._problems.examined["hard"], seed=self._seed)
            for name, network in networks.items()
        }
        return SeedResult({name: self._examined(network) for name, network in networks.items()}, self._facts)

    def _rehearsal(self) -> list[Row]:
        """What the base gets right by itself of the easy problems."""
        starts = [Start(problem=problem) for problem in self._problems.easy]
        chains = self._solver.continuations(starts, num_samples=2, seed=self._seed)
        grader = ToyGrader()
        return [
            answered(asked(problem.prompt), " ".join(chain), is_ended=True)
            for problem, group in zip(self._problems.easy, chains, strict=True)
            for chain in group
            if grader.is_correct(problem, chain)
        ]

    def _interventions(self, max_repairs: int) -> tuple[list[Measured], list[Outcome], int]:
        """With the tokens that were generated for it, measuring included."""
        solver = ToySolver(self._base, self._solver.id)
        proposer = SelfVerifyProposer(self._base)
        options = self._recipe.pipeline
        pipeline = IntPipeline(
            solver=solver,
            proposer=proposer,
            grader=ToyGrader(),
            journal=Journal(IN_MEMORY, recipe=str(self._seed)),
            options=IntOptions(
                num_measured=options.num_measured,
                max_pass_rate=options.max_pass_rate,
                num_failed=options.num_failed,
                num_continuations=options.num_continuations,
                max_repairs=max_repairs,
                chunk=options.chunk,
            ),
        )
        measured = pipeline.measure(self._problems.hard)
        outcomes = pipeline.interventions(pipeline.hard(measured))
        return measured, outcomes, solver.num_generated + proposer.num_generated

    def _right_rollouts(self, measured: Sequence[Measured], spent: int) -> list[Row]:
        """Rejection sampling with as many tokens as InT spends: rollouts of the same problems, the right ones kept."""
        solver = ToySolver(self._base, "sampler")
        found = [(one.problem, steps) for one in measured for steps in one.passed]
        starts = [Start(problem=problem) for problem in self._problems.hard]
        turn, budget = 0, spent - self._tokens_measured(measured)
        while solver.num_generated < budget:
            turn += 1
            chains = solver.continuations(starts, num_samples=4, seed=1000 * self._seed + turn)
            grader = ToyGrader()
            found += [
                (problem, chain)
                for problem, group in zip(self._problems.hard, chains, strict=True)
                for chain in group
                if grader.is_correct(problem, chain)
            ]
        return [answered(asked(problem.prompt), " ".join(chain), is_ended=True) for problem, chain in found]

    @staticmethod
    def _tokens_measured(measured: Sequence[Measured]) -> int:
        return sum(len(" ".join(steps).split()) + 1 for one in measured for steps in one.rollouts)

    def _learnt(self, name: str, rows: Sequence[Row], rehearsal: Sequence[Row]) -> Learned:
        return supervised(self._base, rows, rehearsal, self._recipe.supervised, seed=self._seed)

    def _reinforced(self, start: Learned, name: str, spent: int) -> Learned:
        """Arms that spent no rollouts before have them now, as further steps."""
        recipe = self._recipe.reinforced
        per_step = recipe.num_prompts * recipe.num_samples * TOKENS_A_CHAIN
        more = 0 if name == "int" else round(spent / per_step)
        fair = ReinforcedRecipe(
            num_steps=recipe.num_steps + more,
            num_prompts=recipe.num_prompts,
            num_samples=recipe.num_samples,
            rate=recipe.rate,
            easy_share=recipe.easy_share,
        )
        return reinforced(start.network, self._problems.hard, self._problems.easy, fair, seed=self._seed)

    def _examined(self, network: Network) -> dict[str, float]:
        return {
            name: pass_at_1(network, self._problems.examined[name], num_samples=self._recipe.num_samples, seed=7)
            for name in SETS
        }

    def _compute(self, learned: dict[str, Learned], reinforced: dict[str, Learned], spent: int) -> dict[str, Any]:
        """Tokens, by arm."""
        before = {"int": spent, "int_one_repair": spent, "rft": spent}
        generated = {name: before.get(name, 0) for name in learned}
        generated |= {
            name: one.num_generated + before.get(name.removesuffix("+rl"), 0) for name, one in reinforced.items()
        }
        trained = {name: one.num_trained for name, one in learned.items()}
        trained |= {name: one.num_trained for name, one in reinforced.items()}
        return {"generated": generated, "trained": trained}


TOKENS_A_CHAIN = 39


def _int_rows(outcomes: Sequence[Outcome]) -> list[Row]:
    """Correct prefix and intervention, nothing after and no end."""
    return [answered(asked(one.problem.prompt), " ".join(one.steps), is_ended=False) for one in outcomes if one.is_kept]


def _counterfactual(outcomes: Sequence[Outcome]) -> dict[str, float]:
    tried = [one for one in outcomes if one.num_continuations]
    total = sum(one.num_continuations for one in tried)
    kept = [one for one in outcomes if one.is_kept]
    return {
        "intervention": sum(one.num_right for one in tried) / max(1, total),
        "original_step": sum(one.num_right_original for one in tried) / max(1, total),
        "attempts": len(outcomes),
        "kept": len(kept),
        "kept_two_error": sum(one.problem.stratum == "two_error" for one in kept),
        "kept_after_several_repairs": sum(len(one.repairs) > 1 for one in kept),
        "problems_kept": len({one.problem.id for one in kept}),
        "problems": len({one.problem.id for one in outcomes}),
    }
