"""What a round leaves in its folder while it works, as a run's row shows it: stages, curves, tokens, its last words."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from webapp.learning.runs import LOG_TAIL_CHARS, RunSeen, StageRow

STAGES = ("warm_up", "measure", "int", "sft_int", "rl_int", "pack", "gate")
CURVE, PROGRESS, FAILURE = "curve.jsonl", "progress.json", "failure.json"
Point = tuple[str, int, float | None, float | None]


def seen_in(round_dir: Path, *, log: Path, current: str, cost: dict[str, float], waiting: str) -> RunSeen:
    """`current` : empty while the round works, then gate, then over."""
    progress = _json(round_dir / PROGRESS)
    curve = tuple(_curve(round_dir))
    tokens = {f"tokens_{name}": int(progress[name]) for name in ("read", "generated") if name in progress}
    return RunSeen(
        stages=tuple(_stages(progress, curve, current)),
        curve=curve,
        cost={**cost, **tokens},
        log_tail=log_tail(log),
        waiting=waiting,
    )


def log_tail(log: Path) -> str:
    """Its last lines, whole ones."""
    try:
        with log.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - LOG_TAIL_CHARS))
            return file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""


def failure_in(round_dir: Path) -> tuple[str, str]:
    """Code and sentence of what ended a trainer by itself; empty where none told."""
    found = _json(round_dir / FAILURE)
    return str(found.get("kind", "")), str(found.get("reason", ""))


def _stages(progress: dict[str, Any], curve: tuple[Point, ...], current: str) -> Iterator[StageRow]:
    told = progress.get("stages", {})
    for name in STAGES:
        row = told.get(name, {}) if isinstance(told, dict) else {}
        if name == "gate" and current:
            row = {**row, "state": "running" if current == "gate" else "finished"}
        steps = [point[1] for point in curve if point[0] == name]
        yield StageRow(
            name=name,
            state=str(row.get("state", "waiting")),
            done=int(row.get("done", steps[-1] if steps else 0)),
            total=int(row.get("total", 0)),
            seconds=round(float(row.get("seconds", 0.0)), 1),
            note=str(row.get("note", ""))[:300],
        )


def _curve(round_dir: Path) -> Iterator[Point]:
    """After a kill a step is told twice; the later one stands."""
    for name in STAGES:
        points: dict[int, Point] = {}
        for row in _lines(round_dir / name / CURVE):
            loss, reward = row.get("loss"), row.get("reward")
            if isinstance(row.get("step"), int) and (loss is not None or reward is not None):
                points[row["step"]] = (name, row["step"], _number(loss), _number(reward))
        yield from (points[step] for step in sorted(points))


def _number(value: Any) -> float | None:
    return round(float(value), 4) if isinstance(value, int | float) else None


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return
    for line in text.splitlines():
        try:
            yield json.loads(line)
        except ValueError:  # a line that is being written
            continue


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
