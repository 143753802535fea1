"""Reading the registry. What models there are is no secret of one hospital: the site has one set of them."""

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from webapp.lib.errors import NotFound
from webapp.registry.facts import ModelFacts
from webapp.registry.models import ActiveModel, ModelVersion


def model_versions() -> QuerySet[ModelVersion]:
    return ModelVersion.objects.all()


def model_version_get(version_id: uuid.UUID) -> ModelVersion:
    """Raises NotFound."""
    version = model_versions().filter(pk=version_id).first()
    if version is None:
        raise NotFound("There is no such model.")
    return version


def active_models() -> dict[str, ActiveModel]:
    """By kind."""
    return {pointer.kind: pointer for pointer in ActiveModel.objects.select_related("version")}


def chosen_versions() -> dict[str, ModelVersion]:
    """By kind, those that an operator chose; of the others the release decides."""
    pointers = ActiveModel.objects.select_related("version").filter(is_by_hand=True)
    return {pointer.kind: pointer.version for pointer in pointers}


def versions_loaded(loaded: Iterable[ModelFacts]) -> list[ModelVersion]:
    """The rows of what a process has loaded, as far as they were registered."""
    keys = {(facts.kind, facts.name, facts.sha256) for facts in loaded}
    rows = ModelVersion.objects.filter(name__in=[name for _, name, _ in keys])
    return [row for row in rows if (row.kind, row.name, row.sha256) in keys]


def versions_by_artifact_ids(artifact_ids: Iterable[str]) -> list[ModelVersion]:
    """The newest row of each id that is known."""
    newest: dict[str, ModelVersion] = {}
    for version in ModelVersion.objects.filter(artifact_id__in=list(artifact_ids)).order_by("created_at"):
        newest[version.artifact_id] = version
    return list(newest.values())
