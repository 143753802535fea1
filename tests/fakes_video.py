"""A small feature store and a small LLaVA-Surg: the path from stored features to a streamed answer."""

from pathlib import Path
from typing import Any

import torch

from inference.engines.chat_format import ChatMl
from inference.engines.local.engine import LocalEngine
from inference.llava_surg.adapter_files import Checkpoint
from inference.llava_surg.answering.answerer import AnswerOptions, LlavaSurgAnswerer
from inference.llava_surg.config import LlavaSurgConfig
from inference.llava_surg.projector import Projector
from inference.vision.backbone import FEATURE_DIM, NUM_PATCHES
from inference.vision.writer import FeatureWriter
from tests.fakes_engine import ByteTokenizer, tiny_llama

TOWER = "tower-a"


def tiny_config(**changes: Any) -> LlavaSurgConfig:
    defaults: dict[str, Any] = {
        "name": "tiny",
        "encoder_id": TOWER,
        "vision_width": 8,
        "text_width": 32,
        "num_temporal": 4,
        "num_patches": 2,
        "is_trained": True,
    }
    return LlavaSurgConfig(**(defaults | changes))


def write_store(path: Path, *, seed: int = 1, num_frames: int = 12, encoder_id: str = TOWER) -> Path:
    patches = torch.rand(num_frames, NUM_PATCHES, FEATURE_DIM, generator=torch.Generator().manual_seed(seed))
    with FeatureWriter(path, encoder_id=encoder_id, expected_frames=num_frames) as writer:
        writer.append(patches)
        writer.finish()
    return path


def tiny_answerer(**options: Any) -> LlavaSurgAnswerer:
    config = tiny_config(vision_width=FEATURE_DIM, num_patches=NUM_PATCHES)
    torch.manual_seed(2)
    checkpoint = Checkpoint(config=config, projector=Projector(config), adapter_dir=None, version="0000")
    engine = LocalEngine(model=tiny_llama(), tokenizer=ByteTokenizer(), chat_format=ChatMl(), name="tiny")
    return LlavaSurgAnswerer(
        engine=engine, checkpoint=checkpoint, options=AnswerOptions(**({"max_tokens": 8} | options))
    )
