"""Last blocks of the backbone, trained to see: they read what the tower's last four blocks read, and answer.

The tower's own blocks stay as they are, since the language model's projector was trained on its patches; the early
blocks serve both, so one pass over a frame costs little more than without eyes.
"""

import copy

from torch import Tensor, nn

from inference.vision.backbone import EYES_FIRST_BLOCK, Backbone, relu6
from inference.vision.heads import Heads


class EyesBranch(nn.Module):
    """hidden (B, 192, 7, 7), the input of block EYES_FIRST_BLOCK -> logits (B, C), named by `output_names`."""

    def __init__(self, backbone: Backbone, output_names: tuple[str, ...]) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(copy.deepcopy(block) for block in list(backbone.blocks)[EYES_FIRST_BLOCK:])
        self.head = copy.deepcopy(backbone.head)
        self.heads = Heads(output_names)

    def patches(self, hidden: Tensor) -> Tensor:
        """returns : (B, 49, 1280), in [0, 6]"""
        return self.maps(hidden).flatten(2).transpose(1, 2)

    def maps(self, hidden: Tensor) -> Tensor:
        """returns : (B, 1280, 7, 7)"""
        for block in self.blocks:
            hidden = block(hidden)
        found: Tensor = relu6(self.head(hidden))
        return found

    def forward(self, hidden: Tensor) -> Tensor:
        logits: Tensor = self.heads(self.patches(hidden))
        return logits
