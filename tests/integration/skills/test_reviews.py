"""Blind first, then signed; contested by the surgeon, answered by somebody who saw none of it."""

import pytest

from tests.integration.skills.cast import SIGNATURE, Cast, cast, read, scores, sign, signed, submitted
from webapp.accounts.models import Membership
from webapp.audit.models import AuditEvent
from webapp.conversations.text import Window
from webapp.lib.errors import ApplicationError, Conflict, InvalidInput, PermissionRefused
from webapp.skills.appeals import appeal_answer, appeal_open, appeal_read
from webapp.skills.models import Appeal, SkillReport
from webapp.skills.reports import report_submit, report_withdraw
from webapp.skills.reviews import report_amend, report_unseal, review_return
from webapp.skills.selectors import (
    QueueFilter,
    agreement_with_scorer,
    is_disagreed,
    is_open_to,
    review_queue,
)
from webapp.skills.signing import digest, signed_part

pytestmark = pytest.mark.django_db
State = SkillReport.State


def contested(people: Cast, report: SkillReport) -> Appeal:
    item = people.rubric.items.get(key="efficiency")
    return appeal_open(
        report,
        actor=people.actor(people.alice),
        item=item,
        reason="The pause was for the camera.",
        window=Window(start_s=3, end_s=9),
    )


def test_nothing_is_shown_and_nothing_signed_before_the_reader_has_scored(people: Cast) -> None:
    report = submitted(people)
    rita = people.actor(people.rita)
    with pytest.raises(Conflict, match="Read the video first"):
        sign(people, report, people.rita)
    assert not is_open_to(rita, report)
    read(people, report, people.rita, score=3, level="intermediate")
    assert is_open_to(rita, report)
    review = report.reviews.get()
    assert (review.blind_level, review.blind_scores["efficiency"], review.signed_at) == ("intermediate", 3, None)


def test_the_first_reading_stands_whatever_is_signed(people: Cast) -> None:
    report = submitted(people)
    read(people, report, people.rita, score=2)
    with pytest.raises(Conflict):
        read(people, report, people.rita, score=5)
    sign(people, report, people.rita, score=4)
    review = report.reviews.get()
    assert (review.blind_scores["efficiency"], review.scores["efficiency"]) == (2, 4)


def test_a_signature_makes_the_report_final_and_its_hash_is_in_the_log(people: Cast) -> None:
    report = signed(people)
    revision = report.revisions.get()
    assert report.state == State.SIGNED
    assert revision.scores["efficiency"] == 4
    assert revision.signers[0]["name"] == str(people.rita)
    assert revision.sha256 == digest(signed_part(SkillReport.objects.get(pk=report.pk), revision))
    assert AuditEvent.objects.get(action="skill.sign").detail["sha256"] == revision.sha256


def test_two_reviewers_read_apart_and_the_mean_is_signed_with_the_second() -> None:
    people = cast(num_reviewers=2)
    report = submitted(people)
    read(people, report, people.rita, score=2)
    read(people, report, people.ben, score=5)
    with pytest.raises(Conflict, match="has its readers"):
        read(people, report, people.cleo)
    sign(people, report, people.rita, score=2)
    report.refresh_from_db()
    assert report.state == State.IN_REVIEW
    sign(people, report, people.ben, score=5)
    report.refresh_from_db()
    revision = report.revisions.get()
    assert (report.state, revision.scores["efficiency"], len(revision.signers)) == (State.SIGNED, 3.5, 2)


def test_a_reviewer_who_is_the_surgeon_is_refused(people: Cast) -> None:
    Membership.objects.filter(user=people.alice).update(role=Membership.Role.REVIEWER)
    report = submitted(people)
    with pytest.raises(PermissionRefused, match="own video"):
        read(people, report, people.alice)
    assert report not in review_queue(people.actor(people.alice), QueueFilter())


def test_surgeons_and_administrators_do_not_review(people: Cast) -> None:
    report = submitted(people)
    admin = people.cleo
    Membership.objects.filter(user=admin).update(role=Membership.Role.ADMIN)
    with pytest.raises(PermissionRefused):
        read(people, report, admin)


