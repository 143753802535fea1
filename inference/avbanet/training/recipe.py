"""How an encoder is trained, and a short name for all that it depends on, so that none is taken for another."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from inference.avbanet.training.trials import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """`shift`, `stretch` : of an episode's columns, in deviations: another room, another camera"""

    num_steps: int = 40
    episodes_per_step: int = 4
    queries: int = 2
    max_shots: int = 2
    lengths_s: tuple[int, int] = (20, 40)
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    shift: float = 1.0
    stretch: float = 0.15
    skill_weight: float = 1.0
    ridge: float = 30.0
    mistake_ridge: float = 2.0
    seed: int = 0


def recipe_name(trials: Sequence[Trial], recipe: Recipe) -> str:
    """12 hexadecimal characters."""
    digest = hashlib.sha256(json.dumps(asdict(recipe), sort_keys=True).encode())
    for trial in trials:
        digest.update(f"{trial.task} {trial.sequence.content} {trial.sequence.encoder}".encode())
    return digest.hexdigest()[:12]
