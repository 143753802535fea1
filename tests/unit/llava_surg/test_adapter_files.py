"""Weights on disk: whole, trained, and the ones that were measured; or refused."""

from pathlib import Path
from typing import Any

import pytest
import torch

from inference.engines.chat_format import ChatMl
from inference.engines.local.base_model import LanguageModel
from inference.errors import ModelError, ModelMismatch, ModelMissing, ModelUntrained
from inference.llava_surg.adapter_files import adapted_model, load_checkpoint, merge_adapter, save_checkpoint
from inference.llava_surg.projector import Projector
from inference.llava_surg.training.learner import Learner, LoraOptions
from inference.models.manifest import FileEntry, Manifest
from tests.fakes_engine import END_ID, ByteTokenizer, tiny_llama
from tests.fakes_video import tiny_config

BASE_ID = "tiny@0"


def saved(folder: Path, *, adapter: Any = None, **changes: Any) -> Projector:
    projector = Projector(tiny_config(**changes))
    save_checkpoint(
        folder,
        config=projector.config,
        projector=projector,
        adapter=adapter,
        base_id=BASE_ID,
        trained_on=["a surgery"],
        facts={"seed": 1},
    )
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


def base_model(base_id: str) -> LanguageModel:
    files = (FileEntry(path="model.safetensors", sha256="0", num_bytes=1),)
    manifest = Manifest(kind="base", name="tiny", id=base_id, files=files, licence="", card="")
    return LanguageModel(
        folder=Path("tiny"), manifest=manifest, model=tiny_llama(), tokenizer=ByteTokenizer(), chat_format=ChatMl()
    )


def trained_learner() -> Learner:
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
    return learner


def test_what_was_trained_on_another_base_model_is_refused_in_one_sentence(tmp_path: Path) -> None:
    saved(tmp_path, adapter=trained_learner().adapter)
    checkpoint = load_checkpoint(tmp_path)

    assert adapted_model(base_model(BASE_ID), checkpoint)
    with pytest.raises(ModelMismatch, match=r"belongs to the base model tiny@0, not to large@1"):
        adapted_model(base_model("large@1"), checkpoint)


def test_an_adapter_beside_another_projector_is_refused(tmp_path: Path) -> None:
    torch.manual_seed(0)
    saved(tmp_path / "a", adapter=trained_learner().adapter)
    saved(tmp_path / "b", adapter=trained_learner().adapter, name="another")
    for name in ("projector.safetensors", "projector.manifest.json", "llava_surg.json"):
        (tmp_path / "b" / name).replace(tmp_path / "a" / name)

    with pytest.raises(ModelMismatch, match="belongs to the projector"):
        load_checkpoint(tmp_path / "a")


@pytest.mark.parametrize("name", ["projector.safetensors", "llava_surg.json", "adapter/adapter_model.safetensors"])
def test_each_file_of_a_checkpoint_is_checked(name: str, tmp_path: Path) -> None:
    saved(tmp_path, adapter=trained_learner().adapter)
    path = tmp_path / name
    path.write_bytes(path.read_bytes().replace(b" ", b"  ", 1) if name.endswith("json") else path.read_bytes()[:-1])

    with pytest.raises(ModelError, match="not the file"):
        load_checkpoint(tmp_path)


def test_a_merged_adapter_gives_the_same_logits_as_one_beside_the_weights(tmp_path: Path) -> None:
    learner = trained_learner()
    saved(tmp_path, adapter=learner.adapter)
    merged = merge_adapter(tiny_llama(), load_checkpoint(tmp_path).adapter_dir)
    ids = torch.tensor([[1, 2, 3]])

    torch.testing.assert_close(merged(ids).logits, learner.adapter(ids).logits, atol=1e-2, rtol=1e-2)
