"""Which of a few freely named levels is the lowest: by usual words, or by the one number that their names differ in."""

import re
from collections.abc import Sequence

# Words of programmes, studies and rubrics, rank by rank; the letters are those of JIGSAWS.
RANKS: tuple[frozenset[str], ...] = (
    frozenset({"novice", "beginner", "n", "low", "lower", "poor", "bad", "fail", "failed", "student", "junior"}),
    frozenset({"intermediate", "i", "medium", "middle", "mid", "moderate", "average", "fair", "resident", "trainee"}),
    frozenset({"expert", "e", "high", "higher", "good", "excellent", "pass", "passed", "senior", "attending"}),
)
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def level_key(name: str) -> str:
    """Two names with one key are one level."""
    return " ".join(name.split()).casefold()


def levels_found(names: Sequence[str]) -> tuple[str, ...]:
    """Each level once, as it was first spelled."""
    return tuple({level_key(name): name for name in reversed(names)}[key] for key in _keys(names))


def levels_ordered(names: Sequence[str]) -> tuple[str, ...] | None:
    """Lowest first, whatever order they are given in; None where the names do not say it."""
    levels = levels_found(names)
    for place in (_rank, _number):
        placed = {name: place(name) for name in levels}
        known = [value for value in placed.values() if value is not None]
        if len(known) == len(set(known)) == len(levels) and len({value[0] for value in known}) == 1:
            return tuple(sorted(levels, key=lambda name: placed[name] or ("", 0.0)))
    return None


def _keys(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(level_key(name) for name in names))


def _rank(name: str) -> tuple[str, float] | None:
    return next((("", float(rank)) for rank, words in enumerate(RANKS) if level_key(name) in words), None)


def _number(name: str) -> tuple[str, float] | None:
    """What is left of the name without its one number, and the number: "PGY 3", "13.5", "level 2"."""
    numbers = NUMBER.findall(name)
    if len(numbers) != 1:
        return None
    return level_key(NUMBER.sub(" ", name)), float(numbers[0].replace(",", "."))
