"""The vision tower as the rest of Debrief sees it: pixels in, patch features and head outputs out.

Weights are our own (inference/weights/vision_tower.safetensors) where they are present, else ImageNet's. The encoder's
id holds a hash of the backbone's weights, so features of another tower are never mistaken for ours.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from safetensors import safe_open
from torch import Tensor

from inference.errors import ModelMismatch, ModelMissing
from inference.models.artifact import open_artifact
from inference.models.device import cpu_computes_bfloat16
from inference.vision.backbone import EYES_FIRST_BLOCK, FIRST_BLOCK, Backbone, imagenet_backbone, imagenet_weights_path
from inference.vision.eyes.eyes import Eyes
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
    """`weights`: our tower; None means ImageNet's. `eyes`: what looks at operations beside that tower's last block.
    `simulator`: heads for simulated videos, trained on that tower.

    `precision` auto: bfloat16 where the processor computes in it.
    """

    weights: Path | None = None
    eyes: Path | None = None
    simulator: Path | None = None
    device: str = "cpu"
    precision: Precision = "auto"


@dataclass(frozen=True, slots=True)
class FrameReading:
    """patches : (B, 49, 1280), float32, in [0, 6] · rows : (B, C), what the heads say, or None without any."""

    patches: Tensor
    rows: Tensor | None


class FrameEncoder:
    """Thread-safe once built: encoding only reads the weights."""

    def __init__(self, options: EncoderOptions | None = None) -> None:
        options = options or EncoderOptions()
        self._device = torch.device(options.device)
        self._dtype = _dtype(options.precision, self._device)
        backbone, self.heads = _load(options.weights)
        kind = "surgical" if options.weights else "imagenet"
        self.encoder_id = _encoder_id(kind, backbone)
        self.eyes = _eyes(options.eyes, self.encoder_id)
        self.simulator = _simulator_heads(options.simulator, self.encoder_id, self._device)
        self.heads_id = heads_hash(self.heads, self.simulator, eyes=self.eyes)
        placed = backbone.to(self._device, self._dtype).eval()
        placed = placed.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._backbone: FusedBackbone | Backbone = FusedBackbone(placed) if can_fuse(placed) else placed
        if self.heads is not None:
            self.heads = self.heads.to(self._device).eval()
        if self.eyes is not None:
            self.eyes.place(self._device, self._dtype, is_fused=isinstance(self._backbone, FusedBackbone))
        # More than a few frames' activations no longer fit a processor's cache; a GPU wants many.
        self._frames_per_pass = CPU_FRAMES_PER_PASS if self._device.type == "cpu" else GPU_FRAMES_PER_PASS
        self._lock = threading.Lock()

    @property
    def reading_id(self) -> str:
        """Names all that decides what a picture is read as: weights, heads, precision."""
        return f"{self.encoder_id} {self.heads_id} {self._dtype}"

    @property
    def output_names(self) -> tuple[str, ...]:
        """What the columns of `rows` mean, as "lane/label": the eyes', or without eyes the tower's own; then the
        simulator's. Empty without heads."""
        names = self.heads.output_names if self.heads is not None else ()
        names = self.eyes.row_names if self.eyes is not None else names
        return names + self.simulator.row_names if self.simulator is not None else names

    def encode(self, frames: Tensor) -> Tensor:
        """frames : (B, 3, 224, 224), as `frames_to_pixels` makes them · returns : (B, 49, 1280), float32, in [0, 6]."""
        return self._pass(frames, self._backbone_patches)

    def read(self, frames: Tensor) -> FrameReading:
        """Patches and rows in one pass: the early blocks serve the tower's last blocks and the eyes'."""
        seen: list[Tensor] = []

        def both(hidden: Tensor) -> Tensor:
            if self.eyes is None:
                return self._backbone_patches(hidden)
            # The tower's fused blocks add into what they are given.
            last = self._backbone.run_between(EYES_FIRST_BLOCK, FIRST_BLOCK, hidden.clone())
            seen.append(self.eyes.rows(hidden, last))
            return _patches(self._backbone.run_from(FIRST_BLOCK, last))

        patches = self._pass(frames, both)
        return FrameReading(patches, self._rows(patches, seen))

    def _pass(self, frames: Tensor, late: Callable[[Tensor], Tensor]) -> Tensor:
        """`late` turns the input of block EYES_FIRST_BLOCK into patches, a few frames at a time."""
        pixels = frames.to(self._device, self._dtype).contiguous(memory_format=torch.channels_last)
        # One pass at a time: two at once on one device are slower than one after the other.
        with self._lock, torch.inference_mode():
            parts = torch.split(pixels, self._frames_per_pass)
            return torch.cat([late(self._backbone.run_to(EYES_FIRST_BLOCK, part)) for part in parts])

    def _backbone_patches(self, hidden: Tensor) -> Tensor:
        return _patches(self._backbone.run_from(EYES_FIRST_BLOCK, hidden))

    def _rows(self, patches: Tensor, seen: list[Tensor]) -> Tensor | None:
        rows = [torch.cat(seen)] if seen else []
        with torch.inference_mode():
            if not seen and self.heads is not None:
                rows.append(self.heads(patches))
            if self.simulator is not None:
                rows.append(self.simulator.rows(patches))
        return torch.cat(rows, dim=1) if rows else None


def _patches(maps: Tensor) -> Tensor:
    """maps : (B, 1280, 7, 7) · returns : (B, 49, 1280), float32"""
    return maps.flatten(2).transpose(1, 2).float()


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


def heads_hash(heads: Heads | None, simulator: SimulatorHeads | None, *, eyes: Eyes | None = None) -> str:
    """Names what makes the frame logits beside the backbone, so that no calibration meets outputs of other heads."""
    if heads is None and eyes is None:
        return ""
    rows = weights_hash(simulator.projection) if simulator is not None else "none"
    own = eyes.rows_id if eyes is not None else weights_hash(heads) if heads is not None else ""
    return f"{own}-{rows}"


def _eyes(path: Path | None, encoder_id: str) -> Eyes | None:
    if path is None:
        return None
    eyes = Eyes.load(path)
    if eyes.encoder_id != encoder_id:
        raise ModelMismatch(f"The eyes look beside {eyes.encoder_id}, not beside {encoder_id}.")
    return eyes


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
