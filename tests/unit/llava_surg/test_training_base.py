"""What is learnt for one base model: the projector is as wide as it, the manifest names it, no other is accepted."""

import json
from pathlib import Path

import pytest
import torch

from inference.engines.local.base_model import LanguageModel, load_base
from inference.errors import InputInvalid, ModelMismatch, ModelMissing
from inference.llava_surg.adapter_files import adapted_model, load_checkpoint
from inference.llava_surg.config import LlavaSurgConfig
from inference.llava_surg.training.train import main
from inference.models import catalogue
from inference.models.catalogue import BaseModel
from inference.models.convert import convert_gguf
from tests.fakes_base_model import WIDTH, tiny_base_model, write_gguf


@pytest.fixture
def bases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[BaseModel, BaseModel]:
    """Two base models of one size and of different weights."""
    made = []
    for seed, name in enumerate(("tiny-instruct", "other-instruct")):
        path = tmp_path / f"{name}.gguf"
        write_gguf(path, seed=seed)
        model = tiny_base_model(path, name=name)
        folder = tmp_path / "models" / name
        folder.mkdir(parents=True)
        convert_gguf(model, path, folder)
        made.append(model)
    monkeypatch.setattr(catalogue, "CATALOGUE", tuple(made))
    return made[0], made[1]


def trained(tmp_path: Path, base: str) -> Path:
    out = tmp_path / "out"
    lengths = ["--steps-text", "1", "--stop-after", "1", "--packs", "1", "--questions", "1", "--one-word", "1"]
    folders = ["--data", str(tmp_path), "--models", str(tmp_path / "models"), "--out", str(out)]
    main([*folders, "--base", base, *lengths, "--rank", "2", "--threads", "1"])
    return out


def loaded(tmp_path: Path, model: BaseModel) -> LanguageModel:
    return load_base(tmp_path / "models", model=model, dtype=torch.float32)


def test_projector_and_manifest_follow_the_base_that_is_named(
    tmp_path: Path, bases: tuple[BaseModel, BaseModel]
) -> None:
    checkpoint = trained(tmp_path, bases[1].name) / "checkpoint"

    assert LlavaSurgConfig.load(checkpoint).text_width == WIDTH
    needs = json.loads((checkpoint / "adapter" / "manifest.json").read_text())["needs"]
    assert {"kind": "base", "id": bases[1].id} in needs


def test_what_was_learnt_for_one_base_is_refused_on_another(tmp_path: Path, bases: tuple[BaseModel, BaseModel]) -> None:
    checkpoint = load_checkpoint(trained(tmp_path, bases[0].name) / "checkpoint")

    assert adapted_model(loaded(tmp_path, bases[0]), checkpoint)
    with pytest.raises(ModelMismatch, match=bases[0].id):
        adapted_model(loaded(tmp_path, bases[1]), checkpoint)


def test_a_run_does_not_go_on_for_another_base(tmp_path: Path, bases: tuple[BaseModel, BaseModel]) -> None:
    trained(tmp_path, bases[0].name)
    with pytest.raises(InputInvalid, match="belongs to another run"):
        trained(tmp_path, bases[1].name)


def test_a_base_that_nobody_knows_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    with pytest.raises(ModelMissing, match="gigantic"):
        trained(tmp_path, "gigantic")
