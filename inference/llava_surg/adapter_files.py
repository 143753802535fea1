"""Projector and LoRA as safetensors in one folder, with sha256 manifest; a folder that was never trained is refused.

llava_surg.json  projector.safetensors  adapter/{adapter_config.json, adapter_model.safetensors}  manifest.json
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from inference.errors import ModelError, ModelMissing, ModelUntrained
from inference.llava_surg.config import CONFIG_NAME, LlavaSurgConfig
from inference.llava_surg.projector import Projector

PROJECTOR_NAME = "projector.safetensors"
ADAPTER_FOLDER = "adapter"
MANIFEST_NAME = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A trained projector and where its adapter lies, if it has one. `version`: the first of its content's hash."""

    config: LlavaSurgConfig
    projector: Projector
    adapter_dir: Path | None
    version: str


def save_checkpoint(
    folder: Path, *, config: LlavaSurgConfig, projector: Projector, adapter: Any | None, facts: Mapping[str, Any]
) -> None:
    """`adapter`: a peft model; `facts`: how it was trained, kept in the manifest. Weights are stored in float16."""
    folder.mkdir(parents=True, exist_ok=True)
    config.save(folder)
    state = {key: value.detach().half().contiguous().cpu() for key, value in projector.state_dict().items()}
    save_file(state, folder / PROJECTOR_NAME)
    if adapter is not None:
        _save_adapter(folder / ADAPTER_FOLDER, adapter)
    files = {str(path.relative_to(folder)): _sha256(path) for path in _weight_files(folder)}
    manifest = {"training": dict(facts), "sha256": files}
    (folder / MANIFEST_NAME).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def load_checkpoint(folder: Path) -> Checkpoint:
    """Raises ModelMissing without files, ModelUntrained for a projector never trained, ModelError for changed files."""
    if not (folder / CONFIG_NAME).is_file() or not (folder / PROJECTOR_NAME).is_file():
        raise ModelMissing(f"No LLaVA-Surg weights in {folder.name}: run `python -m inference.train answers`.")
    config = LlavaSurgConfig.load(folder)
    if not config.is_trained:
        raise ModelUntrained("The projector between video and language model was never trained: it is not used.")
    version = _verify(folder)
    projector = Projector(config)
    state = {key: value.float() for key, value in load_file(folder / PROJECTOR_NAME).items()}
    _load_strictly(projector, state)
    adapter_dir = folder / ADAPTER_FOLDER
    return Checkpoint(
        config=config,
        projector=projector.eval().requires_grad_(False),
        adapter_dir=adapter_dir if adapter_dir.is_dir() else None,
        version=version,
    )


def merge_adapter(model: Any, adapter_dir: Path | None) -> Any:
    """The language model with the adapter added into its weights: no cost per token."""
    if adapter_dir is None:
        return model
    from peft import PeftModel

    merged = PeftModel.from_pretrained(model, str(adapter_dir), is_trainable=False).merge_and_unload()
    return merged.eval().requires_grad_(False)


def _load_strictly(projector: Projector, state: Mapping[str, torch.Tensor]) -> None:
    try:
        projector.load_state_dict(state, strict=True)
    except RuntimeError as error:
        raise ModelError(f"The projector's weights do not fit: {error}") from error


def _save_adapter(folder: Path, adapter: Any) -> None:
    adapter.save_pretrained(str(folder))
    (folder / "README.md").unlink(missing_ok=True)
    path = folder / "adapter_model.safetensors"
    save_file({key: value.half() for key, value in load_file(path).items()}, path)
    config_path = folder / "adapter_config.json"
    config = json.loads(config_path.read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = Path(str(config.get("base_model_name_or_path") or "")).name
    config_path.write_text(json.dumps(config, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _weight_files(folder: Path) -> list[Path]:
    return [folder / CONFIG_NAME, *sorted(folder.rglob("*.safetensors"))]


def _verify(folder: Path) -> str:
    """Every file has the hash the manifest gives it; returns the manifest's own hash, shortened."""
    try:
        manifest = json.loads((folder / MANIFEST_NAME).read_text(encoding="utf-8"))["sha256"]
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{folder.name}/{MANIFEST_NAME} is missing or unreadable.") from error
    for name, expected in manifest.items():
        path = folder / name
        if not path.is_file() or _sha256(path) != expected:
            raise ModelError(f"{folder.name}/{name} is not the file that was measured: fetch the weights again.")
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()[:8]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
