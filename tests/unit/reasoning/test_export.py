"""What leaves a round: cases for verl whose reward is ours, an adapter with a manifest and without its maker's path."""

import json
from pathlib import Path
from random import Random

import pytest
import torch
from safetensors.torch import save_file

from inference.errors import ModelError
from inference.models.artifact import open_artifact
from inference.reasoning.training.cases import cases
from inference.reasoning.training.export_verl import write_parquet
from inference.reasoning.training.packing import pack
from inference.reasoning.training.stretches import simulated_stretches
from inference.reasoning.training.verl_reward import compute_score


def test_exported_cases_are_rewarded_as_ours(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed: make setup-dev")
    drawn = cases(simulated_stretches(is_test=False, random=Random(1)), per_stratum=1, random=Random(1))
    assert write_parquet(drawn, tmp_path / "cases.parquet") == len(drawn)
    for row, case in zip(parquet.read_table(tmp_path / "cases.parquet").to_pylist(), drawn, strict=True):
        assert [message["role"] for message in row["prompt"]] == ["system", "user"]
        told = row["reward_model"]["ground_truth"]
        good = compute_score(row["data_source"], case.problem.reference, told, row["extra_info"])
        assert good > 1.0 > compute_score(row["data_source"], "1. so\nAnswer: nothing", told, row["extra_info"])


def adapter(folder: Path, weight: float) -> Path:
    folder.mkdir()
    save_file({"a.lora_A.weight": torch.full((2, 4), weight)}, folder / "adapter_model.safetensors")
    config = {"base_model_name_or_path": "/home/somebody/models/x", "r": 2, "peft_type": "LORA"}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return folder


def test_a_packed_adapter_says_what_it_belongs_to_and_names_no_machine(tmp_path: Path) -> None:
    out = tmp_path / "packed"
    pack(
        adapter(tmp_path / "raw", 0.5),
        out,
        base_id="qwen@1",
        licence="none",
        trained_on=["cholec80-01"],
        facts={"stage": "sft_int"},
    )
    manifest = open_artifact(out, kind="reasoning")
    assert [(need.kind, need.id) for need in manifest.needs] == [("base", "qwen@1")]
    assert "somebody" not in (out / "adapter_config.json").read_text()


def test_an_adapter_of_no_numbers_is_not_packed(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no numbers"):
        pack(
            adapter(tmp_path / "raw", float("nan")),
            tmp_path / "out",
            base_id="qwen@1",
            licence="none",
            trained_on=[],
            facts={},
        )
