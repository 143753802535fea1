"""Which layout a folder holds, told by its files alone.

hf_native       llava_surg.json, model.safetensors with language_model.* and projector.*: our own
video_chatgpt   base/ (a Llama folder) beside one .bin with the projector and the input embeddings
merged          one Llama folder whose weights also hold model.mm_projector.* (LLaVA-Med v1.0 after its delta)
delta           base/ and delta/, to be added name by name (LLaVA-Med v1.0, Video-ChatGPT as deltas)
"""

from pathlib import Path
from typing import Literal

from inference.errors import ModelMissing
from inference.llava_surg.config import CONFIG_NAME

Layout = Literal["hf_native", "video_chatgpt", "merged", "delta"]
HF_CONFIG = "config.json"
BASE, DELTA = "base", "delta"


# What a training run leaves beside the weights; none of it is weights.
LEFTOVERS = frozenset({"training_args.bin", "optimizer.bin", "scheduler.bin", "scaler.bin", "random_states.bin"})


def tuned_files(folder: Path) -> list[Path]:
    """The .bin files that may hold what was trained on a base/ beside them."""
    return sorted(path for path in folder.glob("*.bin") if path.name not in LEFTOVERS)


def detect_layout(folder: Path) -> Layout:
    """Raises ModelMissing for a folder that is none of the four, saying what was looked for."""
    if (folder / CONFIG_NAME).is_file() and (folder / "model.safetensors").is_file():
        return "hf_native"
    if (folder / BASE / HF_CONFIG).is_file():
        if (folder / DELTA / HF_CONFIG).is_file():
            return "delta"
        if tuned_files(folder):
            return "video_chatgpt"
    if (folder / HF_CONFIG).is_file():
        return "merged"
    raise ModelMissing(
        f"{folder.name} holds no known checkpoint: {CONFIG_NAME} + model.safetensors, base/ + one .bin, "
        "base/ + delta/, or one folder with config.json."
    )
