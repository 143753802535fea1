"""Which adapter explains: what an administrator promoted, else what comes with Debrief, else none."""

from dataclasses import dataclass
from pathlib import Path

import structlog
from django.db import DatabaseError

from inference.errors import ModelError
from inference.models.manifest import Manifest, manifest_path, read_manifest
from webapp.registry.selectors import chosen_versions
from workers.artifacts import located

SHIPPED = "reasoning"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningAdapter:
    """`name`: its artifact's id, which explanations are signed with · `base_id`: of the only base that it fits."""

    name: str
    folder: Path
    base_id: str
    is_promoted: bool


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


def base_id_of(manifest: Manifest) -> str:
    """Empty for one that names no base."""
    return next((need.id for need in manifest.needs if need.kind == "base"), "")


def _described(folder: Path, *, is_promoted: bool) -> ReasoningAdapter:
    manifest = read_manifest(manifest_path(folder))
    return ReasoningAdapter(name=manifest.id, folder=folder, base_id=base_id_of(manifest), is_promoted=is_promoted)
