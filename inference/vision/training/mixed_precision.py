"""The branch's patches for training: matrix products in bfloat16 where the processor computes in it, else float32.

torch's own autocast runs depthwise convolutions in bfloat16 as well, whose gradients then take longer than everything
else: half again as long as float32 throughout.
"""

import torch.nn.functional as F
from torch import Tensor

from inference.models.device import cpu_computes_bfloat16
from inference.vision.backbone import Block, SameConv
from inference.vision.eyes.branch import EyesBranch


def training_patches(branch: EyesBranch, hidden: Tensor) -> Tensor:
    """hidden : (B, 192, 7, 7) · returns : (B, 49, 1280), in [0, 6]"""
    if not cpu_computes_bfloat16():
        return branch.patches(hidden)
    cells = hidden.permute(0, 2, 3, 1).bfloat16()
    for block in branch.blocks:
        assert isinstance(block, Block)
        cells = _block(block, cells)
    return F.relu6(_pointwise(branch.head, cells)).flatten(1, 2)


def _block(block: Block, cells: Tensor) -> Tensor:
    assert block.expand is not None
    wide = F.relu6(_pointwise(block.expand, cells)).float().permute(0, 3, 1, 2)
    deep = F.relu6(block.depthwise(wide)).permute(0, 2, 3, 1).bfloat16()
    outputs = _pointwise(block.project, deep)
    return outputs + cells if block.has_residual else outputs


def _pointwise(convolution: SameConv, cells: Tensor) -> Tensor:
    """cells : (B, 7, 7, C_in), bfloat16 · returns : (B, 7, 7, C_out), bfloat16"""
    assert convolution.bias is not None
    return F.linear(cells, convolution.weight.flatten(1).bfloat16(), convolution.bias.bfloat16())
