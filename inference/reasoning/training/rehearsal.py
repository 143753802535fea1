"""What a round trains on beside its lessons, lest it forget: chains that the model gets right by itself, to their end.

A row of InT ends behind the intervention and teaches to go on; only whole chains teach to stop. Every kind of question
has its turn, or the kinds that are seldom right (and end soonest) would hardly be rehearsed. Some rows are asked as in
service, where the answer is given and is to be explained.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from random import Random
from typing import Any

from inference.reasoning.prompts import explaining
from inference.reasoning.training.case import ReasoningCase
from inference.reasoning.training.grading import SheetGrader
from inference.reasoning.training.int_pipeline import Measured
from inference.reasoning.training.local_solver import declared
from inference.reasoning.training.problem import Problem, Steps
from inference.reasoning.training.row_text import ANSWER_MARK, row_ids
from inference.reasoning.training.rows import Row

# Of a problem that is right less often, one right chain may be luck.
MIN_PASS_RATE = 0.5
# One row in so many gives the answer.
EXPLAINING_EVERY = 3


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A whole chain, its answer last."""

    problem: Problem
    steps: Steps


def rehearsed(measured: Sequence[Measured], grader: SheetGrader, warm_up: Sequence[ReasoningCase]) -> list[Rehearsed]:
    """Right chains in which code finds nothing wrong, each once; and what the model was warmed up by."""
    own = [
        Rehearsed(one.problem, steps)
        for one in measured
        if one.pass_rate > MIN_PASS_RATE
        for steps in dict.fromkeys(one.passed)
        if grader.cites_validly(one.problem, steps)
    ]
    return [*own, *(Rehearsed(case.problem, _whole(case)) for case in warm_up)]


def rehearsal_rows(tokenizer: Any, chains: Sequence[Rehearsed], *, count: int, random: Random) -> list[Row]:
    """`count` rows, the strata by turns; a stratum's chains come again only when all of them were drawn."""
    strata = sorted({one.problem.stratum for one in chains})
    decks = {name: _shuffled([one for one in chains if one.problem.stratum == name], random) for name in strata}
    drawn = [next(decks[name]) for name in islice(cycle(strata), count)] if strata else []
    return [_row(tokenizer, one, explains=number % EXPLAINING_EVERY == 0) for number, one in enumerate(drawn, start=1)]


def _shuffled(chains: Sequence[Rehearsed], random: Random) -> "cycle[Rehearsed]":
    return cycle(random.sample(chains, len(chains)))


def _row(tokenizer: Any, one: Rehearsed, *, explains: bool) -> Row:
    prompt = one.problem.prompt
    return row_ids(tokenizer, explaining(prompt, declared(one.steps)) if explains else prompt, one.steps, is_whole=True)


def _whole(case: ReasoningCase) -> Steps:
    return (*case.reference, f"{ANSWER_MARK} {case.answer}")
