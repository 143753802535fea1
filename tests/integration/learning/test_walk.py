"""A correction on its whole way, page by page: sent, approved, trained on, gated, promoted, in the ledger, rolled back,
withdrawn. Trainer and gate are stand-ins that take no model; everything between the pages is the real thing."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.factories import MembershipFactory
from tests.integration.conversations.cast import Cast, ask, finish
from tests.integration.learning.test_training_runs import fake, worked
from tests.learning_rows import correct, explanation_row, settle
from tests.skill_rows import prove
from webapp.accounts.models import User
from webapp.jobs.models import Job
from webapp.learning.models import TrainingRun, WithdrawalReceipt
from webapp.learning.references import training_references
from webapp.learning.run_selectors import active_reasoning
from webapp.videos.timelines import timeline_add

pytestmark = pytest.mark.django_db(transaction=True)
HOOK: Any = {"lane": "instrument", "label": "hook", "start_s": 3.0, "end_s": 8.0, "probability": 0.93}


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_correction_is_learnt_from_promoted_rolled_back_and_withdrawn(
    live_cast: Cast, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR_DIR, settings.MODELS_DIR, settings.DISK_RESERVE_BYTES = tmp_path / "var", tmp_path / "models", 0
    settings.VAR_DIR.mkdir()
    settings.MODELS_DIR.mkdir()
    fake(monkeypatch)
    hospital = live_cast.video.hospital
    admin_user = MembershipFactory(hospital=hospital, role="admin").user
    author = signed_in(live_cast.alice)
    reader, admin = signed_in(MembershipFactory(hospital=hospital, role="reviewer").user), signed_in(admin_user)
    timeline_add(live_cast.video.content, made_by={"encoder": "e"}, facts=[HOOK])
    sent = settle(correct(explanation_row(finish(ask(live_cast), "Fourteen seconds [[t=3-8]]."))))

    def ledger() -> str:
        return author.get(f"/corrections/{sent.pk}/").content.decode()

    assert sent.state == "submitted"
    reader.post(f"/corrections/{sent.pk}/read/", {"verdict": "approve"})
    assert "In the next training" in ledger()

    # Answer and check were written without their workers, whose jobs stay open; a trainer would wait for them.
    Job.objects.update(status=Job.Status.SUCCEEDED)
    admin.post("/training/start/", {"size": "smallest", "when": "now"})
    run = worked(TrainingRun.objects.get())
    assert (run.state, run.num_references, run.error_message) == ("finished", 1, "")
    assert "Training run 1 learns from it" in ledger()

    admin.post(f"/training/runs/{run.pk}/approve/", {"note": "Better."})
    prove(admin, admin_user)
    admin.post(f"/training/runs/{run.pk}/promote/")
    assert active_reasoning() == run.version
    assert "The adapter of run 1 explains from now on" in ledger()

    prove(admin, admin_user)
    admin.post("/training/roll-back/", {"reason": "Too wordy."})
    assert active_reasoning() is None
    assert "The adapter of run 1 was rolled back" in ledger()

    author.post(f"/corrections/{sent.pk}/withdraw/", {"reason": "Not so."})
    assert training_references(hospital) == []
    assert WithdrawalReceipt.objects.get().runs == [{"number": 1, "outcome": "kept"}]
