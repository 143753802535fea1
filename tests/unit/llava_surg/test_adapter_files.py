"""Weights on disk: whole, trained, and the ones that were measured; or refused."""

from pathlib import Path
from typing import Any

import pytest
import torch

from inference.errors import ModelError, ModelMissing, ModelUntrained
from inference.llava_surg.adapter_files import load_checkpoint, merge_adapter, save_checkpoint
from inference.llava_surg.projector import Projector
from inference.llava_surg.training.learner import Learner, LoraOptions
from tests.fakes_engine import END_ID, ByteTokenizer, tiny_llama
from tests.fakes_video import tiny_config


def saved(folder: Path, *, adapter: Any = None, **changes: Any) -> Projector:
    projector = Projector(tiny_config(**changes))
    save_checkpoint(folder, config=projector.config, projector=projector, adapter=adapter, facts={"seed": 1})
    return projector


def test_a_saved_projector_comes_back(tmp_path: Path) -> None:
    projector = saved(tmp_path)
    loaded = load_checkpoint(tmp_path)

    torch.testing.assert_close(loaded.projector.linear.weight, projector.linear.weight, atol=1e-3, rtol=1e-3)
    assert loaded.config == projector.config
    assert len(loaded.version) == 8


def test_a_projector_that_was_never_trained_is_refused(tmp_path: Path) -> None:
    saved(tmp_path, is_trained=False)

    with pytest.raises(ModelUntrained, match="never trained"):
        load_checkpoint(tmp_path)


def test_missing_weights_say_which_command_makes_them(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"inference\.train answers"):
        load_checkpoint(tmp_path)


def test_weights_that_were_changed_are_refused(tmp_path: Path) -> None:
    saved(tmp_path)
    path = tmp_path / "projector.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")

    with pytest.raises(ModelError, match="not the file"):
        load_checkpoint(tmp_path)


def test_a_merged_adapter_gives_the_same_logits_as_one_beside_the_weights(tmp_path: Path) -> None:
    learner = Learner(
        model=tiny_llama(),
        tokenizer=ByteTokenizer(),
        projector=Projector(tiny_config()),
        lora=LoraOptions(rank=2),
        end_id=END_ID,
    )
    with torch.no_grad():
        for parameter in learner.lora_parameters():
            parameter.copy_(0.1 * torch.randn_like(parameter).half().float())
    saved(tmp_path, adapter=learner.adapter)
    merged = merge_adapter(tiny_llama(), load_checkpoint(tmp_path).adapter_dir)
    ids = torch.tensor([[1, 2, 3]])

    torch.testing.assert_close(merged(ids).logits, learner.adapter(ids).logits, atol=1e-2, rtol=1e-2)
