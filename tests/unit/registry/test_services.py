"""Versions, pointers and their states: one active version a kind, sets that fit, and a row in the log for each move."""

from dataclasses import replace
from typing import get_args

import pytest

from inference.models.manifest import Kind
from webapp.accounts.actors import command_actor
from webapp.audit.models import AuditEvent
from webapp.lib.errors import Conflict
from webapp.registry.facts import ModelFacts
from webapp.registry.models import ActiveModel, ModelKind, ModelVersion
from webapp.registry.selectors import active_models, chosen_versions
from webapp.registry.services import model_register, model_revoke, models_activate, models_loaded

pytestmark = pytest.mark.django_db


def facts(kind: str = "tower", sha256: str = "a", **more: object) -> ModelFacts:
    made = ModelFacts(
        kind=kind,
        name=f"the {kind}",
        version=sha256,
        title=f"The {kind}",
        sha256=sha256,
        artifact_id=f"{kind}-{sha256}",
        location=f"weights/{kind}-{sha256}",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("sequence").values_list("action", flat=True))


def states() -> dict[str, str]:
    return {row.version: row.state for row in ModelVersion.objects.all()}


def test_both_sides_know_the_same_kinds() -> None:
    assert set(ModelKind.values) == set(get_args(Kind))


def test_a_model_is_registered_once() -> None:
    first = model_register(facts(), actor=command_actor())
    again = model_register(facts(location="models/elsewhere"), actor=command_actor())

    assert first.pk == again.pk
    assert again.location == "models/elsewhere"
    assert actions() == ["model.register"]
    assert first.state == ModelVersion.State.CANDIDATE


def test_what_a_worker_loads_becomes_active_and_a_new_release_follows() -> None:
    models_loaded([facts(sha256="a")], worker="w")
    models_loaded([facts(sha256="a")], worker="w")
    models_loaded([facts(sha256="b")], worker="w")

    assert states() == {"a": "retired", "b": "active"}
    assert [pointer.version.version for pointer in ActiveModel.objects.all()] == ["b"]
    assert actions() == ["model.register", "model.activate"] * 2
    assert AuditEvent.objects.last().detail["before"] == "The tower a"  # type: ignore[union-attr]
    assert "tower" not in chosen_versions()


def test_what_an_operator_chose_is_moved_by_no_release() -> None:
    models_loaded([facts(sha256="a")], worker="w")
    chosen = model_register(facts(sha256="b"), actor=command_actor())
    models_activate([chosen], is_by_hand=True, actor=command_actor())
    models_loaded([facts(sha256="c")], worker="another")

    assert active_models()["tower"].version == chosen
    assert states() == {"a": "retired", "b": "active", "c": "candidate"}
    assert chosen_versions()["tower"] == chosen


def test_exactly_the_versions_under_a_pointer_are_active() -> None:
    rows = [
        model_register(facts(kind, sha256), actor=command_actor()) for kind in ("tower", "scorer") for sha256 in "abc"
    ]
    for row in (*rows, rows[0], rows[4]):
        models_activate([row], is_by_hand=True, actor=command_actor())

    assert set(ModelVersion.objects.filter(state="active")) == {pointer.version for pointer in active_models().values()}


HEADS_OF_A = facts("timeline_heads", "h", needs=({"kind": "tower", "id": "tower-a"},))
HEADS_OF_B = facts("timeline_heads", "i", needs=({"kind": "tower", "id": "tower-b"},))


def test_a_pair_that_does_not_fit_is_refused_in_one_sentence_and_nothing_moves() -> None:
    models_loaded([facts(sha256="a"), HEADS_OF_A], worker="w")
    tower = model_register(facts(sha256="b"), actor=command_actor())
    before = actions()
    with pytest.raises(Conflict, match=r"belongs to tower-a, and tower-b would be active beside it"):
        models_activate([tower], is_by_hand=True, actor=command_actor())

    assert active_models()["tower"].version.version == "a"
    assert actions() == before


def test_what_belongs_together_is_activated_together() -> None:
    models_loaded([facts(sha256="a"), HEADS_OF_A], worker="w")
    together = [model_register(one, actor=command_actor()) for one in (facts(sha256="b"), HEADS_OF_B)]
    models_activate(together, is_by_hand=True, actor=command_actor())

    assert {pointer.version.version for pointer in active_models().values()} == {"b", "i"}


def test_a_revoked_version_never_works_again() -> None:
    models_loaded([facts(sha256="a")], worker="w")
    old = ModelVersion.objects.get()
    with pytest.raises(Conflict, match="is active: activate another one first"):
        model_revoke(old, reason="reads badly", actor=command_actor())
    models_activate([model_register(facts(sha256="b"), actor=command_actor())], is_by_hand=True, actor=command_actor())
    old.refresh_from_db()
    model_revoke(old, reason="reads badly", actor=command_actor())

    assert AuditEvent.objects.filter(action="model.revoke").get().detail["reason"] == "reads badly"
    with pytest.raises(Conflict, match="was revoked"):
        models_activate([old], is_by_hand=True, actor=command_actor())
    with pytest.raises(Conflict, match="was revoked"):
        models_loaded([facts(sha256="a")], worker="w")
