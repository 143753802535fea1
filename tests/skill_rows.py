"""A skill report in review with all that belongs to it, for tests that walk every address."""

import time
import uuid

from django.test import Client
from django.utils import timezone

from tests.factories import MembershipFactory, VideoFactory
from webapp.accounts.actors import page_actor
from webapp.accounts.models import User
from webapp.accounts.signatures import Signature
from webapp.skills.models import Appeal, ReferenceClip, ReportItem, Review, Rubric, Scorer, SignedRevision, SkillReport
from webapp.skills.references import DEFAULT_LEVELS
from webapp.skills.rubrics import rubric_adopt, rubric_create
from webapp.videos.models import Video

PROCEDURE = "Suturing"
SCORES = {"efficiency": 3, "autonomy": 3}


def skill_rows(video: Video, reviewer: User) -> dict[str, uuid.UUID]:
    """`reference_id` : a clip of the video itself that waits for consent."""
    Video.objects.filter(pk=video.pk).update(procedure=PROCEDURE)
    goals = rubric_adopt(actor=page_actor(reviewer), slug="goals")
    own = rubric_create(actor=page_actor(reviewer), name="House rules", items=[{"name": "Order"}])
    scorer = Scorer.objects.create(
        hospital=video.hospital, procedure=PROCEDURE, rubric=goals, levels=list(DEFAULT_LEVELS)
    )
    clips = {level: clip_of(video, goals, level) for level in DEFAULT_LEVELS}
    scorer.references.set(clips.values())
    report = SkillReport.objects.create(
        hospital=video.hospital,
        video=video,
        surgeon=video.owner,
        scorer=scorer,
        rubric=goals,
        procedure=PROCEDURE,
        state=SkillReport.State.IN_REVIEW,
        submitted_at=timezone.now(),
    )
    appeal = Appeal.objects.create(
        report=report, item=goals.items.get(key="efficiency"), reason="Not so.", start_s=1, end_s=2
    )
    waiting = ReferenceClip.objects.create(
        hospital=video.hospital, video=video, procedure=PROCEDURE, rubric=goals, start_s=0, end_s=9, level="expert"
    )
    return {f"{level}_id": clip.pk for level, clip in clips.items()} | {
        "report_id": report.pk,
        "item_id": ReportItem.objects.create(
            report=report, item=goals.items.get(key="efficiency"), expected=3.2, low=3, high=4
        ).pk,
        "appeal_id": appeal.pk,
        "scorer_id": scorer.pk,
        "goals_id": goals.pk,
        "rubric_id": own.pk,
        "reference_id": waiting.pk,
    }


def clip_of(video: Video, rubric: Rubric, level: str) -> ReferenceClip:
    other = VideoFactory(owner=MembershipFactory(hospital=video.hospital).user, procedure=PROCEDURE)
    return ReferenceClip.objects.create(
        hospital=video.hospital,
        video=other,
        procedure=PROCEDURE,
        rubric=rubric,
        start_s=0,
        end_s=30,
        level=level,
        state=ReferenceClip.State.ACTIVE,
        consented_at=timezone.now(),
    )


def skill_ready(name: str, ids: dict[str, uuid.UUID], reviewer: Client) -> None:
    """What the address needs so that there is something to do."""
    report = SkillReport.objects.get(pk=ids["report_id"])
    person = User.objects.get(pk=reviewer.session["_auth_user_id"])
    states = {
        "skill_report_request": SkillReport.State.WITHDRAWN,
        "report_submit": SkillReport.State.DRAFT,
        "report_unseal": SkillReport.State.SIGNED,
        "appeal_open": SkillReport.State.SIGNED,
        "appeal_read": SkillReport.State.SIGNED,
        "report_amend": SkillReport.State.SIGNED,
        "report_document": SkillReport.State.SIGNED,
        "report_bundle": SkillReport.State.SIGNED,
        "appeal_answer": SkillReport.State.SIGNED,
    }
    SkillReport.objects.filter(pk=report.pk).update(state=states.get(name, report.state))
    if name in ("review_sign", "review_return", "report_amend"):
        signed_at = timezone.now() if name == "report_amend" else None
        Review.objects.create(
            report=report,
            reviewer=person,
            blind_scores=SCORES,
            blind_level="expert",
            scores=SCORES,
            level="expert",
            signed_at=signed_at,
        )
    if name in ("report_document", "report_bundle", "report_amend"):
        SignedRevision.objects.create(report=report, number=1, scores=SCORES, levels=["expert"], sha256="0" * 64)
    if name == "appeal_answer":
        read = {"state": Appeal.State.READ, "reader": person, "reader_score": 3}
        Appeal.objects.filter(pk=ids["appeal_id"]).update(**read)
    if name in ("review_sign", "report_amend", "appeal_answer"):
        prove(reviewer, person)


def prove(client: Client, person: User) -> Signature:
    """As if the person had just typed the password again."""
    session = client.session
    proof = {"method": "password", "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods"] = [proof]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return Signature(method="password", at=float(str(proof["at"])))
