"""What a LLaVA-Surg model is made of: the numbers of the Video-ChatGPT path, and our own defaults beside them."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FrameSampling = Literal["midpoints", "video_chatgpt", "every_second"]
Resize = Literal["squash_bilinear", "pad_bicubic", "squash_nearest"]
PromptStyle = Literal["chatml", "vicuna_v1"]

CONFIG_NAME = "llava_surg.json"
# CLIP ViT-L/14 at 224 px: 16 x 16 patches of width 1024; Video-ChatGPT keeps 100 frames.
CLIP_NUM_PATCHES = 256
CLIP_WIDTH = 1024
VIDEO_CHATGPT_NUM_TEMPORAL = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LlavaSurgConfig:
    """`encoder_id`: the tower the projector was trained on. `pad_temporal`: zero rows up to `num_temporal`."""

    name: str
    encoder_id: str
    vision_width: int
    text_width: int
    num_temporal: int
    num_patches: int
    has_layer_norm: bool = True
    pad_temporal: bool = False
    is_video_first: bool = True
    prompt_style: PromptStyle = "chatml"
    sampling: FrameSampling = "every_second"
    resize: Resize = "squash_bilinear"
    context_tokens: int = 2048
    is_trained: bool = False

    def __post_init__(self) -> None:
        if min(self.vision_width, self.text_width, self.num_temporal, self.num_patches) < 1:
            raise ValueError("widths and token counts must be positive")

    @property
    def num_visual_tokens(self) -> int:
        """At most; fewer where a clip has fewer seconds than `num_temporal` and is not padded."""
        return self.num_temporal + self.num_patches

    def save(self, folder: Path) -> None:
        (folder / CONFIG_NAME).write_text(json.dumps(dataclasses.asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LlavaSurgConfig":
        return cls(**json.loads((folder / CONFIG_NAME).read_text(encoding="utf-8")))


def faithful_config(*, name: str, text_width: int, encoder_id: str, is_trained: bool = True) -> LlavaSurgConfig:
    """LLaVA-Surg as published: 100 + 256 tokens of width 1024 through one linear layer, the question before the video.

    Sources: Video-ChatGPT's inference code for tokens, order, sampling and resize; Vicuna v1 separators.
    """
    return LlavaSurgConfig(
        name=name,
        encoder_id=encoder_id,
        vision_width=CLIP_WIDTH,
        text_width=text_width,
        num_temporal=VIDEO_CHATGPT_NUM_TEMPORAL,
        num_patches=CLIP_NUM_PATCHES,
        has_layer_norm=False,
        pad_temporal=True,
        is_video_first=False,
        prompt_style="vicuna_v1",
        sampling="video_chatgpt",
        resize="squash_nearest",
        is_trained=is_trained,
    )
