"""A training run on disk: parameters, the optimiser's moments and the step, in safetensors; no pickle."""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from inference.errors import InputInvalid

STATE_NAME = "state.safetensors"
# A parameter's own count of steps is among them: one that rested during a stage has made fewer than the run.
MOMENTS = ("exp_avg", "exp_avg_sq", "step")


def save_state(
    folder: Path, *, parameters: Mapping[str, nn.Parameter], optimizer: torch.optim.AdamW, step: int, recipe: str
) -> None:
    """Written beside and moved into place, so a kill leaves the older state whole."""
    tensors: dict[str, Tensor] = {}
    for name, parameter in parameters.items():
        tensors[f"value.{name}"] = parameter.detach().contiguous()
        for moment in MOMENTS:
            if moment in optimizer.state.get(parameter, {}):
                # A copy: the counts of several parameters may be one tensor, which the format does not hold twice.
                tensors[f"{moment}.{name}"] = optimizer.state[parameter][moment].clone().contiguous()
    staged = folder / f".{STATE_NAME}.part"
    save_file(tensors, staged, metadata={"step": str(step), "recipe": recipe})
    staged.replace(folder / STATE_NAME)


def load_state(
    folder: Path, *, parameters: Mapping[str, nn.Parameter], optimizer: torch.optim.AdamW, recipes: Collection[str]
) -> int:
    """Returns the step to go on from: 0 without a state. Raises InputInvalid if it is damaged or of no such recipe."""
    path = folder / STATE_NAME
    if not path.is_file():
        return 0
    with _opened(path) as file:
        metadata = file.metadata()
        if metadata["recipe"] not in recipes:
            other = json.loads(metadata["recipe"])
            raise InputInvalid(f"{path} belongs to another run: {other}. Choose another --out.")
        names = set(file.keys())
        step = int(metadata["step"])
        for name, parameter in parameters.items():
            with torch.no_grad():
                parameter.copy_(file.get_tensor(f"value.{name}"))
            if f"{MOMENTS[0]}.{name}" in names:
                optimizer.state[parameter] = {moment: file.get_tensor(f"{moment}.{name}") for moment in MOMENTS}
    return step


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with safe_open(str(path), framework="pt", device="cpu") as file:
            yield file
    except (SafetensorError, KeyError) as error:
        raise InputInvalid(f"{path} is damaged: remove it to begin anew") from error
