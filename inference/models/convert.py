"""A GGUF file to a plain bfloat16 folder of transformers, once. Reading GGUF takes a minute, safetensors a second."""

import os
from pathlib import Path
from typing import Any

import torch

from inference.models.catalogue import BaseModel
from inference.models.manifest import FOLDER_MANIFEST, Manifest, describe

# docs/models/base_models.md
CARD = "base_models"
WEIGHTS_NAME, TOKENIZER_NAME = "model.safetensors", "tokenizer.json"


def convert_gguf(model: BaseModel, gguf: Path, folder: Path) -> Manifest:
    """Writes weights, tokenizer and manifest into `folder`, which is there and empty."""
    from transformers import AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    weights = _read_weights(gguf)
    end_ids = tokenizer.convert_tokens_to_ids(list(model.end_tokens))
    for config in (weights.config, weights.generation_config):
        config.eos_token_id = end_ids if len(end_ids) > 1 else end_ids[0]
    weights.config._name_or_path = model.title
    weights.save_pretrained(folder, max_shard_size="64GB")
    tokenizer.save_pretrained(folder)
    return describe_converted(model, folder)


def describe_converted(model: BaseModel, folder: Path) -> Manifest:
    """Writes the manifest of a converted folder · returns it."""
    files = [path for path in folder.iterdir() if path.is_file() and path.name != FOLDER_MANIFEST]
    for path in files:
        path.chmod(0o644)
    return describe(
        folder,
        files,
        kind="base",
        name=model.name,
        artifact_id=model.id,
        licence=model.licence,
        card=CARD,
        facts={
            "title": model.title,
            "source": {"file": model.gguf_name, "sha256": model.gguf_sha256},
            "chat_format": model.chat_format,
        },
    )


def _read_weights(gguf: Path) -> Any:
    """Plain bfloat16. Without `dequantize` transformers keeps GGUF blocks and slow kernels, 20 times slower here."""
    from transformers import AutoModelForCausalLM, GgufConfig

    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    model: Any = AutoModelForCausalLM.from_pretrained(
        gguf.parent, gguf_file=gguf.name, quantization_config=GgufConfig(dequantize=True), dtype=torch.bfloat16
    )
    # A model read from GGUF calls itself quantised and refuses to be saved; its weights are plain by now.
    model.hf_quantizer = None
    model.is_quantized = False
    model.config.__dict__.pop("quantization_config", None)
    _tie(model)
    return model


def _tie(model: Any) -> None:
    """One matrix for words in and words out, as the models of the catalogue were trained.

    A GGUF file may store it twice; the head's copy is the one that was rounded less (Q8_0 or Q6_K against Q5_0, Q4_K).
    """
    head, embeddings = model.get_output_embeddings(), model.get_input_embeddings()
    with torch.no_grad():
        embeddings.weight.copy_(head.weight)
    model.config.tie_word_embeddings = True
    model.tie_weights()
