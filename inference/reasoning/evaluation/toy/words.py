"""The toy's language: one word, one token."""

from collections.abc import Sequence
from functools import cache

DOMAINS = ("DP", "BD", "EF", "TH")
LEVELS = ("NOV", "INT", "EXP")
MAX_NUMBER = 20
PAD, END, THINK, TRY, CHECK = "pad", "end", "think", "try", "check"
STEPS = tuple(f"s{number}" for number in range(1, 12))
WORDS = (
    *(PAD, END, THINK, TRY, CHECK),
    *(str(number) for number in range(MAX_NUMBER + 1)),
    *DOMAINS,
    *LEVELS,
    *STEPS,
    *("bl", "adj", "cap", "yes", "no", "lvl", "ans", "ref", "tot", "since", "at"),
)


@cache
def ids() -> dict[str, int]:
    return {word: number for number, word in enumerate(WORDS)}


def encode(text: str) -> list[int]:
    """Raises KeyError for a word that the toy does not know."""
    return [ids()[word] for word in text.split()]


def decode(token_ids: Sequence[int]) -> str:
    return " ".join(WORDS[token] for token in token_ids)


def steps_of(text: str) -> tuple[str, ...]:
    """A chain cut before each step's name; words before the first are a step of their own."""
    steps: list[list[str]] = []
    for word in text.split():
        if word in STEPS or not steps:
            steps.append([])
        steps[-1].append(word)
    return tuple(" ".join(step) for step in steps)
