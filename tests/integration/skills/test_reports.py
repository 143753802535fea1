"""Asking for a report, what refuses it, and what a worker's words become."""

from typing import Any

import pytest
from django.utils import timezone

from tests.factories import VideoFactory
from tests.integration.skills.cast import Cast, drafted, score_of, signed, submitted
from webapp.audit.models import AuditEvent
from webapp.jobs.models import Job
from webapp.jobs.services import job_claim, job_fail
from webapp.lib.errors import ApplicationError, Conflict, InvalidInput, PermissionRefused
from webapp.notices.models import Notice
from webapp.skills.models import ReferenceClip, SkillReport
from webapp.skills.references import reference_withdraw, scorer_create, scorer_retire
from webapp.skills.reports import active_references, report_request, report_scored, report_submit, report_withdraw
from webapp.skills.selectors import is_open_to, report_for_video
from webapp.videos.models import Content, Video
from webapp.videos.services import video_delete

pytestmark = pytest.mark.django_db
State = SkillReport.State


def ask(people: Cast, video: Video | None = None) -> SkillReport:
    return report_request(actor=people.actor(people.alice), video=video or people.video, scorer=people.scorer)


def test_what_the_worker_found_is_a_draft_that_the_surgeon_alone_sees(people: Cast) -> None:
    report = drafted(people)
    assert (report.state, report.is_abstained) == (State.DRAFT, False)
    item = report.items.get(item__key="efficiency")
    assert item.probabilities == {"1": 0.1, "3": 0.2, "5": 0.7}
    assert (round(item.expected, 2), item.low, item.high) == (4.2, 3, 5)
    assert report_for_video(people.actor(people.alice), people.video) == report
    assert report_for_video(people.actor(people.rita), people.video) is None
    assert Notice.objects.filter(person=people.alice).count() == 1


def test_an_item_without_scored_references_says_so_and_has_no_number(people: Cast) -> None:
    ReferenceClip.objects.filter(level="novice").update(item_scores={})
    item = drafted(people).items.get(item__key="efficiency")
    assert (item.expected, item.probabilities) == (None, {})
    assert "novice" in item.reason


def test_what_the_scorer_refuses_is_a_reason_and_never_a_number(people: Cast) -> None:
    words = "The picture stands still for most of the video."
    report = drafted(people, probabilities={}, level=None, abstained=True, reason=words, code="frozen", evidence=[])
    assert (report.state, report.is_abstained, report.code, report.reason) == (State.DRAFT, True, "frozen", words)
    assert all(item.expected is None and item.reason for item in report.items.all())


def _too_short(people: Cast) -> None:
    Content.objects.filter(pk=people.video.content_id).update(duration_s=4.2)


def _other_procedure(people: Cast) -> None:
    Video.objects.filter(pk=people.video.pk).update(procedure="Cholecystectomy")


def _no_reference(people: Cast) -> None:
    clip = ReferenceClip.objects.get(level="expert")
    reference_withdraw(clip, actor=people.actor(clip.video.owner))


def _same_content(people: Cast) -> None:
    Video.objects.filter(pk=people.video.pk).update(content=people.clips[0].video.content)


def _not_ready(people: Cast) -> None:
    Video.objects.filter(pk=people.video.pk).update(status=Video.Status.PROCESSING)


def _retired(people: Cast) -> None:
    scorer_retire(people.scorer, actor=people.actor(people.rita))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_too_short, "too_short"),
        (_other_procedure, "other_procedure"),
        (_no_reference, "no_reference_for_level"),
        (_same_content, "same_content"),
        (_not_ready, "video_not_ready"),
        (_retired, "scorer_retired"),
    ],
)
def test_a_report_that_would_be_vain_is_refused_with_the_reason(people: Cast, spoil: Any, code: str) -> None:
    spoil(people)
    with pytest.raises(ApplicationError) as refused:
        ask(people, Video.objects.get(pk=people.video.pk))
    assert refused.value.code == code
    assert len(refused.value.message) > 20
    assert not SkillReport.objects.exists()


def test_a_reference_withdrawn_meanwhile_leaves_no_number(people: Cast) -> None:
    report = ask(people)
    clips = active_references(people.scorer)
    reference_withdraw(clips[0], actor=people.actor(clips[0].video.owner))
    report_scored(report, score=score_of(clips), references=clips)
    report.refresh_from_db()
    assert (report.is_abstained, report.code, report.score["probabilities"]) == (True, "withdrawn", {})


