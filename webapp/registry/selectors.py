"""Reading the registry. What models there are is no secret of one hospital: the site has one set of them."""

from collections.abc import Iterable

from django.db.models import QuerySet

from webapp.registry.models import ActiveModel, ModelVersion


def model_versions() -> QuerySet[ModelVersion]:
    return ModelVersion.objects.all()


def active_models() -> dict[str, ActiveModel]:
    """By kind."""
    return {pointer.kind: pointer for pointer in ActiveModel.objects.select_related("version")}


def chosen_location(kind: str) -> str:
    """Where the version lies that an operator chose; empty where the release decides."""
    pointer = ActiveModel.objects.select_related("version").filter(kind=kind, is_by_hand=True).first()
    return pointer.version.location if pointer else ""


def versions_by_artifact_ids(artifact_ids: Iterable[str]) -> list[ModelVersion]:
    """The newest row of each id that is known."""
    newest: dict[str, ModelVersion] = {}
    for version in ModelVersion.objects.filter(artifact_id__in=list(artifact_ids)).order_by("created_at"):
        newest[version.artifact_id] = version
    return list(newest.values())
