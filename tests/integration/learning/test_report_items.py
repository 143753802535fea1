"""Why a report gives an item its score: cited steps, as private as the report, and nothing where nothing is said."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from inference.evidence.watched import watched_outputs
from inference.reasoning.recompute import StepChecker
from tests.integration.learning.test_explanations import Scripted, explained_by
from tests.integration.skills.cast import Cast, cast, drafted, submitted
from webapp.accounts.actors import page_actor
from webapp.learning.explanations import item_explanation_ask
from webapp.learning.models import Explanation
from webapp.lib.errors import Conflict
from webapp.skills.models import ReportItem, SkillReport
from webapp.videos.selectors import timeline_newest
from webapp.videos.timelines import timeline_add
from workers import runtime
from workers.explain import item_sheet

pytestmark = pytest.mark.django_db
HOOK: Any = {"lane": "instrument", "label": "hook", "start_s": 3.0, "end_s": 8.0, "probability": 0.93}
STEPS = "1. S1 depth perception 4.2\n2. F1 hook: 8.0 - 3.0 = 5.0 s\n3. S1 depth perception 1\nAnswer: 4.2"


@pytest.fixture
def people(db: None, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(runtime, "watched", lambda: watched_outputs(["instrument/hook"]))
    made = cast()
    timeline_add(made.video.content, made_by={"encoder": "e"}, facts=[HOOK])
    return made


def item_of(report: SkillReport) -> ReportItem:
    return ReportItem.objects.select_related("report").filter(report=report).earliest("item__index")


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_sheet_of_a_report_holds_its_items_and_what_was_seen(people: Cast) -> None:
    report = drafted(people)
    sheet = item_sheet(report, timeline_newest(people.video.content))
    items = [entry for entry in sheet.entries() if entry.item is not None]
    assert [entry.item.name for entry in items] == [item.item.name for item in report.items.all()]
    assert sheet.evidence.facts[0].label == "hook"
    score = items[0].item.score
    name = items[0].item.name.lower()
    checker = StepChecker(sheet)
    assert checker.check(f"S1 {name} {score:g}").mark == "supported"
    assert checker.check(f"S1 {name} {score - 1:g}").mark == "wrong"


@pytest.mark.django_db(transaction=True)
def test_its_steps_open_from_the_report(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    item = item_of(drafted(people))
    client = signed_in(people.alice)
    report = client.get(reverse("skill_report", args=[people.video.pk])).content.decode()
    assert reverse("item_why", args=[item.pk]) in report
    engine = Scripted(STEPS)
    made = explained_by(engine, monkeypatch, lambda: item_explanation_ask(item, actor=page_actor(people.alice)))
    assert (made.status, made.steps[1]["mark"], made.steps[2]["mark"]) == ("finished", "recomputed", "wrong")
    assert "Why does the comparison give" in engine.prompts[0]
    page = client.get(reverse("item_why", args=[item.pk])).content.decode()
    assert 'data-seek-s="3.0"' in page
    assert "1 step found to be wrong" in page
    assert "This is the first wrong step" not in page


def test_it_is_asked_for_once_and_not_where_nothing_is_said(people: Cast) -> None:
    item, alice = item_of(drafted(people)), page_actor(people.alice)
    assert item_explanation_ask(item, actor=alice) == item_explanation_ask(item, actor=alice)
    ReportItem.objects.filter(pk=item.pk).update(expected=None, reason="No reference has a score for this item.")
    with pytest.raises(Conflict, match="No reference has a score"):
        item_explanation_ask(item, actor=alice)


def test_it_is_as_private_as_the_report(people: Cast) -> None:
    item = item_of(submitted(people))
    # A reviewer who has not read the video blind sees nothing of the scores.
    assert signed_in(people.rita).get(reverse("item_why", args=[item.pk])).status_code == 409
    assert signed_in(people.rita).post(reverse("item_why_ask", args=[item.pk])).status_code == 409
    for stranger in (cast().alice, cast().rita):
        assert signed_in(stranger).get(reverse("item_why", args=[item.pk])).status_code == 404
        assert signed_in(stranger).post(reverse("item_why_ask", args=[item.pk])).status_code == 404
    assert signed_in(people.alice).get(reverse("item_why", args=[10**6])).status_code == 404
    assert not Explanation.objects.exists()
