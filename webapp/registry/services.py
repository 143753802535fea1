"""Writing the registry: a model is registered once, activation is the move of a pointer, and both are in the log."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from webapp.accounts.actors import Actor, worker_actor
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.lib.errors import Conflict
from webapp.registry.facts import ModelFacts
from webapp.registry.models import BRINGS_ITS_BASE, ActiveModel, ModelKind, ModelVersion
from webapp.registry.selectors import active_models


@transaction.atomic
def model_register(facts: ModelFacts, *, actor: Actor) -> ModelVersion:
    """The row of this artifact, made at the first time."""
    fields = asdict(facts) | {"needs": [dict(need) for need in facts.needs]}
    key = {name: fields.pop(name) for name in ("kind", "name", "sha256")}
    version, is_new = ModelVersion.objects.get_or_create(**key, defaults=fields)
    if is_new:
        _record(Action.MODEL_REGISTER, version, actor=actor)
    else:
        # The same files, perhaps at another place or better described.
        ModelVersion.objects.filter(pk=version.pk).update(**fields)
        version.refresh_from_db()
    return version


@transaction.atomic
def models_loaded(loaded: Sequence[ModelFacts], *, worker: str) -> list[ModelVersion]:
    """What a worker has loaded and is to work with. A pointer follows the release unless an operator moved it.

    Raises Conflict for a version that was revoked: it must not work.
    """
    versions = [model_register(facts, actor=worker_actor(worker)) for facts in loaded]
    _require_not_revoked(versions)
    pointers = active_models()
    for version in versions:
        pointer = pointers.get(version.kind)
        if pointer is None or (not pointer.is_by_hand and pointer.version_id != version.pk):
            _point(version, is_by_hand=False, actor=worker_actor(worker))
    return versions


@transaction.atomic
def models_activate(versions: Sequence[ModelVersion], *, is_by_hand: bool, actor: Actor) -> None:
    """Moves the pointers of these kinds together. Raises Conflict, in one sentence, for a set that does not fit."""
    _require_not_revoked(versions)
    _require_fit(versions)
    for version in versions:
        _point(version, is_by_hand=is_by_hand, actor=actor)


@transaction.atomic
def model_deactivate(version: ModelVersion, *, reason: str, actor: Actor) -> None:
    """Takes its pointer away: what comes with Debrief works again, or nothing of this kind. Nothing if not active."""
    if not ActiveModel.objects.filter(version=version).delete()[0]:
        return
    _set_state(version, ModelVersion.State.RETIRED)
    _record(Action.MODEL_DEACTIVATE, version, actor=actor, reason=reason)


@transaction.atomic
def model_revoke(version: ModelVersion, *, reason: str, actor: Actor) -> None:
    """For good. Raises Conflict while it is the active one: another has to be activated first."""
    if ActiveModel.objects.filter(version=version).exists():
        raise Conflict(f"{version} is active: activate another one first.")
    _set_state(version, ModelVersion.State.REVOKED)
    _record(Action.MODEL_REVOKE, version, actor=actor, reason=reason)


def _require_not_revoked(versions: Sequence[ModelVersion]) -> None:
    for version in versions:
        if version.state == ModelVersion.State.REVOKED:
            raise Conflict(f"{version} was revoked: it is not used any more.")


def _require_fit(versions: Sequence[ModelVersion]) -> None:
    """Each of what would be active then belongs to the others."""
    after = {kind: pointer.version for kind, pointer in active_models().items()}
    after |= {version.kind: version for version in versions}
    for version in after.values():
        for need in _needs_beside(version):
            other = after.get(need["kind"])
            if other is not None and other.artifact_id != need["id"]:
                raise Conflict(
                    f"{version.get_kind_display()} {version} belongs to {need['id']}, and {other.artifact_id} would be "
                    "active beside it: activate what belongs together in one command."
                )


def _needs_beside(version: ModelVersion) -> list[dict[str, str]]:
    """What has to be active beside it."""
    brings_base = version.kind in BRINGS_ITS_BASE
    return [need for need in version.needs if not (brings_base and need["kind"] == ModelKind.BASE)]


def _point(version: ModelVersion, *, is_by_hand: bool, actor: Actor) -> None:
    before = ActiveModel.objects.select_for_update().select_related("version").filter(kind=version.kind).first()
    if before is not None and before.version_id != version.pk:
        _set_state(before.version, ModelVersion.State.RETIRED)
    ActiveModel.objects.update_or_create(
        kind=version.kind,
        defaults={"version": version, "is_by_hand": is_by_hand, "activated_at": timezone.now()},
    )
    _set_state(version, ModelVersion.State.ACTIVE)
    was = str(before.version) if before else ""
    _record(Action.MODEL_ACTIVATE, version, actor=actor, by_hand=is_by_hand, before=was)


def _set_state(version: ModelVersion, state: ModelVersion.State) -> None:
    version.state = state
    version.save(update_fields=["state"])


def _record(action: Action, version: ModelVersion, *, actor: Actor, **detail: Any) -> None:
    audit_record(
        action=action,
        actor=actor,
        object_type="model",
        object_id=str(version.pk),
        detail={"kind": version.kind, "model": str(version), "sha256": version.sha256, **detail},
    )
