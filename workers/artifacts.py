"""Where this machine's models lie, which of them are to work, and what the registry knows of the loaded ones.

A location is "weights/..." for what comes with Debrief and "models/..." for what was fetched or trained here; it is the
path of a file or a folder that has a manifest.
"""

import socket
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from inference.errors import ModelError, ModelMissing
from inference.models.manifest import (
    FILE_MANIFEST_ENDING,
    FOLDER_MANIFEST,
    Kind,
    Manifest,
    manifest_path,
    read_manifest,
)
from webapp.registry.facts import ModelFacts
from webapp.registry.selectors import chosen_versions
from webapp.registry.services import models_loaded

WEIGHTS, MODELS = "weights", "models"
# What an operator chose: kind, place and SHA-256 of each version. Two that are equal name the same files.
Chosen = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """On this machine's disk; described, not verified."""

    location: str
    path: Path
    manifest: Manifest

    @property
    def is_shipped(self) -> bool:
        return self.location.startswith(f"{WEIGHTS}/")

    @property
    def facts(self) -> ModelFacts:
        return facts_of(self.manifest, location=self.location)


def chosen(kinds: Collection[str]) -> Chosen:
    """Empty where the release decides for all of these kinds."""
    found = chosen_versions()
    return tuple((kind, found[kind].location, found[kind].sha256) for kind in sorted(kinds) if kind in found)


def located(kind: Kind, shipped: str) -> Path:
    """What an operator activated, else what comes with Debrief under that name. Raises ModelMissing if it is gone."""
    version = chosen_versions().get(kind)
    path = path_of(version.location if version else f"{WEIGHTS}/{shipped}")
    if version and not path.exists():
        raise ModelMissing(f"The active model of this kind is not on this machine: {version.location} is missing.")
    return path


def path_of(location: str) -> Path:
    root, _slash, rest = location.partition("/")
    return _roots()[root] / rest


def location_of(path: Path) -> str:
    """Raises ValueError for a path outside both folders."""
    for name, root in _roots().items():
        if path.is_relative_to(root):
            return f"{name}/{path.relative_to(root).as_posix()}"
    raise ValueError(f"{path} lies in no folder of models")


def artifacts_on_disk() -> list[Artifact]:
    """All that has a manifest which can be read, shipped ones first; work in progress (.fetch-...) is none."""
    return [artifact for root in _roots().values() for artifact in _artifacts_under(root)]


def facts_of(manifest: Manifest, *, location: str) -> ModelFacts:
    return ModelFacts(
        kind=manifest.kind,
        name=manifest.name,
        version=manifest.version,
        title=str(manifest.facts.get("title", manifest.name)),
        sha256=manifest.sha256,
        artifact_id=manifest.id,
        needs=tuple({"kind": need.kind, "id": need.id} for need in manifest.needs),
        card=manifest.card,
        licence=manifest.licence,
        location=location,
    )


def served_model_facts(name: str) -> ModelFacts:
    """A model behind a server: its name is all that is known of it."""
    return ModelFacts(kind="base", name=name, version="", title=name, sha256="", artifact_id=f"{name}@served")


def register_loaded(paths: Sequence[Path]) -> tuple[ModelFacts, ...]:
    """Tells the registry what this process has just loaded and works with from now on, and returns it."""
    return register_loaded_facts(
        [facts_of(read_manifest(manifest_path(path)), location=location_of(path)) for path in paths]
    )


def register_loaded_facts(facts: Sequence[ModelFacts]) -> tuple[ModelFacts, ...]:
    models_loaded(facts, worker=f"worker on {socket.gethostname()}")
    return tuple(facts)


def _artifacts_under(root: Path) -> Iterator[Artifact]:
    for place in sorted(root.rglob("*manifest.json")):
        if any(part.startswith(".") for part in place.relative_to(root).parts):
            continue
        try:
            manifest = read_manifest(place)
        except ModelError:
            continue
        path = _described_path(place, manifest)
        yield Artifact(location=location_of(path), path=path, manifest=manifest)


def _described_path(place: Path, manifest: Manifest) -> Path:
    """The folder, or the file whose name the manifest's has in common."""
    if place.name == FOLDER_MANIFEST:
        return place.parent
    stem = place.name.removesuffix(FILE_MANIFEST_ENDING)
    name = next((entry.path for entry in manifest.files if Path(entry.path).stem == stem), manifest.files[0].path)
    return place.parent / name


def _roots() -> dict[str, Path]:
    return {WEIGHTS: Path(settings.WEIGHTS_DIR), MODELS: Path(settings.MODELS_DIR)}
