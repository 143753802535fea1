"""From the vision tower's width to the language model's: [LayerNorm +] one linear layer, as LLaVA-Surg has it.

The rows of <vid_start> and <vid_end> live here too, so the language model's own vocabulary stays as it is.
"""

import torch
from torch import Tensor, nn

from inference.llava_surg.config import LlavaSurgConfig
from inference.vision.pooling import VisualTokens


class Projector(nn.Module):
    def __init__(self, config: LlavaSurgConfig) -> None:
        super().__init__()
        self.config = config
        self.norm: nn.Module = nn.LayerNorm(config.vision_width) if config.has_layer_norm else nn.Identity()
        self.linear = nn.Linear(config.vision_width, config.text_width)
        self.start = nn.Parameter(torch.zeros(config.text_width))
        self.end = nn.Parameter(torch.zeros(config.text_width))

    def forward(self, features: Tensor) -> Tensor:
        """features: (..., vision_width); returns (..., text_width)."""
        projected: Tensor = self.linear(self.norm(features))
        return projected

    def block(self, features: Tensor) -> Tensor:
        """features: (L, vision_width); returns (L + 2, text_width): <vid_start>, the visual tokens, <vid_end>."""
        return torch.cat([self.start[None], self(features), self.end[None]])


def visual_rows(tokens: VisualTokens, config: LlavaSurgConfig) -> Tensor:
    """Temporal before spatial, (L, vision_width) float32; padded with zero rows if the config says so.

    A padding row becomes the projector's bias, as in Video-ChatGPT, where padding is not masked either.
    """
    temporal = tokens.temporal.float()
    missing = config.num_temporal - temporal.shape[0]
    if config.pad_temporal and missing > 0:
        temporal = torch.cat([temporal, temporal.new_zeros(missing, temporal.shape[1])])
    return torch.cat([temporal, tokens.spatial.float()])


def merge_visual(text_rows: Tensor, visual: Tensor, is_patch: Tensor) -> Tensor:
    """text_rows: (B, L, D), visual: (num_true, D), is_patch: (B, L) bool; visual rows take the marked places.

    The same as cutting each row at <vid_start> and <vid_end> and joining the pieces. Raises ValueError if the number
    of places and of visual rows differ.
    """
    if int(is_patch.sum()) != visual.shape[0]:
        raise ValueError(f"{int(is_patch.sum())} places for {visual.shape[0]} visual tokens")
    return text_rows.masked_scatter(is_patch[..., None], visual.to(text_rows.dtype))