def test_each_item_needs_a_score_of_the_scale(people: Cast) -> None:
    report = submitted(people)
    for score in ("", 0, 6, "4.5", "x"):
        with pytest.raises(InvalidInput, match="score from 1 to 5"):
            read(people, report, people.rita, score=score)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="Choose one of"):
        read(people, report, people.rita, level="wizard")


def test_a_returned_report_is_a_draft_with_the_reason_and_may_come_back(people: Cast) -> None:
    report = submitted(people)
    read(people, report, people.rita)
    review_return(report, actor=people.actor(people.rita), reason="The wrong video?")
    report.refresh_from_db()
    assert (report.state, report.returned_reason) == (State.DRAFT, "The wrong video?")
    report_submit(report, actor=people.actor(people.alice))
    sign(people, report, people.rita)
    report.refresh_from_db()
    assert report.state == State.SIGNED


def test_an_amendment_is_another_revision_by_its_signer_and_the_first_stays(people: Cast) -> None:
    report = signed(people)
    fields = {"scores": scores(people, 5), "signature": SIGNATURE}
    with pytest.raises(PermissionRefused):
        report_amend(report, actor=people.actor(people.ben), why="x", **fields)
    with pytest.raises(InvalidInput):
        report_amend(report, actor=people.actor(people.rita), why=" ", **fields)
    report_amend(report, actor=people.actor(people.rita), why="I overlooked the second half.", **fields)
    report.refresh_from_db()
    assert report.state == State.AMENDED
    assert [revision.scores["efficiency"] for revision in report.revisions.all()] == [4, 5]


def test_who_answers_a_contested_item_has_seen_nothing_of_the_report(people: Cast) -> None:
    report = signed(people)
    report_unseal(report, actor=people.actor(people.ben))
    appeal = contested(people, report)
    for seen in (people.rita, people.ben):
        with pytest.raises(Conflict, match="another reviewer"):
            appeal_read(appeal, actor=people.actor(seen), score=2)
    appeal_read(appeal, actor=people.actor(people.cleo), score=2)
    appeal_answer(
        appeal, actor=people.actor(people.cleo), answer="I see it so too.", is_changed=True, signature=SIGNATURE
    )
    report.refresh_from_db()
    newest = report.revisions.last()
    assert report.state == State.AMENDED
    assert (newest.scores["efficiency"], newest.scores["autonomy"], newest.number) == (2, 4, 2)
    assert Appeal.objects.get().state == Appeal.State.CHANGED


def test_an_upheld_score_is_answered_and_nothing_is_amended(people: Cast) -> None:
    report = signed(people)
    appeal = contested(people, report)
    with pytest.raises(Conflict, match="Score the item yourself first"):
        appeal_answer(appeal, actor=people.actor(people.ben), answer="No.", is_changed=False, signature=SIGNATURE)
    appeal_read(appeal, actor=people.actor(people.ben), score=4)
    appeal_answer(appeal, actor=people.actor(people.ben), answer="It stands.", is_changed=False, signature=SIGNATURE)
    report.refresh_from_db()
    assert (report.state, report.revisions.count()) == (State.SIGNED, 1)


def test_an_item_is_contested_once_at_a_time_with_a_reason_and_a_window(people: Cast) -> None:
    report = signed(people)
    contested(people, report)
    with pytest.raises(Conflict, match="contested already"):
        contested(people, report)
    item = people.rubric.items.get(key="autonomy")
    alice = people.actor(people.alice)
    with pytest.raises(InvalidInput, match="part of the video"):
        appeal_open(report, actor=alice, item=item, reason="No.", window=None)
    with pytest.raises(InvalidInput):
        appeal_open(report, actor=alice, item=item, reason="No.", window=Window(start_s=90, end_s=99))
    with pytest.raises(PermissionRefused):
        appeal_open(report, actor=people.actor(people.rita), item=item, reason="No.", window=Window(start_s=1, end_s=2))


