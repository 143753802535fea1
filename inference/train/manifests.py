"""Describes weights that lie there without manifests, as their writers would have.

    python -m inference.train manifests --weights DIR [--base NAME]

Nothing is changed but the manifests. What was trained on what is read from the files themselves; `--base` names the
language model under a LLaVA-Surg folder.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from safetensors import safe_open

from inference.lab.arguments import CommandParser, old_folder
from inference.lab.command_line import WEIGHTS
from inference.llava_surg.adapter_files import PROJECTOR_NAME, describe_checkpoint
from inference.llava_surg.training.train import MADE_UP
from inference.models.catalogue import DEFAULT, base_model_named
from inference.vision.artifacts import describe_simulator_heads, describe_timeline_heads, describe_tower
from inference.vision.backbone import Backbone
from inference.vision.encoder import surgical_encoder_id
from inference.vision.simulated.heads import SimulatorHeads

TOWER, TIMELINE_HEADS, SIMULATOR_HEADS = (
    "vision_tower.safetensors",
    "timeline_heads.json",
    "simulator_heads.safetensors",
)
CHECKPOINT = "llava_surg"


def main(arguments: Sequence[str] | None = None) -> None:
    options = _arguments(arguments)
    folder: Path = options.weights
    if not folder.is_dir():
        raise FileNotFoundError(2, "no folder", str(folder))
    trained_on = _describe_vision(folder)
    if (folder / CHECKPOINT / PROJECTOR_NAME).is_file():
        base_id = base_model_named(options.base).id
        recipe = _recipe(folder / CHECKPOINT)
        trained_on = [MADE_UP, *trained_on]
        describe_checkpoint(folder / CHECKPOINT, base_id=base_id, trained_on=trained_on, facts=recipe)
    for path in sorted(folder.rglob("*manifest.json")):
        print(path.relative_to(folder))


def _describe_vision(folder: Path) -> list[str]:
    """What the tower was trained on."""
    trained_on: list[str] = []
    if (folder / TOWER).is_file():
        encoder_id, trained_on = _tower_facts(folder / TOWER)
        describe_tower(folder / TOWER, encoder_id=encoder_id, trained_on=trained_on)
    if (folder / TIMELINE_HEADS).is_file():
        fields = json.loads((folder / TIMELINE_HEADS).read_text(encoding="utf-8"))
        describe_timeline_heads(folder / TIMELINE_HEADS, encoder_id=fields["encoder_id"], trained_on=trained_on)
    if (folder / SIMULATOR_HEADS).is_file():
        with safe_open(str(folder / SIMULATOR_HEADS), framework="pt") as file:
            encoder_id = file.metadata()["encoder_id"]
        # Their id is known once they are loaded, and nothing is loaded without a manifest.
        describe_simulator_heads(folder / SIMULATOR_HEADS, encoder_id=encoder_id, heads_id="")
        heads = SimulatorHeads.load(folder / SIMULATOR_HEADS)
        describe_simulator_heads(folder / SIMULATOR_HEADS, encoder_id=encoder_id, heads_id=heads.heads_id)
    return trained_on


def _tower_facts(path: Path) -> tuple[str, list[str]]:
    """The encoder's id and the surgeries it was trained on."""
    with safe_open(str(path), framework="pt") as file:
        trained_on = str((file.metadata() or {}).get("trained_on", ""))
        prefix = "backbone."
        state = {key.removeprefix(prefix): file.get_tensor(key) for key in file.keys() if key.startswith(prefix)}  # noqa: SIM118 - not a mapping
    backbone = Backbone()
    backbone.load_state_dict({key: value.float() for key, value in state.items()}, strict=True)
    return surgical_encoder_id(backbone), [name for name in trained_on.split(", ") if name]


def _recipe(folder: Path) -> dict[str, object]:
    """How it was trained, from the manifest that such folders had before, or from the one that is there."""
    for name in ("projector.manifest.json", "manifest.json"):
        if (folder / name).is_file():
            fields = json.loads((folder / name).read_text(encoding="utf-8"))
            return dict(fields.get("facts") or fields.get("training") or {})
    return {}


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = CommandParser("train manifests", __doc__)
    parser.add_argument("--weights", type=old_folder, default=WEIGHTS)
    parser.add_argument("--base", default=DEFAULT.name)
    return parser.parse_args(arguments)
