"""The published path end to end, on tiny random weights."""

from typing import Any

import numpy as np
import torch

from inference.engines.chat_format import VicunaV1
from inference.engines.local.engine import LocalEngine
from inference.engines.protocol import SamplingOptions, complete
from inference.llava_surg.faithful.answerer import faithful_request, faithful_visual
from inference.llava_surg.faithful.clip_tower import PIXEL_MEAN, PIXEL_STD, ClipTower
from inference.llava_surg.projector import Projector
from tests.fakes_engine import ByteTokenizer, tiny_llama
from tests.fakes_video import tiny_config

SIDE_PX, NUM_PATCHES, WIDTH = 16, 4, 8


def tiny_clip() -> Any:
    from transformers import CLIPVisionConfig, CLIPVisionModel

    torch.manual_seed(4)
    config = CLIPVisionConfig(
        hidden_size=WIDTH,
        intermediate_size=16,
        num_hidden_layers=3,
        num_attention_heads=2,
        image_size=SIDE_PX,
        patch_size=8,
    )
    return CLIPVisionModel(config).eval()


def frames(num_frames: int = 7) -> list[Any]:
    random = np.random.default_rng(2)
    return [random.integers(0, 255, (SIDE_PX, SIDE_PX, 3), dtype=np.uint8) for _ in range(num_frames)]


def faithful() -> Any:
    return tiny_config(
        vision_width=WIDTH,
        num_patches=NUM_PATCHES,
        num_temporal=10,
        has_layer_norm=False,
        pad_temporal=True,
        is_video_first=False,
        sampling="video_chatgpt",
        resize="squash_nearest",
        prompt_style="vicuna_v1",
    )


def test_the_cut_tower_gives_the_last_hidden_state_but_one() -> None:
    shown = frames(2)
    pixels = torch.from_numpy(np.stack(shown)).permute(0, 3, 1, 2) / 255
    mean, std = (torch.tensor(values)[:, None, None] for values in (PIXEL_MEAN, PIXEL_STD))
    whole = tiny_clip()(pixel_values=(pixels - mean) / std, output_hidden_states=True).hidden_states[-2][:, 1:]
    cut = ClipTower(tiny_clip(), encoder_id="tiny").encode(shown, resize="squash_nearest")

    torch.testing.assert_close(cut, whole, atol=1e-6, rtol=0)


def test_a_clip_becomes_padded_temporal_rows_then_spatial_ones() -> None:
    rows = faithful_visual(frames(), config=faithful(), tower=ClipTower(tiny_clip(), encoder_id="tiny"))

    assert rows.shape == (10 + NUM_PATCHES, WIDTH)
    assert torch.equal(rows[7:10], torch.zeros(3, WIDTH))


def test_other_frames_give_another_answer() -> None:
    tower, projector = ClipTower(tiny_clip(), encoder_id="tiny"), Projector(faithful())
    engine = LocalEngine(model=tiny_llama(), tokenizer=ByteTokenizer(), chat_format=VicunaV1(), name="tiny")
    texts = set()
    for shown in (frames(), [255 - frame for frame in frames()], [frame // 9 for frame in frames()]):
        visual = faithful_visual(shown, config=faithful(), tower=tower)
        options = SamplingOptions(max_tokens=16)
        texts.add(
            complete(engine, faithful_request("What is it?", visual=visual, projector=projector, options=options)).text
        )

    assert len(texts) > 1
