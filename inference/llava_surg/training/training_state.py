"""A training run on disk: parameters, the optimiser's moments and the step, in safetensors; no pickle."""

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

STATE_NAME = "state.safetensors"
MOMENTS = ("exp_avg", "exp_avg_sq")


def save_state(
    folder: Path, *, parameters: Mapping[str, nn.Parameter], optimizer: torch.optim.AdamW, step: int, recipe: str
) -> None:
    """Written beside and moved into place, so a kill leaves the older state whole."""
    tensors: dict[str, Tensor] = {}
    for name, parameter in parameters.items():
        tensors[f"value.{name}"] = parameter.detach().contiguous()
        for moment in MOMENTS:
            if moment in optimizer.state.get(parameter, {}):
                tensors[f"{moment}.{name}"] = optimizer.state[parameter][moment].contiguous()
    staged = folder / f".{STATE_NAME}.part"
    save_file(tensors, staged, metadata={"step": str(step), "recipe": recipe})
    staged.replace(folder / STATE_NAME)


def load_state(
    folder: Path, *, parameters: Mapping[str, nn.Parameter], optimizer: torch.optim.AdamW, recipe: str
) -> int:
    """Returns the step to go on from: 0 without a state. Raises ValueError if it belongs to another recipe."""
    path = folder / STATE_NAME
    if not path.is_file():
        return 0
    with safe_open(str(path), framework="pt", device="cpu") as file:
        metadata = file.metadata()
        if metadata["recipe"] != recipe:
            raise ValueError(f"{path} belongs to another run: {json.loads(metadata['recipe'])}. Choose another --out.")
        names = set(file.keys())
        step = int(metadata["step"])
        for name, parameter in parameters.items():
            with torch.no_grad():
                parameter.copy_(file.get_tensor(f"value.{name}"))
            if f"{MOMENTS[0]}.{name}" in names:
                state = {moment: file.get_tensor(f"{moment}.{name}") for moment in MOMENTS}
                optimizer.state[parameter] = {"step": torch.tensor(float(step)), **state}
    return step