def test_where_every_reviewer_has_seen_the_report_the_surgeon_is_told(people: Cast) -> None:
    report = signed(people)
    for reviewer in (people.ben, people.cleo):
        report_unseal(report, actor=people.actor(reviewer))
    with pytest.raises(Conflict, match="nobody can read it afresh"):
        contested(people, report)


def test_a_report_in_review_stays_sealed(people: Cast) -> None:
    with pytest.raises(Conflict):
        report_unseal(submitted(people), actor=people.actor(people.ben))


def test_a_signed_report_is_withdrawn_by_its_signer_with_reason_and_signature(people: Cast) -> None:
    report = signed(people)
    rita = people.actor(people.rita)
    for fields in ({"reason": "Wrong video"}, {"reason": "", "signature": SIGNATURE}):
        with pytest.raises(ApplicationError):
            report_withdraw(report, actor=rita, **fields)
    report_withdraw(report, actor=rita, reason="Wrong video", signature=SIGNATURE)
    report.refresh_from_db()
    assert report.state == State.WITHDRAWN


def test_the_queue_is_filtered_by_procedure_age_appeal_and_disagreement(people: Cast) -> None:
    report = signed(people, level="novice", probabilities={"novice": 0.9, "intermediate": 0.1, "expert": 0.0})
    ben, rita = people.actor(people.ben), people.actor(people.rita)
    assert review_queue(ben, QueueFilter()) == []
    contested(people, report)
    for chosen in (QueueFilter(), QueueFilter(is_appealed=True), QueueFilter(procedure="Suturing")):
        assert review_queue(ben, chosen) == [report]
    for chosen in (QueueFilter(procedure="Knots"), QueueFilter(days=2), QueueFilter(is_disagreed=True)):
        assert review_queue(ben, chosen) == []
    assert is_disagreed(rita, report)
    assert review_queue(rita, QueueFilter(is_disagreed=True)) == [report]


def test_agreement_with_the_comparison_accrues_and_is_silent_about_few(people: Cast) -> None:
    signed(people)
    found = agreement_with_scorer(people.actor(people.rita))
    assert (found.num_pairs, found.kappa) == (1, None)


def left(people: Cast, *who: object) -> None:
    Membership.objects.filter(hospital=people.hospital, user__in=who).update(role=Membership.Role.SURGEON)


def test_a_reader_who_left_before_signing_keeps_nobody_else_from_reading(people: Cast) -> None:
    report = submitted(people)
    read(people, report, people.rita)
    with pytest.raises(Conflict, match="has its readers"):
        read(people, report, people.ben)
    left(people, people.rita)
    read(people, report, people.ben)
    sign(people, report, people.ben)
    report.refresh_from_db()
    assert report.state == State.SIGNED


def test_a_second_reader_who_left_before_answering_is_replaced_by_another_who_saw_nothing(people: Cast) -> None:
    report = signed(people)
    appeal = contested(people, report)
    appeal_read(appeal, actor=people.actor(people.ben), score=2)
    with pytest.raises(Conflict, match="Somebody else"):
        appeal_read(appeal, actor=people.actor(people.cleo), score=3)
    left(people, people.ben)
    appeal_read(appeal, actor=people.actor(people.cleo), score=3)
    appeal_answer(appeal, actor=people.actor(people.cleo), answer="So.", is_changed=True, signature=SIGNATURE)
    appeal.refresh_from_db()
    assert (appeal.state, appeal.reader_id, appeal.reader_score) == ("changed", people.cleo.pk, 3)


def test_what_was_contested_of_a_withdrawn_report_waits_for_nobody(people: Cast) -> None:
    report = signed(people)
    appeal = contested(people, report)
    report_withdraw(report, actor=people.actor(people.rita), reason="Wrong video.", signature=SIGNATURE)
    assert review_queue(people.actor(people.ben), QueueFilter()) == []
    with pytest.raises(Conflict, match="withdrawn meanwhile"):
        appeal_read(appeal, actor=people.actor(people.ben), score=2)
