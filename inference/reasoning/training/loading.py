"""A language model for rollouts: the base from its folder, and one adapter over it or none."""

from pathlib import Path
from typing import Any

from inference.engines.local.base_model import load_base_folder
from inference.errors import ModelMismatch
from inference.models.device import fastest_dtype
from inference.models.manifest import file_sha256, manifest_path, read_manifest

ADAPTER_FILE = "adapter_model.safetensors"


def load_solver_model(base: Path, adapter: Path | None) -> tuple[Any, Any]:
    """Model and tokenizer. Raises ModelMissing, ModelError, or ModelMismatch for an adapter of another base."""
    loaded = load_base_folder(base, dtype=fastest_dtype("cpu"))
    if adapter is None:
        return loaded.model, loaded.tokenizer
    refuse_other_base(adapter, loaded.manifest.id)
    from peft import PeftModel

    # In the model's precision: rollouts need no float32, which costs them a third.
    model = PeftModel.from_pretrained(loaded.model, adapter, autocast_adapter_dtype=False)
    return model.to(loaded.model.dtype).eval().requires_grad_(False), loaded.tokenizer


def refuse_other_base(adapter: Path, base_id: str) -> None:
    """Where the adapter has a manifest; raises ModelMismatch."""
    path = manifest_path(adapter)
    if not path.is_file():
        return
    for need in read_manifest(path).needs:
        if need.kind == "base" and need.id != base_id:
            raise ModelMismatch(f"The adapter belongs to {need.id}, not to {base_id}: the two are not used together.")


def adapter_name(adapter: Path | None) -> str:
    """What a journal names weights by: a part of the file's hash, or the base's word."""
    return "base" if adapter is None else file_sha256(adapter / ADAPTER_FILE)[:12]
