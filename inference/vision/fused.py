"""The backbone with each convolution, its activation and its residual sum as one oneDNN call: a third faster on a CPU.

These calls are what PyTorch's own compiler emits; they are not a public interface, so `can_fuse` asks first and
everything works without them. torch is pinned, and a test compares the results with the plain backbone.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inference.models.device import cpu_computes_bfloat16
from inference.vision.backbone import Backbone, Block, SameConv

ACTIVATION = "hardtanh"
ACTIVATION_RANGE = [0.0, 6.0]


class FusedBackbone(nn.Module):
    """Same weights, same results as the `Backbone` it wraps; for inference only."""

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.plain = backbone.eval().requires_grad_(False)

    def forward(self, frames: Tensor) -> Tensor:
        return self.run_from(0, _activated(self.plain.stem, frames))

    def run_to(self, first_block: int, frames: Tensor) -> Tensor:
        """The input of block `first_block`."""
        return run_blocks(list(self.plain.blocks)[:first_block], _activated(self.plain.stem, frames))

    def run_between(self, first_block: int, until_block: int, hidden: Tensor) -> Tensor:
        """hidden : the input of block `first_block`, which is overwritten."""
        return run_blocks(list(self.plain.blocks)[first_block:until_block], hidden)

    def run_from(self, first_block: int, hidden: Tensor) -> Tensor:
        return run_late(list(self.plain.blocks)[first_block:], self.plain.head, hidden)


def run_late(blocks: Sequence[nn.Module], head: SameConv, hidden: Tensor) -> Tensor:
    """The last blocks and the head convolution, of the tower or of another branch."""
    return _activated(head, run_blocks(blocks, hidden))


def run_blocks(blocks: Sequence[nn.Module], hidden: Tensor) -> Tensor:
    for block in blocks:
        assert isinstance(block, Block)
        hidden = _block(block, hidden)
    return hidden


class EarlyBlocks:
    """Only the blocks before `until`, on frames as `frames_to_pixels` makes them; and those after it, one by one."""

    def __init__(self, backbone: Backbone, *, until: int) -> None:
        self._dtype = torch.bfloat16 if cpu_computes_bfloat16() else torch.float32
        plain = backbone.to(self._dtype).to(memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
        self._backbone: FusedBackbone | Backbone = FusedBackbone(plain) if can_fuse(plain) else plain
        self._until = until

    def __call__(self, frames: Tensor) -> Tensor:
        """frames : (B, 3, 224, 224) · returns : the input of block `until`, float32."""
        pixels = frames.to(self._dtype).contiguous(memory_format=torch.channels_last)
        with torch.inference_mode():
            return self._backbone.run_to(self._until, pixels).float()

    def further(self, hidden: Tensor, *, until: int) -> Tensor:
        """hidden : as `__call__` returns it · returns : the input of a later block, float32."""
        values = hidden.to(self._dtype, copy=True).contiguous(memory_format=torch.channels_last)
        with torch.inference_mode():
            return self._backbone.run_between(self._until, until, values).float()


def can_fuse(backbone: Backbone) -> bool:
    """Whether this torch has the calls and they work on this processor and number type."""
    weight = backbone.stem.weight
    if weight.device.type != "cpu":
        return False
    frames = torch.zeros(1, 3, 32, 32, dtype=weight.dtype).contiguous(memory_format=torch.channels_last)
    try:
        with torch.inference_mode():
            FusedBackbone(backbone)(frames)
    except (AttributeError, NotImplementedError, RuntimeError):
        return False
    return True


def _block(block: Block, inputs: Tensor) -> Tensor:
    hidden = inputs if block.expand is None else _activated(block.expand, inputs)
    hidden = _activated(block.depthwise, hidden)
    if not block.has_residual:
        return _convolved(block.project, hidden, "none", [])
    weight, bias = block.project.weight, block.project.bias
    # Adds into `inputs`, which nobody reads again.
    summed: Tensor = torch.ops.mkldnn._convolution_pointwise_.binary(
        inputs, hidden, weight, bias, [0, 0], [1, 1], [1, 1], 1, "add", 1.0, None, [], None
    )
    return summed


def _activated(convolution: SameConv, inputs: Tensor) -> Tensor:
    return _convolved(convolution, inputs, ACTIVATION, ACTIVATION_RANGE)


def _convolved(convolution: SameConv, inputs: Tensor, activation: str, scalars: list[float]) -> Tensor:
    before, after = convolution.pads
    if before != after:
        inputs, before = F.pad(inputs, (before, after, before, after)), 0
    outputs: Tensor = torch.ops.mkldnn._convolution_pointwise(
        inputs,
        convolution.weight,
        convolution.bias,
        [before, before],
        list(convolution.stride),
        [1, 1],
        convolution.groups,
        activation,
        scalars,
        "",
    )
    return outputs
