"""A base language model of the catalogue, loaded from its converted folder by what the manifest says of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from inference.engines.chat_format import ChatFormat, chat_format_named
from inference.models.artifact import open_artifact
from inference.models.catalogue import DEFAULT, BaseModel
from inference.models.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageModel:
    """`model` : a causal language model in evaluation mode · `tokenizer` : its fast tokenizer."""

    folder: Path
    manifest: Manifest
    model: Any
    tokenizer: Any
    chat_format: ChatFormat

    @property
    def title(self) -> str:
        """What people read as the model's name."""
        return str(self.manifest.facts["title"])

    @property
    def end_id(self) -> int:
        """The token that ends a turn; the model's configuration may know others that end an answer too."""
        given = self.model.config.eos_token_id
        return int(given[0] if isinstance(given, list | tuple) else given)


def load_base(
    models_dir: Path, *, model: BaseModel = DEFAULT, dtype: torch.dtype, device: str = "cpu"
) -> LanguageModel:
    """Raises ModelMissing if it was never fetched, ModelError if a file is not the one that was converted."""
    return load_base_folder(models_dir / model.name, dtype=dtype, device=device)


def load_base_folder(folder: Path, *, dtype: torch.dtype, device: str = "cpu") -> LanguageModel:
    manifest = open_artifact(folder, kind="base")
    from transformers import AutoModelForCausalLM, AutoTokenizer

    loaded: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, local_files_only=True)
    return LanguageModel(
        folder=folder,
        manifest=manifest,
        model=loaded.to(device).eval().requires_grad_(False),
        tokenizer=AutoTokenizer.from_pretrained(folder, local_files_only=True),
        chat_format=chat_format_named(str(manifest.facts["chat_format"])),
    )
