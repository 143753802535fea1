"""LLaVA-Surg as published, from frames to an answer: CLIP, means over space and time, one linear layer, Vicuna prompt.

For checkpoints of that family (inference.llava_surg.faithful.layouts) and for comparing with them; the product keeps
features in a store and puts the video before the question.
"""

import hashlib
from collections.abc import Sequence

import torch
from torch import Tensor

from inference.engines.protocol import GenerationRequest, SamplingOptions, VisualInput
from inference.llava_surg.answering.prompt import faithful_messages
from inference.llava_surg.config import LlavaSurgConfig
from inference.llava_surg.faithful.clip_tower import ClipTower
from inference.llava_surg.faithful.frame_sampling import frame_indices
from inference.llava_surg.faithful.resizing import Frame
from inference.llava_surg.projector import Projector, visual_rows
from inference.llava_surg.schema import Turn
from inference.vision.pooling import spatio_temporal_pool

ENCODE_BATCH = 8
# Video-ChatGPT's demo: sampled at a low temperature, up to 1,024 tokens.
PUBLISHED_SAMPLING = SamplingOptions(max_tokens=1024, temperature=0.2)


def faithful_visual(frames: Sequence[Frame], *, config: LlavaSurgConfig, tower: ClipTower) -> Tensor:
    """frames: all of a clip's, (H, W, 3) uint8; returns (num_temporal + num_patches, vision_width) float32."""
    indices = frame_indices(len(frames), config.sampling, num_wanted=config.num_temporal)
    chosen = [frames[index] for index in indices]
    patches = [
        tower.encode(chosen[at : at + ENCODE_BATCH], resize=config.resize) for at in range(0, len(chosen), ENCODE_BATCH)
    ]
    return visual_rows(spatio_temporal_pool(torch.cat(patches), num_temporal=config.num_temporal), config)


@torch.inference_mode()
def faithful_request(
    question: str,
    *,
    visual: Tensor,
    projector: Projector,
    history: Sequence[Turn] = (),
    options: SamplingOptions = PUBLISHED_SAMPLING,
) -> GenerationRequest:
    """visual: as `faithful_visual` gives it. For a LocalEngine whose chat format is vicuna_v1."""
    key = hashlib.sha256(visual.contiguous().numpy().tobytes()).hexdigest()
    return GenerationRequest(
        messages=faithful_messages(question, history),
        visual=VisualInput(key=key, embeddings=projector.block(visual)),
        options=options,
    )
