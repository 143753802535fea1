"""The vision tower as the rest of Debrief sees it: pixels in, patch features and head outputs out.

Weights are our own (inference/weights/vision_tower.safetensors) where they are present, else ImageNet's. The encoder's
id holds a hash of the backbone's weights, so features of another tower are never mistaken for ours.
"""

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from safetensors import safe_open
from torch import Tensor, nn

from inference.errors import ModelMismatch, ModelMissing
from inference.models.artifact import open_artifact
from inference.models.device import cpu_computes_bfloat16
from inference.vision.backbone import Backbone, imagenet_backbone, imagenet_weights_path
from inference.vision.fused import FusedBackbone, can_fuse
from inference.vision.heads import Heads
from inference.vision.simulated.heads import SimulatorHeads
from inference.vision.weights import weights_hash

ID_PREFIX = "efficientnet-lite0"
CPU_FRAMES_PER_PASS = 4
GPU_FRAMES_PER_PASS = 64
Precision = Literal["auto", "float32", "bfloat16"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderOptions:
    """`weights`: our tower; None means ImageNet's. `simulator`: heads for simulated videos, trained on that tower.

    `precision` auto: bfloat16 where the processor computes in it.
    """

    weights: Path | None = None
    simulator: Path | None = None
    device: str = "cpu"
    precision: Precision = "auto"


class FrameEncoder:
    """Thread-safe once built: encoding only reads the weights."""

    def __init__(self, options: EncoderOptions | None = None) -> None:
        options = options or EncoderOptions()
        self._device = torch.device(options.device)
        self._dtype = _dtype(options.precision, self._device)
        backbone, self.heads = _load(options.weights)
        kind = "surgical" if options.weights else "imagenet"
        self.encoder_id = _encoder_id(kind, backbone)
        self.simulator = _simulator_heads(options.simulator, self.encoder_id, self._device)
        self.heads_id = heads_hash(self.heads, self.simulator)
        placed = backbone.to(self._device, self._dtype).eval()
        placed = placed.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._backbone: nn.Module = FusedBackbone(placed) if can_fuse(placed) else placed
        if self.heads is not None:
            self.heads = self.heads.to(self._device).eval()
        # More than a few frames' activations no longer fit a processor's cache; a GPU wants many.
        self._frames_per_pass = CPU_FRAMES_PER_PASS if self._device.type == "cpu" else GPU_FRAMES_PER_PASS
        self._lock = threading.Lock()

    @property
    def output_names(self) -> tuple[str, ...]:
        """What the columns of `head_logits` mean, as "lane/label", then the simulator's rows; empty without heads."""
        names = self.heads.output_names if self.heads is not None else ()
        return names + self.simulator.row_names if self.simulator is not None else names

    def encode(self, frames: Tensor) -> Tensor:
        """frames : (B, 3, 224, 224), as `frames_to_pixels` makes them · returns : (B, 49, 1280), float32, in [0, 6]."""
        pixels = frames.to(self._device, self._dtype).contiguous(memory_format=torch.channels_last)
        # One pass at a time: two at once on one device are slower than one after the other.
        with self._lock, torch.inference_mode():
            maps = torch.cat([self._backbone(part) for part in torch.split(pixels, self._frames_per_pass)])
        return maps.flatten(2).transpose(1, 2).float()

    def head_logits(self, patches: Tensor) -> Tensor | None:
        """patches : (B, 49, 1280) · returns : (B, C), float32, or None without trained heads."""
        if self.heads is None:
            return None
        with torch.inference_mode():
            logits: Tensor = self.heads(patches)
        if self.simulator is None:
            return logits
        return torch.cat([logits, self.simulator.rows(patches)], dim=1)


def load_tower(path: Path) -> tuple[Backbone, Heads | None]:
    """Backbone and heads out of one safetensors file, strictly: a missing or unknown key is an error.

    Raises ModelMissing without its manifest, ModelError if it is not the file that was measured.
    """
    open_artifact(path, kind="tower")
    with safe_open(str(path), framework="pt", device="cpu") as file:
        metadata = file.metadata() or {}
        state = {key: file.get_tensor(key).float() for key in file.keys()}  # noqa: SIM118 - not a mapping
    backbone = Backbone()
    backbone.load_state_dict(_under("backbone.", state), strict=True)
    names = tuple(json.loads(metadata.get("output_names", "[]")))
    if not names:
        return backbone, None
    heads = Heads(names)
    heads.load_state_dict(_under("heads.", state), strict=True)
    return backbone, heads


def _under(prefix: str, state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}


def _dtype(precision: Precision, device: torch.device) -> torch.dtype:
    if precision != "auto":
        return torch.bfloat16 if precision == "bfloat16" else torch.float32
    if device.type != "cpu":
        return torch.bfloat16
    return torch.bfloat16 if cpu_computes_bfloat16() else torch.float32


def surgical_encoder_id(backbone: Backbone) -> str:
    """What a tower of ours is called, and what heads and projectors need it by."""
    return _encoder_id("surgical", backbone)


def _encoder_id(kind: str, backbone: Backbone) -> str:
    return f"{ID_PREFIX}-{kind}-{backbone_hash(backbone)}"


def backbone_hash(backbone: Backbone) -> str:
    """Of the weights that make features; heads may be trained anew without making old features stale."""
    return weights_hash(backbone)


def heads_hash(heads: Heads | None, simulator: SimulatorHeads | None) -> str:
    """Names what makes the frame logits beside the backbone, so that no calibration meets outputs of other heads."""
    if heads is None:
        return ""
    rows = weights_hash(simulator.projection) if simulator is not None else "none"
    return f"{weights_hash(heads)}-{rows}"


def _simulator_heads(path: Path | None, encoder_id: str, device: torch.device) -> SimulatorHeads | None:
    """Rows are made where the patches are; the small network over time stays on the CPU."""
    if path is None:
        return None
    heads = SimulatorHeads.load(path)
    if heads.encoder_id != encoder_id:
        raise ModelMismatch(f"The simulator heads read features of {heads.encoder_id}, not of {encoder_id}.")
    heads.projection.to(device)
    return heads


def _load(weights: Path | None) -> tuple[Backbone, Heads | None]:
    source = weights or imagenet_weights_path()
    if not source.is_file():
        raise ModelMissing(f"no vision weights at {source.name}")
    return load_tower(weights) if weights else (imagenet_backbone(), None)
