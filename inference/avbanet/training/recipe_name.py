"""A short name for all that an encoder depends on, so that none is taken for another."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

from inference.avbanet.training.fit import Recipe
from inference.avbanet.training.trials import Trial


def recipe_name(trials: Sequence[Trial], recipe: Recipe) -> str:
    """12 hexadecimal characters."""
    digest = hashlib.sha256(json.dumps(asdict(recipe), sort_keys=True).encode())
    for trial in trials:
        digest.update(f"{trial.task} {trial.sequence.content} {trial.sequence.encoder}".encode())
    return digest.hexdigest()[:12]
