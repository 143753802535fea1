"""One manifest for every kind: what differs from it, or does not belong together, is refused in one sentence."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from inference.errors import ModelError, ModelMismatch, ModelMissing
from inference.models.artifact import open_artifact, require_fit
from inference.models.manifest import KINDS, Kind, Manifest, Need, describe, manifest_path, read_manifest
from tests.conftest import ROOT

WEIGHTS = ROOT / "inference" / "weights"


def described(folder: Path, *, kind: Kind = "scorer", **more: str) -> Path:
    path = folder / f"{kind}.safetensors"
    path.write_bytes(b"weights")
    describe(path, [path], kind=kind, name="a model", licence="ours", card="a_card", **more)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_read_back_as_it_was_described(kind: Kind, tmp_path: Path) -> None:
    path = described(tmp_path, kind=kind)
    manifest = open_artifact(path, kind=kind)

    assert (manifest.kind, manifest.files[0].num_bytes) == (kind, 7)
    assert manifest.id == f"a model@{manifest.version}"
    assert manifest_path(path) == tmp_path / f"{kind}.manifest.json"


@pytest.mark.parametrize("content", [b"weightz", b"weights and more", b"", None])
def test_a_file_that_differs_is_not_loaded(content: bytes | None, tmp_path: Path) -> None:
    path = described(tmp_path)
    companion = tmp_path / "settings.json"
    companion.write_bytes(b"{}")
    describe(path, [path, companion], kind="scorer", name="a model", licence="ours", card="a_card")
    companion.unlink()
    if content is not None:
        companion.write_bytes(content)
    with pytest.raises(ModelError, match=r"a model: settings\.json is"):
        open_artifact(path, kind="scorer")


def test_a_model_without_manifest_is_not_loaded(tmp_path: Path) -> None:
    path = described(tmp_path)
    manifest_path(path).unlink()
    with pytest.raises(ModelMissing, match=r"scorer\.manifest\.json is missing"):
        open_artifact(path, kind="scorer")
    with pytest.raises(ModelMissing, match="no base model at nothing"):
        open_artifact(tmp_path / "nothing", kind="base")


@pytest.mark.parametrize(
    "change",
    [
        {"files": {"../scorer.safetensors": {"sha256": "0", "bytes": 7}}},
        {"files": {"/etc/hostname": {"sha256": "0", "bytes": 7}}},
        {"files": {}},
        {"files": []},
        {"kind": "oracle"},
        {"format": 99},
        {"version": "0"},
        {"needs": "all"},
    ],
)
def test_a_manifest_that_is_none_is_refused(change: dict[str, object], tmp_path: Path) -> None:
    path = described(tmp_path)
    fields = json.loads(manifest_path(path).read_text())
    manifest_path(path).write_text(json.dumps(fields | change))
    with pytest.raises(ModelError, match="cannot be read as a manifest"):
        open_artifact(path, kind="scorer")


def test_one_kind_is_not_taken_for_another(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is a scorer, not a projector"):
        open_artifact(described(tmp_path), kind="projector")


def test_what_was_made_for_another_is_refused_in_one_sentence(tmp_path: Path) -> None:
    tower = read_manifest(manifest_path(described(tmp_path, kind="tower", artifact_id="tower-a")))
    heads = replace(tower, kind="timeline_heads", name="heads", needs=(Need(kind="tower", id="tower-b"),))
    require_fit(replace(heads, needs=(Need(kind="tower", id="tower-a"),)), [tower])

    with pytest.raises(ModelMismatch) as refused:
        require_fit(heads, [tower])
    assert str(refused.value) == (
        f"The timeline heads heads {heads.version} belongs to the vision tower tower-b, not to tower-a: "
        "the two are not used together."
    )


def shipped() -> dict[str, Manifest]:
    return {str(path.relative_to(WEIGHTS)): read_manifest(path) for path in WEIGHTS.rglob("*manifest.json")}


def test_every_shipped_file_of_weights_is_in_a_manifest() -> None:
    described_files = {
        path.parent / entry.path for path in WEIGHTS.rglob("*manifest.json") for entry in read_manifest(path).files
    }
    files = {path for path in WEIGHTS.rglob("*") if path.is_file() and not path.name.endswith("manifest.json")}

    assert files == described_files


def test_every_shipped_artifact_has_a_card_and_terms() -> None:
    for name, manifest in shipped().items():
        assert (ROOT / "docs" / "models" / f"{manifest.card}.md").is_file(), name
        assert manifest.licence, name
        assert manifest.trained_on, name


def test_shipped_heads_belong_to_the_shipped_tower() -> None:
    manifests = list(shipped().values())
    towers = [manifest for manifest in manifests if manifest.kind == "tower"]
    heads = [manifest for manifest in manifests if manifest.kind in {"timeline_heads", "simulator_heads"}]

    assert len(towers) == 1
    assert len(heads) == 2
    for manifest in heads:
        require_fit(manifest, towers)