def test_references_of_another_procedure_or_without_a_level_make_no_comparison(people: Cast) -> None:
    fields = {"actor": people.actor(people.rita), "rubric": people.rubric, "department": None, "levels": []}
    with pytest.raises(InvalidInput, match="another procedure"):
        scorer_create(procedure="Knots", references=people.clips, **fields)
    with pytest.raises(InvalidInput, match="no reference for the level expert"):
        scorer_create(procedure="Suturing", references=people.clips[:2], **fields)


def test_only_the_surgeon_asks_and_one_report_runs_at_a_time(people: Cast) -> None:
    with pytest.raises(PermissionRefused):
        report_request(actor=people.actor(people.rita), video=people.video, scorer=people.scorer)
    ask(people)
    with pytest.raises(Conflict):
        ask(people)


def test_a_video_without_a_procedure_takes_that_of_what_it_was_compared_with(people: Cast) -> None:
    video = VideoFactory(owner=people.alice)
    ask(people, video)
    video.refresh_from_db()
    assert video.procedure == "Suturing"


def test_a_report_follows_its_job(people: Cast) -> None:
    report = ask(people)
    job_claim(report.job_id, stage="score", worker="w")
    job_fail(report.job_id, code="model_missing", message="There is no model.", permanent=False)
    report.refresh_from_db()
    assert (report.state, report.reason) == (State.FAILED, "There is no model.")


def test_a_second_comparison_takes_the_place_of_the_draft(people: Cast) -> None:
    first = drafted(people)
    second = drafted(people)
    first.refresh_from_db()
    assert first.state == State.WITHDRAWN
    assert report_for_video(people.actor(people.alice), people.video) == second


def test_reviewers_are_told_and_see_that_it_is_there_but_not_what_it_says(people: Cast) -> None:
    report = submitted(people)
    assert report.state == State.IN_REVIEW
    for reviewer in (people.rita, people.ben, people.cleo):
        assert Notice.objects.filter(person=reviewer, url=f"/review/{report.pk}/").exists()
        assert report_for_video(people.actor(reviewer), people.video) == report
        assert not is_open_to(people.actor(reviewer), report)


def test_mail_goes_out_where_it_is_set_up_and_names_no_patient(
    people: Cast, settings: Any, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    settings.HAS_MAIL = True
    report = drafted(people)
    with django_capture_on_commit_callbacks(execute=True):
        report_submit(report, actor=people.actor(people.alice))
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(
        person.email for person in (people.rita, people.ben, people.cleo)
    )
    assert all(people.video.title not in mail.subject + mail.body for mail in mailoutbox)


def test_only_a_draft_is_submitted_and_only_by_its_surgeon(people: Cast) -> None:
    report = drafted(people)
    with pytest.raises(PermissionRefused):
        report_submit(report, actor=people.actor(people.rita))
    report_submit(report, actor=people.actor(people.alice))
    with pytest.raises(Conflict):
        report_submit(report, actor=people.actor(people.alice))


def test_before_it_is_signed_the_surgeon_withdraws_it_and_afterwards_cannot(people: Cast) -> None:
    report = submitted(people)
    report_withdraw(report, actor=people.actor(people.alice), reason="")
    report.refresh_from_db()
    assert report.state == State.WITHDRAWN
    report = signed(people)
    with pytest.raises(PermissionRefused):
        report_withdraw(report, actor=people.actor(people.alice), reason="I would rather not")


def test_rows_of_the_log_name_ids_alone(people: Cast) -> None:
    signed(people)
    rows = AuditEvent.objects.filter(action__startswith="skill.")
    assert {row.action for row in rows} == {"skill.request", "skill.scored", "skill.submit", "skill.read", "skill.sign"}
    assert all(people.video.title not in str(row.detail) for row in rows)


def test_a_deleted_video_takes_its_reports_jobs_and_notices_along(people: Cast) -> None:
    signed(people)
    video_delete(people.video, actor=people.actor(people.alice))
    assert not SkillReport.objects.exists()
    assert not Job.objects.exists()
    assert not Notice.objects.filter(person__in=[people.alice, people.rita]).exists()


def test_a_reference_whose_video_is_gone_is_gone_and_reports_keep_its_hash(people: Cast) -> None:
    report = signed(people)
    clip = people.clips[0]
    sha256 = clip.video.content.sha256
    video_delete(clip.video, actor=people.actor(clip.video.owner))
    kept = report.references.get(key=str(clip.pk))
    assert (kept.clip, kept.sha256) == (None, sha256)
    assert timezone.now() > report.created_at
