"""A round's adapter made ready to be registered: weights in bfloat16, and a manifest that says what they belong to."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from inference.errors import ModelError
from inference.models.manifest import Manifest, Need, describe

WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"
MAX_BYTES = 25 * 1024**2
NAME, CARD = "reasoning", "reasoning"
# What labels and clips allow passes on to what is trained on them.
SURGERY_LICENCE, OWN_LICENCE = "CC BY-NC-SA 4.0 (trained on Cholec80)", "Apache-2.0"


def pack(
    adapter: Path, out: Path, *, base_id: str, licence: str, trained_on: Sequence[str], facts: Mapping[str, Any]
) -> Manifest:
    """Writes `out`, a folder · returns its manifest. Raises ModelError for weights that are no numbers or too large."""
    tensors = load_file(adapter / WEIGHTS)
    if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values()):
        raise ModelError("The adapter holds weights that are no numbers: it is not used.")
    out.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.to(torch.bfloat16).contiguous() for name, tensor in tensors.items()}, out / WEIGHTS)
    config = json.loads((adapter / CONFIG).read_text(encoding="utf-8"))
    # The path of the machine that trained it; the manifest says which base it needs.
    config["base_model_name_or_path"] = base_id
    (out / CONFIG).write_text(json.dumps(config, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    if (out / WEIGHTS).stat().st_size > MAX_BYTES:
        raise ModelError(f"The adapter is larger than {MAX_BYTES // 1024**2} MB: lower its rank.")
    return describe(
        out,
        [out / WEIGHTS, out / CONFIG],
        kind="reasoning",
        name=NAME,
        needs=[Need(kind="base", id=base_id)],
        licence=licence,
        trained_on=trained_on,
        card=CARD,
        facts=facts,
    )
