"""Weights out of a folder: safetensors or .bin shards, never unpickling code, each file against its sha256 if given."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from inference.errors import ModelError, ModelMissing

MANIFEST = "sha256.json"
SAFETENSORS_INDEX, BIN_INDEX = "model.safetensors.index.json", "pytorch_model.bin.index.json"


def verify_manifest(folder: Path) -> None:
    """sha256.json, where there is one, maps file names under the folder to their hash. Raises ModelError on others."""
    path = folder / MANIFEST
    if not path.is_file():
        return
    for name, expected in json.loads(path.read_text(encoding="utf-8")).items():
        found = folder / name
        if not found.is_file():
            raise ModelMissing(f"{name} of {MANIFEST} is not there.")
        with found.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != expected:
                raise ModelError(f"{name} does not have the sha256 that {MANIFEST} gives it.")


def write_manifest(folder: Path) -> None:
    """Hashes of every weight file as it is now."""
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in {".bin", ".safetensors"}]
    hashes = {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    (folder / MANIFEST).write_text(json.dumps(hashes, indent=1) + "\n", encoding="utf-8")


def read_folder(folder: Path) -> dict[str, Tensor]:
    """All shards of a folder. Raises ModelMissing without weights, ModelError if two shards hold one name."""
    files = weight_files(folder)
    state: dict[str, Tensor] = {}
    for path in files:
        shard = read_file(path)
        twice = state.keys() & shard.keys()
        if twice:
            raise ModelError(f"{path.name} repeats {sorted(twice)[0]}.")
        state |= shard
    return state


def weight_files(folder: Path) -> list[Path]:
    """What the folder's index names, else model*.safetensors or pytorch_model*.bin; whatever lies beside is no weights.

    Raises ModelMissing without any, or for a shard that the index names and that is not there.
    """
    for index in (SAFETENSORS_INDEX, BIN_INDEX):
        if (folder / index).is_file():
            return _indexed(folder, index)
    files = sorted(folder.glob("model*.safetensors")) or sorted(folder.glob("pytorch_model*.bin"))
    if not files:
        raise ModelMissing(f"{folder.name} holds no weights: neither model*.safetensors nor pytorch_model*.bin.")
    return files


def _indexed(folder: Path, index: str) -> list[Path]:
    try:
        names = set(json.loads((folder / index).read_text(encoding="utf-8"))["weight_map"].values())
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ModelError(f"{index} cannot be read: {error}") from error
    for name in sorted(names):
        if Path(name).name != name or not (folder / name).is_file():
            raise ModelMissing(f"{index} names {name}, which is not there.")
    return [folder / name for name in sorted(names)]


def read_file(path: Path) -> dict[str, Tensor]:
    """Raises ModelError for what is not a plain map of names to tensors."""
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, SafetensorError, ValueError, EOFError) as error:
        raise ModelError(f"{path.name} cannot be read as weights: {error}") from error
    except Exception as error:  # torch names its refusal of code differently in each version
        raise ModelError(f"{path.name} holds more than weights and was not opened: {error}") from error
    if not isinstance(found, Mapping) or not all(isinstance(value, Tensor) for value in found.values()):
        raise ModelError(f"{path.name} holds more than weights.")
    return dict(found)


def add_delta(base: Mapping[str, Tensor], delta: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Name by name base + delta; the projector is whole in the delta, as are rows added to the vocabulary.

    Raises ModelError where a base tensor has no delta or their shapes do not fit.
    """
    missing = sorted(base.keys() - delta.keys() - _ignored(base))
    if missing:
        raise ModelError(f"The delta does not hold {missing[0]} and {len(missing) - 1} more: another base?")
    summed: dict[str, Tensor] = {}
    for name, change in delta.items():
        if name not in base:
            if "mm_projector" not in name:
                raise ModelError(f"The delta holds {name}, the base does not: another base?")
            summed[name] = change
            continue
        summed[name] = _sum(name, base[name], change)
    return summed


def _sum(name: str, base: Tensor, change: Tensor) -> Tensor:
    if base.shape == change.shape:
        return change + base
    is_vocabulary = name.endswith(("embed_tokens.weight", "lm_head.weight"))
    if not is_vocabulary or change.shape[0] < base.shape[0] or change.shape[1:] != base.shape[1:]:
        raise ModelError(f"{name} is {tuple(base.shape)} in the base and {tuple(change.shape)} in the delta.")
    summed = change.clone()
    summed[: base.shape[0]] += base
    return summed


def _ignored(state: Mapping[str, Tensor]) -> set[str]:
    return {name for name in state if name.endswith("rotary_emb.inv_freq")}
