"""A trained tower as one safetensors file, with its manifest beside it."""

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file

from inference.vision.artifacts import TOWER_LICENCE, describe_tower
from inference.vision.encoder import surgical_encoder_id
from inference.vision.training.fit import Tower


def save_tower(tower: Tower, path: Path, *, trained_on: Sequence[str]) -> str:
    """float16, with the names of the outputs and the terms of the data · returns the encoder's id."""
    tensors = {f"backbone.{key}": value for key, value in tower.backbone.state_dict().items()}
    tensors |= {f"heads.{key}": value for key, value in tower.heads.state_dict().items()}
    metadata = {
        "output_names": json.dumps(list(tower.heads.output_names)),
        "trained_on": ", ".join(trained_on),
        "licence": TOWER_LICENCE,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({key: value.to(torch.float16).contiguous() for key, value in tensors.items()}, path, metadata=metadata)
    encoder_id = surgical_encoder_id(tower.backbone)
    describe_tower(path, encoder_id=encoder_id, trained_on=trained_on)
    return encoder_id
