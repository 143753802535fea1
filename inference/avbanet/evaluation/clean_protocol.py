"""The table of the clean protocol: each domain by an encoder that saw the others, beside what needs no encoder."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from inference.avbanet.evaluation import clean
from inference.avbanet.evaluation.cells import kept, packed, unpacked
from inference.avbanet.evaluation.entries import entry, shown
from inference.avbanet.evaluation.measures import Predictions, accuracy, balanced_accuracy
from inference.datasets.avbanet_features import ORDER, SkillDomain

BASELINES = {
    "duration": clean.by_duration,
    "motion_statistics": clean.by_motion_statistics,
    "nearest_mean": clean.by_mean,
}
# Distances are not of one scale: each description is divided by its spread before the two are put together.
SMALLEST = 1e-9


def evaluate(
    domains: Sequence[SkillDomain], work: Path, *, seeds: int, report: Callable[[str], None]
) -> dict[str, dict[str, Any]]:
    found = {}
    for target in domains:
        cells = [_cell(domains, target, seed, work) for seed in range(seeds)]
        runs = {shots: [unpacked(cell[str(shots)]) for cell in cells] for shots in clean.SHOTS}
        told = entry(runs, target, baselines=_baselines(target, seeds))
        told["with_duration"] = shown([unpacked(cell["with_duration"]) for cell in cells])
        report(f"{target.key}: balanced {told['balanced']:.3f}")
        found[target.key] = told
    return found


def _cell(domains: Sequence[SkillDomain], target: SkillDomain, seed: int, work: Path) -> Any:
    sources = [one for one in domains if one.key in ORDER and one.key != target.key]

    def compute() -> dict[str, Any]:
        described = clean.by_encoder(target, clean.fit(sources, seed=seed))
        said = {str(shots): packed(clean.answers(described, shots, seed=seed)) for shots in clean.SHOTS}
        return {**said, "with_duration": packed(clean.answers(_with_duration(described), 1, seed=seed))}

    recipe = {
        "seed": seed,
        "target": target.key,
        "sources": [(one.key, len(one.trials)) for one in sources],
        "steps": clean.NUM_STEPS,
        "trials": len(target.trials),
    }
    return kept(work / "clean", f"{target.key}-{seed}", recipe, compute)


def _with_duration(described: clean.Described) -> clean.Described:
    numbers = [described.numbers, clean.by_duration(described.domain).numbers]
    scaled = [one / (np.sqrt(one.var(axis=0).sum()) + SMALLEST) for one in numbers]
    return clean.Described(domain=described.domain, numbers=np.concatenate(scaled, axis=1))


def _baselines(target: SkillDomain, seeds: int) -> dict[str, float]:
    """Plain accuracy under its own name, as the entry's own; balanced under `balanced_NAME`."""
    found = {}
    for name, describe in BASELINES.items():
        said = Predictions.joined([clean.answers(describe(target), 1, seed=seed) for seed in range(seeds)])
        found[name] = accuracy(said)
        found[f"balanced_{name}"] = balanced_accuracy(said)
    return found
