"""CLIP's vision tower as Video-ChatGPT taps it: the patches of the last block but one, from a local folder.

The blocks after the tap are dropped, which changes no number and saves their work.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from inference.errors import ModelMissing
from inference.llava_surg.config import Resize
from inference.llava_surg.faithful.resizing import Frame, to_square

SELECT_LAYER = -2
# OpenAI's own normalisation of CLIP's pixels.
PIXEL_MEAN = (0.48145466, 0.4578275, 0.40821073)
PIXEL_STD = (0.26862954, 0.26130258, 0.27577711)


class ClipTower:
    """`model`: a CLIPVisionModel of transformers; it is cut at the tap."""

    def __init__(self, model: Any, *, encoder_id: str, select_layer: int = SELECT_LAYER) -> None:
        self.encoder_id = encoder_id
        self._side_px = int(model.config.image_size)
        blocks = model.encoder.layers if hasattr(model, "encoder") else model.vision_model.encoder.layers
        del blocks[len(blocks) + select_layer + 1 :]
        # The loop over blocks counts by the configuration, not by the list.
        model.config.num_hidden_layers = len(blocks)
        self._model = model.eval().requires_grad_(False)

    @classmethod
    def load(cls, folder: Path) -> "ClipTower":
        """Raises ModelMissing if the folder holds no CLIP; nothing is ever fetched."""
        if not (folder / "config.json").is_file():
            raise ModelMissing(f"No CLIP vision tower in {folder.name}: put clip-vit-large-patch14 there.")
        from transformers import CLIPVisionModel

        model = CLIPVisionModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
        return cls(model, encoder_id=f"clip-{folder.name}")

    @torch.inference_mode()
    def encode(self, frames: Sequence[Frame], *, resize: Resize) -> Tensor:
        """frames: (H, W, 3) uint8 RGB each; returns (B, N, D) float32, the class token left out."""
        squares = np.stack([to_square(frame, side_px=self._side_px, resize=resize) for frame in frames])
        pixels = torch.from_numpy(squares).permute(0, 3, 1, 2).float() / 255
        mean, std = (torch.tensor(values)[:, None, None] for values in (PIXEL_MEAN, PIXEL_STD))
        output = self._model(pixel_values=(pixels - mean) / std)
        patches: Tensor = output.last_hidden_state[:, 1:]
        return patches.float()
