"""Which adapter explains: what an administrator promoted, else what comes with Debrief, else none."""

from dataclasses import dataclass
from pathlib import Path

import structlog
from django.db import DatabaseError

from inference.errors import ModelError
from inference.models.manifest import Manifest, manifest_path, read_manifest
from webapp.registry.models import ModelVersion
from webapp.registry.selectors import chosen_versions
from workers.artifacts import WEIGHTS, located, path_of

SHIPPED = "reasoning"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningAdapter:
    """`name`: its artifact's id, which explanations are signed with · `base_id`: of the only base that it fits."""

    name: str
    folder: Path
    base_id: str
    is_promoted: bool
    is_active: bool = True


def active_adapter() -> ReasoningAdapter | None:
    """None too where its files or the database are away: explanations go on without."""
    try:
        is_promoted = "reasoning" in chosen_versions()
        folder = located("reasoning", SHIPPED)
        if not folder.is_dir():
            return None
        return _described(folder, is_promoted=is_promoted)
    except (ModelError, DatabaseError, OSError) as error:
        log.error("active_adapter_missing", reason=str(error))
        return None


def adapter_of(version: ModelVersion) -> ReasoningAdapter:
    """One that is on trial. Raises ModelMissing or ModelError."""
    described = _described(path_of(version.location), is_promoted=not version.location.startswith(f"{WEIGHTS}/"))
    return ReasoningAdapter(
        name=described.name,
        folder=described.folder,
        base_id=described.base_id,
        is_promoted=described.is_promoted,
        is_active=False,
    )


def base_id_of(manifest: Manifest) -> str:
    """Empty for one that names no base."""
    return next((need.id for need in manifest.needs if need.kind == "base"), "")


def _described(folder: Path, *, is_promoted: bool) -> ReasoningAdapter:
    manifest = read_manifest(manifest_path(folder))
    return ReasoningAdapter(name=manifest.id, folder=folder, base_id=base_id_of(manifest), is_promoted=is_promoted)
