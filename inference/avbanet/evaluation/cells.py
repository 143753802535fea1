"""A long evaluation in cells, one a seed and domain: each is kept when it is done, so a stopped run goes on."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from inference.avbanet.evaluation.measures import Predictions
from inference.lab import recipe as lab

VERSION = 1


def kept(folder: Path, name: str, recipe: Mapping[str, Any], compute: Callable[[], Any]) -> Any:
    """What `compute` returned (JSON) the first time, for this name and recipe."""
    said = json.dumps({"version": VERSION, **recipe}, sort_keys=True, default=str)
    path = folder / f"{name}-{hashlib.sha256(said.encode()).hexdigest()[:12]}.json"
    made = lab.kept(path, lambda part: part.write_text(json.dumps(compute()), encoding="utf-8"))
    return json.loads(made.read_text(encoding="utf-8"))


def packed(predictions: Predictions) -> list[list[Any]]:
    """[subject, truth, predicted, how often]"""
    rows = zip(predictions.subjects.tolist(), predictions.truth.tolist(), predictions.predicted.tolist(), strict=True)
    return [[*row, count] for row, count in sorted(Counter(rows).items())]


def unpacked(rows: list[list[Any]]) -> Predictions:
    counts = [int(row[3]) for row in rows]
    return Predictions(
        truth=np.repeat([int(row[1]) for row in rows], counts),
        predicted=np.repeat([int(row[2]) for row in rows], counts),
        subjects=np.repeat(np.array([str(row[0]) for row in rows], dtype=np.str_), counts),
    )
