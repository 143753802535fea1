"""The cases of a round: to warm up by, to train on, to examine by; no surgery and no simulation is in two of them."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from random import Random

from inference.reasoning.training.case import CaseSets, ReasoningCase
from inference.reasoning.training.cases import cases
from inference.reasoning.training.stretches import Stretch, simulated_stretches, surgery_stretches

# What a model may be shown before the round, for the form alone.
EASY = ("length", "order", "count", "missing")


def case_sets(
    data: Path | None,
    *,
    num_warm_up: int,
    per_stratum: int,
    per_test_stratum: int,
    seed: int,
    weak: Sequence[str] = (),
    num_more: int = 0,
) -> CaseSets:
    """Without `data`, of simulations alone: a site has no public sets. `num_more` problems more to train on of each of
    the `weak` strata. Raises FileNotFoundError without the labels."""
    train, test = Random(f"train {seed}"), Random(f"test {seed}")
    shown = turns(data, is_test=False, random=train)
    easy = -(-num_warm_up // len(EASY))
    warm_up = cases(shown, per_stratum=easy, random=train, strata=EASY)
    drawn = cases(shown, per_stratum=per_stratum, random=train)
    more = cases(shown, per_stratum=num_more, random=train, strata=weak) if weak and num_more else []
    return CaseSets(
        warm_up=warm_up,
        train=list({case.id: case for case in (*drawn, *more)}.values()),
        test=cases(turns(data, is_test=True, random=test), per_stratum=per_test_stratum, random=test),
    )


def validation_cases(data: Path | None, sets: CaseSets, *, per_stratum: int, seed: int) -> list[ReasoningCase]:
    """Of what trains, and not trained on: to choose by, so that what examines is looked at once."""
    random = Random(f"validation {seed}")
    trained = {case.id for case in (*sets.warm_up, *sets.train)}
    drawn = cases(turns(data, is_test=False, random=random), per_stratum=per_stratum, random=random)
    return [case for case in drawn if case.id not in trained]


def turns(data: Path | None, *, is_test: bool, random: Random) -> Iterator[Stretch]:
    """Surgeries and simulations by turns."""
    if data is None:
        return simulated_stretches(is_test=is_test, random=random)
    both = zip(
        surgery_stretches(data, is_test=is_test, random=random),
        simulated_stretches(is_test=is_test, random=random),
        strict=False,
    )
    return chain.from_iterable(both)
