"""What an artifact is made of and what it fits: one format for every model that Debrief loads.

The manifest of a folder is `manifest.json` in it; that of a single file stands beside it: `vision_tower.safetensors`
has `vision_tower.manifest.json`. Every file is named with its SHA-256 and size, and nothing is loaded that differs.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal, get_args

from inference.errors import ModelError, ModelMissing

# webapp/registry/models.py knows the same kinds; a test compares the two.
Kind = Literal[
    "tower", "eyes", "timeline_heads", "simulator_heads", "projector", "adapter", "reasoning", "scorer", "base"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
FOLDER_MANIFEST = "manifest.json"
FILE_MANIFEST_ENDING = ".manifest.json"
FORMAT = 1
VERSION_CHARS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """`path` is relative to the manifest's folder, with slashes."""

    path: str
    sha256: str
    num_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Another artifact without which this one means nothing: of that kind, with exactly this id."""

    kind: Kind
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`id` : what the needs of others name it by · `card` : its page under docs/models, without ending ·
    `facts` : how it was made, for people and loaders of its kind."""

    kind: Kind
    name: str
    id: str
    files: tuple[FileEntry, ...]
    needs: tuple[Need, ...] = ()
    licence: str
    trained_on: tuple[str, ...] = ()
    card: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Of all its files together."""
        lines = [f"{file.sha256}  {file.path}\n" for file in sorted(self.files, key=lambda file: file.path)]
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    @property
    def version(self) -> str:
        return self.sha256[:VERSION_CHARS]


def manifest_path(artifact: Path) -> Path:
    """Where the manifest of a folder or a file stands."""
    if artifact.is_dir():
        return artifact / FOLDER_MANIFEST
    return artifact.with_name(artifact.stem + FILE_MANIFEST_ENDING)


def read_manifest(path: Path) -> Manifest:
    """Raises ModelMissing without a file, ModelError for one that cannot be read as a manifest."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        return _from_json(fields)
    except FileNotFoundError as error:
        raise ModelMissing(f"{path.name} is missing, so nobody can say what lies beside it: it is not used.") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path.name} cannot be read as a manifest: {error}") from error


def write_manifest(manifest: Manifest, path: Path) -> None:
    path.write_text(json.dumps(_to_json(manifest), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def describe(
    artifact: Path,
    files: Sequence[Path],
    *,
    kind: Kind,
    name: str,
    artifact_id: str = "",
    needs: Sequence[Need] = (),
    licence: str,
    trained_on: Sequence[str] = (),
    card: str,
    facts: Mapping[str, Any] | None = None,
) -> Manifest:
    """Writes the manifest of a file or folder that consists of `files` · returns it.

    Without `artifact_id` nobody needs it by a name of its own, and name and version serve.
    """
    place = manifest_path(artifact)
    manifest = Manifest(
        kind=kind,
        name=name,
        id=artifact_id,
        files=file_entries(place.parent, files),
        needs=tuple(needs),
        licence=licence,
        trained_on=tuple(trained_on),
        card=card,
        facts=dict(facts or {}),
    )
    manifest = manifest if artifact_id else replace(manifest, id=f"{name}@{manifest.version}")
    write_manifest(manifest, place)
    return manifest


def file_entries(folder: Path, files: Sequence[Path]) -> tuple[FileEntry, ...]:
    """The files as they are now, by path under `folder`."""
    return tuple(
        FileEntry(path=path.relative_to(folder).as_posix(), sha256=file_sha256(path), num_bytes=path.stat().st_size)
        for path in sorted(files)
    )


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_json(manifest: Manifest) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "kind": manifest.kind,
        "name": manifest.name,
        "id": manifest.id,
        "version": manifest.version,
        "files": {file.path: {"sha256": file.sha256, "bytes": file.num_bytes} for file in manifest.files},
        "needs": [{"kind": need.kind, "id": need.id} for need in manifest.needs],
        "licence": manifest.licence,
        "trained_on": list(manifest.trained_on),
        "card": manifest.card,
        "facts": dict(manifest.facts),
    }


def _from_json(fields: Mapping[str, Any]) -> Manifest:
    """Raises KeyError, TypeError or ValueError for what is no manifest."""
    if fields["format"] != FORMAT:
        raise ValueError(f"format {fields['format']} is not known")
    manifest = Manifest(
        kind=_kind(fields["kind"]),
        name=str(fields["name"]),
        id=str(fields["id"]),
        files=tuple(_file_entry(path, facts) for path, facts in fields["files"].items()),
        needs=tuple(Need(kind=_kind(need["kind"]), id=str(need["id"])) for need in fields["needs"]),
        licence=str(fields["licence"]),
        trained_on=tuple(str(name) for name in fields["trained_on"]),
        card=str(fields["card"]),
        facts=dict(fields["facts"]),
    )
    if not manifest.files:
        raise ValueError("it names no files")
    if fields["version"] != manifest.version:
        raise ValueError("its version is not that of its files")
    return manifest


def _file_entry(path: str, facts: Mapping[str, Any]) -> FileEntry:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or "\\" in path:
        raise ValueError(f"{path} leads out of the folder")
    return FileEntry(path=path, sha256=str(facts["sha256"]), num_bytes=int(facts["bytes"]))


def _kind(value: Any) -> Kind:
    for kind in KINDS:
        if value == kind:
            return kind
    raise ValueError(f"{value} is no kind of model")
