"""The toy's problem: errors in four domains and bleeds, to a total and a level, by a rubric with two special rules.

A domain's score falls by one for every two errors. Two bleeds or more take one from tissue handling (the adjustment),
and tissue handling of 2 or less forbids the highest level (the safety cap).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from inference.reasoning.evaluation.toy.words import DOMAINS

MAX_ERRORS, MAX_BLEEDS = 9, 5
MAX_SCORE, MANY_BLEEDS, CAP_AT = 5, 2, 2
INTERMEDIATE_FROM, EXPERT_FROM = 10, 14
# What a case needs of the two special rules; "other": a rule applies, but the answer does not turn on it.
Need = Literal["neither", "adjustment", "cap", "both", "other"]
# hard: exactly one, half of the cases each; two_error: both; easy: neither.
Kind = Literal["easy", "hard", "two_error"]
NEEDS: Mapping[Kind, tuple[Need, ...]] = {"easy": ("neither",), "hard": ("adjustment", "cap"), "two_error": ("both",)}


@dataclass(frozen=True, slots=True)
class Case:
    """`errors`: one count a domain, tissue handling last."""

    errors: tuple[int, int, int, int]
    bleeds: int

    @property
    def prompt(self) -> str:
        counted = " ".join(f"{domain} {count}" for domain, count in zip(DOMAINS, self.errors, strict=True))
        return f"{counted} bl {self.bleeds}"

    @property
    def scores(self) -> tuple[int, ...]:
        return tuple(MAX_SCORE - count // 2 for count in self.errors)

    @property
    def is_adjusted(self) -> bool:
        return self.bleeds >= MANY_BLEEDS


@dataclass(frozen=True, slots=True)
class Chain:
    """Every value of a chain, whether right or not. `tissue`: tissue handling after the adjustment."""

    scores: tuple[int, ...]
    is_adjusted: bool
    tissue: int
    sums: tuple[int, int, int]
    is_capped: bool
    level: str

    @property
    def steps(self) -> tuple[str, ...]:
        first, second, third, fourth = *self.scores[:3], self.tissue
        one, two, three = self.sums
        return (
            *(f"s{n} {domain} {score}" for n, (domain, score) in enumerate(zip(DOMAINS, self.scores, strict=True), 1)),
            f"s5 adj {_yes(self.is_adjusted)} {self.tissue}",
            f"s6 {first} {second} {one}",
            f"s7 {one} {third} {two}",
            f"s8 {two} {fourth} {three}",
            f"s9 cap {_yes(self.is_capped)}",
            f"s10 lvl {self.level}",
            f"s11 ans {three} {self.level}",
        )

    @property
    def reference(self) -> str:
        """Terse and in another order, as a clinician's note: off the model's own way of writing."""
        scores = " ".join(map(str, (*self.scores[:3], self.tissue)))
        return f"ref tot {self.sums[2]} since {scores} cap {_yes(self.is_capped)} {self.level}"


def adjusted(score: int) -> int:
    return max(1, score - 1)


def level(total: int, *, is_capped: bool) -> str:
    if total >= EXPERT_FROM:
        return "INT" if is_capped else "EXP"
    return "INT" if total >= INTERMEDIATE_FROM else "NOV"


def right_chain(case: Case) -> Chain:
    tissue = adjusted(case.scores[3]) if case.is_adjusted else case.scores[3]
    first = case.scores[0] + case.scores[1]
    sums = (first, first + case.scores[2], first + case.scores[2] + tissue)
    is_capped = tissue <= CAP_AT
    return Chain(case.scores, case.is_adjusted, tissue, sums, is_capped, level(sums[2], is_capped=is_capped))


def need_of(case: Case) -> Need:
    """By what a solver who knows neither rule gets wrong."""
    right = right_chain(case)
    needs_adjustment = right.is_adjusted and right.tissue < case.scores[3]
    if right.is_capped and right.sums[2] >= EXPERT_FROM:
        return "both" if needs_adjustment else "cap"
    if right.is_capped:
        return "other"
    return "adjustment" if needs_adjustment else "neither"


def random_case(random: Random) -> Case:
    first, second, third, fourth = (random.randint(0, MAX_ERRORS) for _ in range(4))
    return Case((first, second, third, fourth), random.randint(0, MAX_BLEEDS))


def cases(random: Random, kind: Kind, count: int, *, besides: Sequence[Case] = ()) -> list[Case]:
    """Different ones, none of `besides`; as many of each need."""
    found: dict[Case, None] = {}
    taken = set(besides)
    needs = NEEDS[kind]
    while len(found) < count:
        case = random_case(random)
        if case not in taken and case not in found and need_of(case) == needs[len(found) % len(needs)]:
            found[case] = None
    return list(found)


def declared(steps: Sequence[str]) -> tuple[int, str] | None:
    """Total and level, as a chain or a reference declares them."""
    words = steps[-1].split() if steps else []
    if len(words) == 4 and words[:2] == ["s11", "ans"] and words[2].isdigit():
        return int(words[2]), words[3]
    if len(steps) == 1 and len(words) == 11 and words[:2] == ["ref", "tot"] and words[2].isdigit():
        return int(words[2]), words[10]
    return None


def _yes(value: bool) -> str:
    return "yes" if value else "no"
