"""Projector and LoRA as safetensors in one folder, each with its manifest; one that was never trained is refused.

llava_surg.json  projector.safetensors  projector.manifest.json
adapter/  adapter_config.json  adapter_model.safetensors  manifest.json
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from inference.engines.local.base_model import LanguageModel
from inference.errors import ModelError, ModelMissing, ModelUntrained
from inference.llava_surg.config import CONFIG_NAME, LlavaSurgConfig
from inference.llava_surg.projector import Projector
from inference.models.artifact import open_artifact, require_fit
from inference.models.manifest import Manifest, Need, describe

PROJECTOR_NAME = "projector.safetensors"
ADAPTER_FOLDER = "adapter"
ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")
CARD = "llava_surg"
LICENCE = "CC BY-NC-SA 4.0 (trained on CholecT50)"
# What a projector calls its tower when it has seen no video yet.
NO_TOWER = "none"
# Enough to tell versions apart in a line that people read.
SHOWN_VERSION_CHARS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A trained projector and where its adapter lies, if it has one. `manifests` : of the projector, of the adapter."""

    config: LlavaSurgConfig
    projector: Projector
    adapter_dir: Path | None
    version: str
    manifests: tuple[Manifest, ...] = ()


def save_checkpoint(
    folder: Path,
    *,
    config: LlavaSurgConfig,
    projector: Projector,
    adapter: Any | None,
    base_id: str,
    trained_on: Sequence[str],
    facts: Mapping[str, Any],
) -> None:
    """`adapter` : a peft model · `base_id` : of the language model under it · `facts` : how it was trained.

    Weights are stored in float16.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config.save(folder)
    state = {key: value.detach().half().contiguous().cpu() for key, value in projector.state_dict().items()}
    save_file(state, folder / PROJECTOR_NAME)
    if adapter is not None:
        _save_adapter(folder / ADAPTER_FOLDER, adapter)
    describe_checkpoint(folder, base_id=base_id, trained_on=trained_on, facts=facts)


def describe_checkpoint(folder: Path, *, base_id: str, trained_on: Sequence[str], facts: Mapping[str, Any]) -> None:
    """Writes the manifests of what lies in a folder."""
    config = LlavaSurgConfig.load(folder)
    base = Need(kind="base", id=base_id)
    tower = [Need(kind="tower", id=config.encoder_id)] if config.encoder_id != NO_TOWER else []
    shared: dict[str, Any] = {"licence": LICENCE, "trained_on": trained_on, "card": CARD, "facts": facts}
    path = folder / PROJECTOR_NAME
    projector = describe(
        path,
        [path, folder / CONFIG_NAME],
        kind="projector",
        name=f"{config.name}-projector",
        needs=[*tower, base],
        **shared,
    )
    adapter_dir = folder / ADAPTER_FOLDER
    if adapter_dir.is_dir():
        needs = [base, Need(kind="projector", id=projector.id)]
        files = [adapter_dir / name for name in ADAPTER_FILES]
        describe(adapter_dir, files, kind="adapter", name=config.name, needs=needs, **shared)


def load_checkpoint(folder: Path) -> Checkpoint:
    """Raises ModelMissing without files, ModelUntrained for a projector never trained, ModelError for changed files,
    ModelMismatch for an adapter that was trained beside another projector."""
    if not (folder / CONFIG_NAME).is_file() or not (folder / PROJECTOR_NAME).is_file():
        raise ModelMissing(f"No LLaVA-Surg weights in {folder.name}: run `python -m inference.train answers`.")
    config = LlavaSurgConfig.load(folder)
    if not config.is_trained:
        raise ModelUntrained("The projector between video and language model was never trained: it is not used.")
    manifests = _open_manifests(folder)
    projector = Projector(config)
    state = {key: value.float() for key, value in load_file(folder / PROJECTOR_NAME).items()}
    _load_strictly(projector, state)
    adapter_dir = folder / ADAPTER_FOLDER
    return Checkpoint(
        config=config,
        projector=projector.eval().requires_grad_(False),
        adapter_dir=adapter_dir if adapter_dir.is_dir() else None,
        version=manifests[-1].version[:SHOWN_VERSION_CHARS],
        manifests=manifests,
    )


def adapted_model(base: LanguageModel, checkpoint: Checkpoint) -> Any:
    """The language model with the checkpoint's adapter in it. Raises ModelMismatch for another base than its own."""
    for manifest in checkpoint.manifests:
        require_fit(manifest, [base.manifest])
    return merge_adapter(base.model, checkpoint.adapter_dir)


def merge_adapter(model: Any, adapter_dir: Path | None) -> Any:
    """The language model with the adapter added into its weights: no cost per token."""
    if adapter_dir is None:
        return model
    from peft import PeftModel

    merged = PeftModel.from_pretrained(
        model, str(adapter_dir), is_trainable=False, low_cpu_mem_usage=True
    ).merge_and_unload()
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


def _open_manifests(folder: Path) -> tuple[Manifest, ...]:
    projector = open_artifact(folder / PROJECTOR_NAME, kind="projector")
    if not (folder / ADAPTER_FOLDER).is_dir():
        return (projector,)
    adapter = open_artifact(folder / ADAPTER_FOLDER, kind="adapter")
    require_fit(adapter, [projector])
    return projector, adapter
