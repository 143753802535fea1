"""Revisions of a timeline: numbered, never edited, kept while cited."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests.factories import AnswerFactory, VideoFactory
from webapp.accounts.actors import page_actor
from webapp.conversations.models import Answer, Claim, ClaimFact
from webapp.lib.errors import ApplicationError
from webapp.videos.cleanup import storage_tidy
from webapp.videos.models import Content, Timeline, TimelineFact
from webapp.videos.selectors import facts_for_video, timeline_newest, timeline_note
from webapp.videos.services import video_delete
from webapp.videos.timelines import timeline_add, timelines_remove_uncited

pytestmark = pytest.mark.django_db

GRASPER: Any = {"lane": "instrument", "label": "grasper", "start_s": 0.0, "end_s": 4.0, "probability": 0.9}
CLIPPING: Any = {"lane": "phase", "label": "clipping-and-cutting", "start_s": 0.0, "end_s": 12.0, "probability": 0.7}


@pytest.fixture
def content() -> Content:
    return VideoFactory().content


def edit_by_hand(row: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {row._meta.db_table} SET id = id")


EDITS: dict[str, Callable[[Any], object]] = {
    "save": lambda row: row.save(),
    "update": lambda row: type(row).objects.update(id=uuid.uuid4()),
    "by hand": edit_by_hand,
}


def answer_about(content: Content, timeline: Timeline | None) -> Answer:
    return AnswerFactory(question__conversation__video=content.videos.get(), timeline=timeline)


def numbers(content: Content) -> list[int]:
    return list(content.timelines.values_list("number", flat=True))


def test_a_new_revision_is_shown_and_the_one_before_stays_as_it_was(content: Content) -> None:
    old = timeline_add(content, made_by={"encoder": "a"}, facts=[GRASPER])
    before = list(old.facts.values())
    new = timeline_add(content, made_by={"encoder": "b"}, facts=[CLIPPING])
    assert timeline_newest(content) == new
    assert [fact.label for fact in facts_for_video(content.videos.get())] == ["clipping-and-cutting"]
    assert (old.number, new.number, list(old.facts.values())) == (1, 2, before)


def test_the_same_facts_of_the_same_models_are_no_new_revision(content: Content) -> None:
    first = timeline_add(content, made_by={"encoder": "a"}, facts=[GRASPER, CLIPPING])
    assert timeline_add(content, made_by={"encoder": "a"}, facts=[CLIPPING, GRASPER]) == first
    assert timeline_add(content, made_by={"encoder": "b"}, facts=[CLIPPING, GRASPER]) != first


def test_facts_keep_ids_of_their_own_in_every_revision(content: Content) -> None:
    for encoder in "ab":
        timeline_add(content, made_by={"encoder": encoder}, facts=[GRASPER])
    assert TimelineFact.objects.count() == TimelineFact.objects.values("pk").distinct().count() == 2


@pytest.mark.parametrize("how", list(EDITS))
@pytest.mark.parametrize("model", [Timeline, TimelineFact])
def test_the_database_refuses_to_edit_a_revision(content: Content, model: Any, how: str) -> None:
    timeline_add(content, made_by={"encoder": "a"}, facts=[GRASPER])
    row = model.objects.get()
    with pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
        EDITS[how](row)


def test_what_nobody_cites_goes_once_there_is_a_newer_one(content: Content) -> None:
    other = VideoFactory().content
    timeline_add(other, made_by={"encoder": "a"}, facts=[GRASPER])
    for encoder in "abc":
        timeline_add(content, made_by={"encoder": encoder}, facts=[GRASPER])
    storage_tidy(now=timezone.now() + timedelta(minutes=1))
    assert (numbers(content), numbers(other)) == ([3], [1])


def test_a_revision_is_kept_while_an_answer_was_given_it(content: Content) -> None:
    given = timeline_add(content, made_by={"encoder": "a"}, facts=[GRASPER])
    answer = answer_about(content, given)
    timeline_add(content, made_by={"encoder": "b"}, facts=[])
    assert timelines_remove_uncited() == 0
    answer.delete()
    assert timelines_remove_uncited() == 1
    assert numbers(content) == [2]


def test_a_revision_is_kept_while_a_claim_cites_one_of_its_facts(content: Content) -> None:
    cited = timeline_add(content, made_by={"encoder": "a"}, facts=[GRASPER])
    claim = Claim.objects.create(answer=answer_about(content, None), index=0, text="A grasper.")
    ClaimFact.objects.create(claim=claim, fact=cited.facts.get())
    timeline_add(content, made_by={"encoder": "b"}, facts=[])
    assert timelines_remove_uncited() == 0
    assert numbers(content) == [2, 1]


def test_numbers_are_not_given_twice_when_an_old_revision_went(content: Content) -> None:
    for encoder in "ab":
        timeline_add(content, made_by={"encoder": encoder}, facts=[])
    timelines_remove_uncited()
    assert timeline_add(content, made_by={"encoder": "c"}, facts=[]).number == 3


def test_a_content_goes_with_its_last_video_and_all_that_cited_it(
    content: Content, django_capture_on_commit_callbacks: Any
) -> None:
    cited = timeline_add(content, made_by={"encoder": "a"}, facts=[GRASPER])
    claim = Claim.objects.create(answer=answer_about(content, cited), index=0, text="A grasper.")
    ClaimFact.objects.create(claim=claim, fact=cited.facts.get())
    with django_capture_on_commit_callbacks(execute=True):
        video_delete(content.videos.get(), actor=page_actor(content.videos.get().owner))
    assert not Content.objects.exists()
    assert not TimelineFact.objects.exists()


def test_a_label_that_the_page_has_no_word_for_is_refused(content: Content) -> None:
    with pytest.raises(ApplicationError, match="giraffe"):
        timeline_add(content, made_by={}, facts=[GRASPER | {"label": "giraffe"}])
    assert not content.timelines.exists()


def whole(lane: str, label: str) -> Any:
    return {"lane": lane, "label": label, "start_s": 0.0, "end_s": 12.0, "probability": 0.9}


def test_the_page_says_why_lanes_are_missing(content: Content) -> None:
    video = content.videos.get()
    operation, loop = whole("kind", "laparoscopic_cholecystectomy"), whole("course", "repeated")

    timeline_add(content, made_by={"encoder": "a"}, facts=[operation])
    assert timeline_note(video) == ""
    timeline_add(content, made_by={"encoder": "b"}, facts=[operation, loop])
    assert "loop or a still" in timeline_note(video)
    timeline_add(content, made_by={"encoder": "c"}, facts=[whole("kind", "not_surgery"), loop])
    assert "does not look like an operation" in timeline_note(video)
    assert "loop or a still" in timeline_note(video)


def test_of_an_unknown_kind_the_page_says_what_the_video_looks_most_like(content: Content) -> None:
    video, unknown = content.videos.get(), whole("kind", "unknown") | {"probability": 0.58}
    nearest = whole("kind", "laparoscopic_cholecystectomy") | {"probability": 0.42}
    timeline_add(content, made_by={"encoder": "a"}, facts=[unknown])
    assert timeline_note(video).endswith("nothing is named in it.")
    timeline_add(content, made_by={"encoder": "b"}, facts=[unknown, nearest])
    assert timeline_note(video).endswith("It looks most like a laparoscopic cholecystectomy, 0.42.")


def test_the_page_says_by_what_phases_are_told_beside_the_pictures(content: Content) -> None:
    video, phase = content.videos.get(), whole("phase", "gallbladder-dissection")
    timeline_add(content, made_by={"encoder": "a"}, facts=[whole("kind", "laparoscopic_cholecystectomy"), phase])
    assert "order in which phases usually follow one another" in timeline_note(video)
    timeline_add(content, made_by={"encoder": "b"}, facts=[whole("kind", "box_trainer"), phase])
    assert timeline_note(video) == ""
