"""A run's curves as places in small drawings; the template makes them SVG."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

WIDTH_PX, HEIGHT_PX, LEFT_PX, PAD_PX = 360, 120, 40, 12
MEASURES = (("loss", 2), ("reward", 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """`ticks`: (value, y) of the least and the most · `path`: points of a polyline."""

    stage: str
    measure: str
    words: str
    path: str
    last: tuple[float, float]
    ticks: tuple[tuple[float, float], ...]
    num_steps: int
    width_px: int = WIDTH_PX
    height_px: int = HEIGHT_PX
    left_px: int = LEFT_PX


def curves_of(points: Sequence[Sequence[Any]], words: dict[str, str]) -> Iterator[Curve]:
    """`points` as TrainingRun.curve has them; of reinforcement the reward, of the others the loss."""
    for stage, some in groupby(points, key=lambda point: str(point[0])):
        rows = list(some)
        measure, place = MEASURES[1] if any(row[3] is not None for row in rows) else MEASURES[0]
        values = [(int(row[1]), float(row[place])) for row in rows if row[place] is not None]
        if values:
            yield _curve(stage, words.get(stage, stage), measure, values)


def _curve(stage: str, name: str, measure: str, values: Sequence[tuple[int, float]]) -> Curve:
    least, most = min(value for _, value in values), max(value for _, value in values)
    first, last = values[0][0], values[-1][0]

    def at(step: int, value: float) -> tuple[float, float]:
        along = (step - first) / max(1, last - first)
        up = (value - least) / (most - least) if most > least else 0.5
        x = LEFT_PX + along * (WIDTH_PX - LEFT_PX - PAD_PX)
        return round(x, 1), round(HEIGHT_PX - PAD_PX - up * (HEIGHT_PX - 2 * PAD_PX), 1)

    places = [at(step, value) for step, value in values]
    ends = (least,) if most == least else (least, most)
    return Curve(
        stage=stage,
        measure=measure,
        words=f"{name}: {measure} {_told(values)}",
        path=" ".join(f"{x},{y}" for x, y in places),
        last=places[-1],
        ticks=tuple((round(value, 3), at(first, value)[1]) for value in ends),
        num_steps=last,
    )


def _told(values: Sequence[tuple[int, float]]) -> str:
    (first, begun), (last, reached) = values[0], values[-1]
    if first == last:
        return f"{reached:.3g} at step {last}"
    return f"from {begun:.3g} at step {first} to {reached:.3g} at step {last}"
