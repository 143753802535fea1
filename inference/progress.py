"""Counted progress and cooperative stopping, by plain callables."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Unit = Literal["frames", "seconds", "tokens", "bytes", "steps", "clips", "questions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`done` of `total` real things; total 0 means not known yet."""

    done: int
    total: int
    unit: Unit


ProgressCallback = Callable[[Progress], None]
StopCheck = Callable[[], bool]


def part_of(report: ProgressCallback, *, before: int = 0, after: int = 0) -> ProgressCallback:
    """For work in several parts that count the same thing: `before` was done by earlier parts, `after` will follow."""

    def shifted(progress: Progress) -> None:
        total = before + progress.total + after
        report(Progress(done=before + progress.done, total=total, unit=progress.unit))

    return shifted


def ignore_progress(_progress: Progress) -> None:
    """For callers who do not watch."""


def never_stop() -> bool:
    """For callers who never stop the work."""
    return False
