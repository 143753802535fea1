"""The toy behind the pipeline's protocols: it solves, grades, and verifies its own attempts against a reference."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch

from inference.reasoning.evaluation.toy.network import Network, sample
from inference.reasoning.evaluation.toy.rows import asked, checked
from inference.reasoning.evaluation.toy.rubric import Case, declared, right_chain
from inference.reasoning.evaluation.toy.words import STEPS, decode, encode, steps_of
from inference.reasoning.training.problem import Attempt, Intervention, Problem, Start, Steps


def problem_of(case: Case, stratum: str) -> Problem:
    right = right_chain(case)
    gold = " ".join(right.steps[-1].split()[2:])
    return Problem(id=case.prompt, prompt=case.prompt, reference=right.reference, gold=gold, stratum=stratum)


class ToyGrader:
    """Total and level must both be right."""

    def is_correct(self, problem: Problem, steps: Steps) -> bool:
        return self._declares_gold(problem, steps)

    def leaks(self, problem: Problem, text: str) -> bool:
        return self._declares_gold(problem, (text,))

    def is_sound(self, problem: Problem, text: str) -> bool:
        return text.split()[0] in STEPS

    @staticmethod
    def _declares_gold(problem: Problem, steps: Steps) -> bool:
        found = declared(steps)
        return found is not None and f"{found[0]} {found[1]}" == problem.gold


@dataclass(slots=True)
class ToySolver:
    """`num_generated` counts the tokens that it has written."""

    network: Network
    name: str
    num_generated: int = 0

    @property
    def id(self) -> str:
        return self.name

    def continuations(self, starts: Sequence[Start], *, num_samples: int, seed: int) -> list[list[Steps]]:
        given = [(start, [*asked(start.problem.prompt), *encode(" ".join(start.steps))]) for start in starts]
        beginnings = [tokens for _, tokens in given for _ in range(num_samples)]
        found = sample(self.network, beginnings, generator=torch.Generator().manual_seed(seed))
        self.num_generated += sum(len(one.tokens) + 1 for one in found)
        chains = [
            (*start.steps, *(steps_of(decode(one.tokens)) if one.tokens else ()))
            for (start, _), one in zip([pair for pair in given for _ in range(num_samples)], found, strict=True)
        ]
        return [chains[at : at + num_samples] for at in range(0, len(chains), num_samples)]


# As the paper samples its proposals.
PROPOSING = 0.7


@dataclass(slots=True)
class SelfVerifyProposer:
    """The same network, as it was before any round, reads problem, reference and attempt and tells the first error."""

    network: Network
    name: str = "self_verify"
    num_generated: int = field(default=0)

    def propose(self, attempts: Sequence[Attempt], *, seed: int) -> list[Intervention | None]:
        beginnings = [_checking(one) for one in attempts]
        usable = [one for one in beginnings if one is not None]
        generator = torch.Generator().manual_seed(seed)
        found = iter(sample(self.network, usable, generator=generator, temperature=PROPOSING) if usable else [])
        proposals: list[Intervention | None] = []
        for attempt, beginning in zip(attempts, beginnings, strict=True):
            if beginning is None:
                proposals.append(None)
                continue
            told = next(found)
            self.num_generated += len(told.tokens) + 1
            proposals.append(_intervention(attempt, decode(told.tokens)))
        return proposals


def _checking(attempt: Attempt) -> list[int] | None:
    """None for an attempt that is no whole chain: it would not fit."""
    if len(attempt.steps) != len(STEPS):
        return None
    return checked(attempt.problem.prompt, attempt.problem.reference, attempt.steps)


def _intervention(attempt: Attempt, told: str) -> Intervention | None:
    words = told.split()
    if len(words) < 3 or words[0] != "at" or words[1] not in STEPS:
        return None
    location = STEPS.index(words[1])
    if location >= len(attempt.steps) or not attempt.steps[location].startswith(f"{words[1]} "):
        return None
    return Intervention(location=location, text=" ".join(words[1:]), source="self_verify")
