"""An artifact on disk, opened: its manifest read, each file the one that was measured, its needs met; or refused."""

from collections.abc import Sequence
from pathlib import Path

from inference.errors import ModelError, ModelMismatch, ModelMissing
from inference.models.manifest import Kind, Manifest, file_sha256, manifest_path, read_manifest

WORDS: dict[Kind, str] = {
    "tower": "vision tower",
    "eyes": "eyes",
    "timeline_heads": "timeline heads",
    "simulator_heads": "simulator heads",
    "projector": "projector",
    "adapter": "adapter",
    "reasoning": "reasoning adapter",
    "scorer": "scorer",
    "base": "base model",
}


def open_artifact(path: Path, *, kind: Kind) -> Manifest:
    """`path` : a file or a folder, with its manifest. Raises ModelMissing without one, ModelError where they differ."""
    if not path.exists():
        raise ModelMissing(f"There is no {WORDS[kind]} at {path.name}: fetch or train it.")
    manifest = read_manifest(manifest_path(path))
    if manifest.kind != kind:
        raise ModelError(f"{path.name} is a {WORDS[manifest.kind]}, not a {WORDS[kind]}.")
    verify_files(manifest, manifest_path(path).parent)
    return manifest


def verify_files(manifest: Manifest, folder: Path) -> None:
    """Raises ModelError naming the first file that is missing or is not the one that was measured."""
    for entry in manifest.files:
        path = folder / entry.path
        if not path.is_file():
            raise ModelError(f"{manifest.name}: {entry.path} is missing: fetch or train it again.")
        if path.stat().st_size != entry.num_bytes or file_sha256(path) != entry.sha256:
            raise ModelError(f"{manifest.name}: {entry.path} is not the file that was measured: fetch it again.")


def require_fit(manifest: Manifest, others: Sequence[Manifest]) -> None:
    """Raises ModelMismatch, in one sentence, if one of `others` is of a needed kind but not the needed one."""
    for need in manifest.needs:
        for other in others:
            if other.kind == need.kind and other.id != need.id:
                raise ModelMismatch(
                    f"The {WORDS[manifest.kind]} {manifest.name} {manifest.version} belongs to the "
                    f"{WORDS[need.kind]} {need.id}, not to {other.id}: the two are not used together."
                )
