"""The table of the published protocol: as released, and with each leak closed alone and all together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inference.avbanet.evaluation import paper
from inference.avbanet.evaluation.cells import kept, packed, unpacked
from inference.avbanet.evaluation.clean import answers, by_duration
from inference.avbanet.evaluation.entries import entry
from inference.avbanet.evaluation.measures import Predictions, accuracy
from inference.avbanet.paper_encoder import Norm, PaperOptions
from inference.datasets.avbanet_features import ORDER, SkillDomain

# The authors' stored run, one seed, plain accuracy recomputed from their own files: K = 1, 4, 16.
AUTHORS = {
    "STB": (0.995, 1.000, 1.000),
    "PC": (0.922, 0.932, 0.934),
    "ST": (0.457, 0.530, 0.700),
    "KT": (0.584, 0.643, 0.625),
    "NP": (0.507, 0.574, 0.625),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Which leaks are open. selection : whose episodes choose the epoch · rule : whom a query may be"""

    name: str
    selection: paper.Selected = "target"
    rule: str = "released"
    norm: Norm = "batch"
    is_masked: bool = False


RELEASED = Variant(name="as released")
FIXED = (
    RELEASED,
    Variant(name="epoch chosen on the sources", selection="sources"),
    Variant(name="support never scored", rule="support_out"),
    Variant(name="nor its surgeons and other views", rule="surgeon_out"),
    Variant(name="no statistics of the batch", norm="group"),
    Variant(name="padding masked", is_masked=True),
    Variant(name="all closed", selection="sources", rule="surgeon_out", norm="group", is_masked=True),
)


def evaluate(
    domains: Sequence[SkillDomain],
    variants: Sequence[Variant],
    work: Path,
    *,
    seeds: int,
    report: Callable[[str], None],
) -> dict[str, dict[str, Any]]:
    """domain -> its entry of the first variant, and `closed`: variant's name -> entry, where there are several."""
    found = {}
    for target in domains:
        entries = {}
        for variant in variants:
            cells = [_cell(domains, target, variant, seed, work) for seed in range(seeds)]
            runs = {shots: _runs(cells, variant, shots) for shots in paper.SHOTS}
            entries[variant.name] = entry(runs, target, baselines=_baselines(target))
            report(f"{target.key}, {variant.name}: {entries[variant.name]['accuracy']:.3f}")
        first, *rest = entries.values()
        found[target.key] = {**first, "authors": _authors(target.key)}
        if rest:
            found[target.key]["closed"] = entries
    return found


def _cell(domains: Sequence[SkillDomain], target: SkillDomain, variant: Variant, seed: int, work: Path) -> Any:
    """Of one training: shots -> rule -> predictions. Variants that train alike share it."""
    sources = [one for one in domains if one.key in ORDER and one.key != target.key]
    options = PaperOptions(norm=variant.norm, is_masked=variant.is_masked)

    def compute() -> dict[str, Any]:
        model = paper.train(sources, target, options, selection=variant.selection, seed=seed)
        return {
            str(shots): {rule: packed(said) for rule, said in paper.test(model, target, shots, seed=seed).items()}
            for shots in paper.SHOTS
        }

    recipe = {
        "norm": variant.norm,
        "is_masked": variant.is_masked,
        "selection": variant.selection,
        "seed": seed,
        "target": target.key,
        "sources": [(one.key, len(one.trials)) for one in sources],
        "scaled": "after padding",
        "checks": paper.num_checks(target) if variant.selection == "target" else 0,
        "epochs": paper.MAX_EPOCHS,
        "trials": len(target.trials),
    }
    name = f"{target.key}-{seed}-{variant.norm}-{int(variant.is_masked)}-{variant.selection}"
    return kept(work / "paper", name, recipe, compute)


def _runs(cells: Sequence[Any], variant: Variant, shots: int) -> list[Predictions]:
    rows = [cell[str(shots)].get(variant.rule) for cell in cells]
    return [unpacked(one) for one in rows if one]


def _baselines(target: SkillDomain) -> dict[str, float]:
    return {"duration": accuracy(answers(by_duration(target), 1, seed=0))}


def _authors(key: str) -> dict[str, float] | None:
    told = AUTHORS.get(key)
    return None if told is None else dict(zip(("accuracy", "k4", "k16"), np.round(told, 3).tolist(), strict=True))
