"""From a measured gate to an adapter that explains, and back: by a person, by hand, and by what is seen in service."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import MembershipFactory
from tests.integration.conversations.cast import Cast, ask, finish
from tests.learning_rows import explanation_row
from tests.skill_rows import prove
from tests.training_rows import gate_row, promoted, run_row, version_row
from webapp.accounts.actors import page_actor, worker_actor
from webapp.accounts.models import User
from webapp.accounts.signatures import Signature
from webapp.audit.models import AuditEvent
from webapp.conversations.models import Answer
from webapp.learning.models import (
    AdapterMove,
    Correction,
    Explanation,
    Gate,
    ReferenceSolution,
    ReferenceUse,
    TrainingRun,
)
from webapp.learning.promotions import adapter_promote, adapter_roll_back, gate_approve
from webapp.learning.run_selectors import active_reasoning
from webapp.learning.service_watch import adapter_watch, triggers_of
from webapp.lib.errors import Conflict
from webapp.notices.models import Notice
from webapp.registry.facts import ModelFacts
from webapp.registry.models import ModelVersion
from webapp.registry.selectors import chosen_versions
from webapp.registry.services import model_revoke, models_loaded

pytestmark = pytest.mark.django_db
SIGNATURE = Signature(method="password", at=1.0)


@pytest.fixture
def admin(cast: Cast) -> User:
    hospital = cast.video.hospital
    return MembershipFactory(hospital=hospital, role="admin").user


@pytest.fixture
def run(admin: User) -> TrainingRun:
    hospital = admin.memberships.get().hospital
    return run_row(hospital, admin=admin, version=version_row("new"))


def test_a_failed_gate_is_neither_approved_nor_promoted_by_anybody(admin: User, run: TrainingRun) -> None:
    gate_row(run, is_passed=False, approver=admin)
    with pytest.raises(Conflict, match="not been passed"):
        gate_approve(run, actor=page_actor(admin))
    with pytest.raises(Conflict, match="not been passed"):
        adapter_promote(run, actor=page_actor(admin), signature=SIGNATURE)
    page = signed_in(admin).get(f"/training/runs/{run.pk}/").content.decode()
    assert "nobody can overrule" in page
    assert "Promote</button>" not in page
    assert "Approve</button>" not in page
    assert active_reasoning() is None


def test_nothing_is_promoted_unmeasured_or_before_a_person_approved(admin: User, run: TrainingRun) -> None:
    with pytest.raises(Conflict, match="not been measured"):
        gate_approve(run, actor=page_actor(admin))
    gate_row(run)
    with pytest.raises(Conflict, match="Approve its gate first"):
        adapter_promote(run, actor=page_actor(admin), signature=SIGNATURE)
    gate_approve(run, actor=page_actor(admin), note="Looks right.")
    adapter_promote(run, actor=page_actor(admin), signature=SIGNATURE)
    assert active_reasoning() == run.version
    assert {"gate.approve", "adapter.promote"} <= set(AuditEvent.objects.values_list("action", flat=True))


def test_a_rollback_goes_to_the_one_before_and_from_the_first_to_the_base(admin: User, run: TrainingRun) -> None:
    first = version_row("first")
    promoted(first)
    gate_row(run, approver=admin, against=first)
    adapter_promote(run, actor=page_actor(admin), signature=SIGNATURE)
    assert adapter_roll_back(actor=page_actor(admin), signature=SIGNATURE, reason="Too wordy.").after == first
    assert active_reasoning() == first
    assert adapter_roll_back(actor=page_actor(admin), signature=SIGNATURE, reason="Also.").after is None
    assert active_reasoning() is None
    with pytest.raises(Conflict, match="nothing to roll back"):
        adapter_roll_back(actor=page_actor(admin), signature=SIGNATURE, reason="Again.")


def test_of_two_candidates_the_second_has_to_be_held_against_the_first(admin: User, run: TrainingRun) -> None:
    gate_row(run, approver=admin)
    second = run_row(run.hospital, number=2, admin=admin, version=version_row("second"))
    gate_row(second, approver=admin)
    adapter_promote(run, actor=page_actor(admin), signature=SIGNATURE)
    with pytest.raises(Conflict, match="Another adapter explains now"):
        adapter_promote(second, actor=page_actor(admin), signature=SIGNATURE)
    page = signed_in(admin).get(f"/training/runs/{second.pk}/").content.decode()
    assert "Another adapter explains now" in page
    assert "Promote</button>" not in page
    assert active_reasoning() == run.version
    adapter_roll_back(actor=page_actor(admin), signature=SIGNATURE, reason="Too wordy.")
    adapter_promote(second, actor=page_actor(admin), signature=SIGNATURE)
    assert active_reasoning() == second.version


def test_what_comes_with_debrief_is_promoted_by_nobody_and_a_rollback_ends_there(admin: User, run: TrainingRun) -> None:
    shipped = version_row("shipped", location="weights/reasoning")
    models_loaded([facts_of(shipped)], worker="w")
    page = signed_in(admin).get("/training/").content.decode()
    assert "Nothing is promoted" in page
    assert "Roll back to" not in page
    with pytest.raises(Conflict, match="nothing to roll back"):
        adapter_roll_back(actor=page_actor(admin), signature=SIGNATURE, reason="No.")

    gate_row(run, approver=admin, against=shipped)
    adapter_promote(run, actor=page_actor(admin), signature=SIGNATURE)
    assert adapter_roll_back(actor=page_actor(admin), signature=SIGNATURE, reason="Worse.").after == shipped
    assert "reasoning" not in chosen_versions()


def test_what_comes_with_debrief_and_was_chosen_is_gone_back_to(admin: User, run: TrainingRun) -> None:
    chosen = version_row("chosen", location="weights/reasoning_0_5b")
    promoted(chosen)
    gate_row(run, approver=admin, against=chosen)
    adapter_promote(run, actor=page_actor(admin), signature=SIGNATURE)
    adapter_roll_back(actor=page_actor(admin), signature=SIGNATURE, reason="Worse.")
    assert chosen_versions()["reasoning"] == chosen


def test_a_revoked_adapter_is_no_target_of_a_rollback(admin: User, run: TrainingRun) -> None:
    first = version_row("first")
    promoted(first)
    assert run.version
    promoted(run.version, before=first)
    model_revoke(first, reason="leaked", actor=worker_actor("w"))
    assert adapter_roll_back(actor=page_actor(admin), signature=SIGNATURE, reason="Worse.").after is None


def test_what_was_trained_on_a_reference_withdrawn_since_is_not_promoted(
    cast: Cast, admin: User, run: TrainingRun
) -> None:
    gate_row(run, approver=admin)
    answer = ask(cast)
    correction = Correction.objects.create(
        hospital=run.hospital, author=cast.alice, answer=answer, kind="edited_answer", question="q"
    )
    reference = ReferenceSolution.objects.create(
        hospital=run.hospital, correction=correction, answer=answer, state=ReferenceSolution.State.WITHDRAWN
    )
    ReferenceUse.objects.create(reference=reference, run_id=run.pk, run_number=1, outcome=ReferenceUse.Outcome.KEPT)
    with pytest.raises(Conflict, match="withdrawn since"):
        adapter_promote(run, actor=page_actor(admin), signature=SIGNATURE)


def test_promoting_and_rolling_back_ask_who_one_is_anew(admin: User, run: TrainingRun) -> None:
    gate_row(run, approver=admin)
    client = signed_in(admin)
    asked = client.post(f"/training/runs/{run.pk}/promote/")
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert active_reasoning() is None
    prove(client, admin)
    assert client.post(f"/training/runs/{run.pk}/promote/")["Location"] == "/training/"
    assert active_reasoning() == run.version
    again = client.post("/training/roll-back/", {"reason": "No."})
    assert again["Location"].startswith("/accounts/reauthenticate/")


def facts_of(version: ModelVersion) -> ModelFacts:
    names = ("kind", "name", "version", "title", "sha256", "artifact_id", "location")
    return ModelFacts(needs=tuple(version.needs), **{name: getattr(version, name) for name in names})


def explained(cast: Cast, run: TrainingRun, **fields: Any) -> Explanation:
    assert run.version
    answer = finish(ask(cast))
    given = {"adapter": run.version.artifact_id, "finished_at": timezone.now() + timedelta(seconds=1)}
    return explanation_row(answer, **{**given, **fields})


def test_thumbs_wrong_steps_and_waiting_are_counted_since_the_promotion(cast: Cast, run: TrainingRun) -> None:
    assert run.version
    explained(cast, run, finished_at=timezone.now() - timedelta(days=1))
    promoted(run.version)
    one = explained(cast, run, steps=("a", "b"))
    Explanation.objects.filter(pk=one.pk).update(
        steps=[{"text": "a", "mark": "wrong"}, {"text": "b", "mark": "supported"}],
        created_at=one.created_at,
        finished_at=one.created_at + timedelta(seconds=30),
    )
    Answer.objects.filter(pk=one.answer_id).update(thumb="down")
    found = {trigger.key: trigger for trigger in triggers_of(run.version)}
    assert (found["thumbs"].value, found["thumbs"].count) == (100, 1)
    assert (found["wrong_steps"].value, found["wrong_steps"].count) == (50, 1)
    assert found["latency"].value == pytest.approx(30)


def test_a_figure_over_its_limit_rolls_back_by_itself_from_the_least_number_on(
    cast: Cast, admin: User, run: TrainingRun, settings: Any
) -> None:
    settings.ROLLBACK_MIN_COUNT, settings.ROLLBACK_WRONG_STEPS_PERCENT = 2, 40
    assert run.version
    first = version_row("first")
    promoted(first)
    promoted(run.version, before=first)
    wrong = [{"text": "a", "mark": "wrong"}]
    Explanation.objects.filter(pk=explained(cast, run).pk).update(steps=wrong)
    assert adapter_watch(actor=worker_actor("clock")) is None
    Explanation.objects.filter(pk=explained(cast, run).pk).update(steps=wrong)

    move = adapter_watch(actor=worker_actor("clock"))
    assert move is not None
    assert (move.kind, move.after) == (AdapterMove.Kind.AUTO_ROLL_BACK, first)
    assert "100 %" in move.reason
    assert active_reasoning() == first
    event = AuditEvent.objects.filter(action="adapter.roll_back").get()
    assert event.detail["via"] == "worker"
    assert "rolled back by itself" in Notice.objects.get(person=admin).text
    assert adapter_watch(actor=worker_actor("clock")) is None


def test_an_adapter_that_does_well_stays(cast: Cast, run: TrainingRun, settings: Any) -> None:
    settings.ROLLBACK_MIN_COUNT = 1
    assert run.version
    promoted(run.version)
    one = explained(cast, run)
    Answer.objects.filter(pk=one.answer_id).update(thumb="up")
    assert adapter_watch(actor=worker_actor("clock")) is None
    assert active_reasoning() == run.version


def test_the_pages_draw_a_run_as_it_is_and_what_models_wrote_as_text(admin: User, run: TrainingRun) -> None:
    gate_row(run)
    page = signed_in(admin).get(f"/training/runs/{run.pk}/").content.decode()
    assert page.count("<polyline") == 2
    assert "0.50 (0.31 to 0.68)" in page
    assert "&lt;b&gt;F9&lt;/b&gt;" in page
    assert "measure: &lt;script&gt;" in page
    assert "Approve</button>" in page
    overview = signed_in(admin).get("/training/").content.decode()
    assert f"/training/runs/{run.pk}/" in overview
    assert 'aria-current="page"><span class="icon icon-training"' in overview


@pytest.mark.parametrize("role", ["surgeon", "reviewer"])
def test_to_everybody_else_there_is_no_training(cast: Cast, admin: User, run: TrainingRun, role: str) -> None:
    other = MembershipFactory(hospital=cast.video.hospital, role=role).user
    client = signed_in(other)
    assert client.get("/training/").status_code == 404
    assert client.get(f"/training/runs/{run.pk}/").status_code == 404
    assert "/training/" not in client.get("/account/").content.decode()


def test_a_gate_that_is_measured_again_has_no_approval(admin: User, run: TrainingRun) -> None:
    from webapp.learning.promotions import gate_record

    gate_row(run, approver=admin)
    gate_record(run.pk, against=None, is_passed=True, rows=[], samples=[], seconds=1.0)
    assert Gate.objects.get(run=run).approved_at is None


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client
