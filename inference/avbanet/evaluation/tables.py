"""A protocol's figures as a table for people, and for a model card."""

from collections.abc import Mapping, Sequence
from typing import Any

COLUMNS = ("accuracy", "sd", "one_vs_rest", "balanced", "interval", "majority", "duration")
SHOTS = ("k4", "k16")
BASELINES = ("motion_statistics", "nearest_mean")


def table(found: Mapping[str, Any]) -> str:
    """Markdown."""
    if "domains" not in found:
        return "\n".join(_lines(found))
    names = [name for name in (*COLUMNS, *BASELINES) if any(name in one for one in found["domains"].values())]
    rows = [["domain", *names, *SHOTS]]
    for key, one in found["domains"].items():
        rows.append([key, *(_cell(one.get(name)) for name in names), *(_shots(one.get(name)) for name in SHOTS)])
        for variant, closed in one.get("closed", {}).items():
            cells = [_cell(closed.get(name)) for name in names]
            rows.append([f"- {variant}", *cells, *(_shots(closed.get(name)) for name in SHOTS)])
    head, *rest = (" | ".join(row) for row in rows)
    return "\n".join([head, " | ".join(["---"] * len(rows[0])), *rest])


def _lines(found: Mapping[str, Any], *, before: str = "") -> list[str]:
    lines = []
    for name, value in found.items():
        if isinstance(value, Mapping):
            lines += _lines(value, before=f"{before}{name}.")
        else:
            lines.append(f"{before}{name}: {_cell(value)}")
    return lines


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " to ".join(_cell(one) for one in value)
    return str(value)


def _shots(entry: Mapping[str, Any] | None) -> str:
    return "-" if not entry else _cell(entry["accuracy"])
