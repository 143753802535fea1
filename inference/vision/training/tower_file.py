"""A trained tower as one safetensors file."""

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file

from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.training.fit import Tower


def save_tower(tower: Tower, path: Path, *, trained_on: Sequence[str]) -> str:
    """float16, with the names of the outputs and the terms of the data · returns the encoder's id."""
    tensors = {f"backbone.{key}": value for key, value in tower.backbone.state_dict().items()}
    tensors |= {f"heads.{key}": value for key, value in tower.heads.state_dict().items()}
    metadata = {
        "output_names": json.dumps(list(tower.heads.output_names)),
        "trained_on": ", ".join(trained_on),
        "licence": "CC BY-NC-SA 4.0 (trained on CholecT50)",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({key: value.to(torch.float16).contiguous() for key, value in tensors.items()}, path, metadata=metadata)
    return FrameEncoder(EncoderOptions(weights=path)).encoder_id
