"""One domain's line of a protocol: figures over seeds, the bound by surgeon, what costs nothing beside it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from inference.avbanet.evaluation.measures import (
    Predictions,
    accuracy,
    balanced_accuracy,
    interval,
    majority,
    one_vs_rest,
)
from inference.datasets.avbanet_features import SkillDomain


def shown(runs: Sequence[Predictions]) -> dict[str, Any]:
    """Means over seeds of what each seed's predictions score; the interval is of all seeds' together, by surgeon."""
    accuracies = [accuracy(run) for run in runs]
    low, high = interval(Predictions.joined(runs))
    return {
        "accuracy": float(np.mean(accuracies)),
        "sd": float(np.std(accuracies)),
        "one_vs_rest": float(np.mean([one_vs_rest(run) for run in runs])),
        "balanced": float(np.mean([balanced_accuracy(run) for run in runs])),
        "interval": [low, high],
        "num_predictions": int(sum(len(run.truth) for run in runs)),
    }


def entry(
    by_shots: Mapping[int, Sequence[Predictions]], domain: SkillDomain, *, baselines: dict[str, float]
) -> dict[str, Any]:
    """`by_shots` : seeds' predictions for 1, 4 and 16 references a class; none where the domain is too small."""
    found: dict[str, Any] = {
        **shown(by_shots[1]),
        "majority": majority(domain.labels),
        **baselines,
        "num_trials": len(domain.trials),
        "num_surgeons": len(set(domain.subjects)),
    }
    for shots, runs in by_shots.items():
        if shots != 1:
            found[f"k{shots}"] = shown(runs) if runs else None
    return found
