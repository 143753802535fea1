"""A report's way from the surgeon's wish to the reviewers' queue: asked for, compared, submitted, withdrawn."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from webapp.accounts.actors import Actor, worker_actor
from webapp.accounts.models import Membership, User
from webapp.accounts.signatures import Signature
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.conversations.text import clean_reason
from webapp.jobs.services import job_cancel, job_create
from webapp.lib.errors import Conflict, InvalidInput, PermissionRefused
from webapp.notices.services import notice_send
from webapp.registry.models import ModelVersion
from webapp.skills.items import ScoredReference, item_estimate
from webapp.skills.jobs import SKILL_SCORE
from webapp.skills.models import (
    ReferenceClip,
    ReportFact,
    ReportItem,
    ReportModel,
    ReportReference,
    ReportSight,
    Scorer,
    SkillReport,
)
from webapp.skills.permissions import require_surgeon
from webapp.skills.references import LEAST_S, is_same_procedure
from webapp.skills.scores import abstention, clean_score
from webapp.skills.strongest import strongest
from webapp.videos.models import TimelineFact, Video
from webapp.videos.selectors import timeline_newest
from webapp.videos.services import video_describe

State = SkillReport.State
OPEN = (State.SCORING, State.IN_REVIEW)
NOT_YET_SIGNED = (State.FAILED, State.DRAFT, State.IN_REVIEW, State.SCORING)
# The facts beside this many of the strongest stretches are cited.
STRONGEST, MAX_FACTS = 5, 20
CITED_LANES = (TimelineFact.Lane.PHASE, TimelineFact.Lane.INSTRUMENT, TimelineFact.Lane.VERB)


@transaction.atomic
def report_request(*, actor: Actor, video: Video, scorer: Scorer) -> SkillReport:
    """Queues the comparison of one's own video. Raises InvalidInput or Conflict for one that would be vain."""
    actor.require("skills")
    if video.owner_id != actor.person.pk:
        raise PermissionRefused("Only the surgeon whose video this is can ask for a report.", "not_owner")
    Video.objects.select_for_update().get(pk=video.pk)
    _require_comparable(video, scorer)
    earlier = SkillReport.objects.filter(video=video, scorer=scorer)
    if earlier.filter(state__in=OPEN).exists():
        raise Conflict("There is a report on this video already. Wait until it is done.", code="report_open")
    if not video.procedure:
        video_describe(video, procedure=scorer.procedure, operated_on=str(video.operated_on or ""), actor=actor)
    earlier.filter(state__in=(State.DRAFT, State.FAILED)).update(
        state=State.WITHDRAWN, returned_reason="Replaced by a newer comparison."
    )
    job = job_create(
        kind=SKILL_SCORE,
        owner=actor.person,
        hospital=video.hospital,
        title=video.title,
        url=reverse("video", args=[video.pk]),
    )
    report = SkillReport.objects.create(
        hospital=video.hospital,
        video=video,
        surgeon=actor.person,
        scorer=scorer,
        rubric=scorer.rubric,
        procedure=scorer.procedure,
        job=job,
    )
    record(Action.SKILL_REQUEST, report, actor=actor)
    return report


def active_references(scorer: Scorer) -> list[ReferenceClip]:
    """Those whose consent stands, lowest level first."""
    clips = scorer.references.filter(state=ReferenceClip.State.ACTIVE).select_related("video__content")
    return sorted(clips, key=lambda clip: scorer.levels.index(clip.level) if clip.level in scorer.levels else 0)


def report_scored(
    report: SkillReport,
    *,
    score: Mapping[str, Any],
    references: Sequence[ReferenceClip],
    model_ids: Sequence[Any] = (),
    worker: str = "",
) -> None:
    """What the worker found; draft from now on. A reference that was withdrawn meanwhile leaves a reason, no number."""
    found = clean_score(score)
    with transaction.atomic():
        locked = report_locked(report.pk)
        if locked.state != State.SCORING:
            return
        gone = _withdrawn_of(references)
        if gone is not None:
            words = f"The reference {gone.short_name} was withdrawn while the video was compared. Ask again."
            found = abstention("withdrawn", words)
        _write_score(locked, found)
        _write_items(locked, references)
        ReportReference.objects.bulk_create(
            ReportReference(
                report=locked,
                clip=clip,
                key=str(clip.pk),
                sha256=clip.video.content.sha256,
                level=clip.level,
                start_s=clip.start_s,
                end_s=clip.end_s,
            )
            for clip in references
        )
        ReportModel.objects.bulk_create(
            ReportModel(report=locked, version=version) for version in ModelVersion.objects.filter(pk__in=model_ids)
        )
        _cite_facts(locked)
        words = "Your skill report is there as a draft. Nobody else sees it until you send it to a reviewer."
        notice_send([locked.surgeon], hospital=locked.hospital, text=words, url=report_page(locked))
        record(Action.SKILL_SCORED, locked, actor=worker_actor(worker))


def report_failed(report: SkillReport, *, code: str, reason: str) -> None:
    SkillReport.objects.filter(pk=report.pk, state=State.SCORING).update(
        state=State.FAILED, code=code[:60], reason=reason
    )


def report_restarted(report: SkillReport) -> None:
    SkillReport.objects.filter(pk=report.pk, state=State.FAILED).update(state=State.SCORING, code="", reason="")


@transaction.atomic
def report_submit(report: SkillReport, *, actor: Actor) -> None:
    """draft -> in review. The hospital's reviewers are told, the surgeon excepted."""
    require_surgeon(actor, report)
    locked = report_locked(report.pk)
    require_state(locked, State.DRAFT, words="Only a draft can be sent to a reviewer.")
    reviewers = reviewers_of(locked)
    if len(reviewers) < locked.scorer.num_reviewers:
        words = "There are too few reviewers in your hospital for this report. Ask your administrator."
        raise Conflict(words, code="too_few_reviewers")
    locked.state, locked.submitted_at, locked.returned_reason = State.IN_REVIEW, timezone.now(), ""
    locked.save(update_fields=["state", "submitted_at", "returned_reason"])
    record(Action.SKILL_SUBMIT, locked, actor=actor)
    words = "A skill report waits for a reviewer. Read the video first: nothing of it is shown before you have."
    notice_send(reviewers, hospital=locked.hospital, text=words, url=reverse("review", args=[locked.pk]))


@transaction.atomic
def report_withdraw(report: SkillReport, *, actor: Actor, reason: str, signature: Signature | None = None) -> None:
    """By the surgeon before it is signed; afterwards by who signed it, with a reason and a signature."""
    locked = report_locked(report.pk)
    if locked.state in NOT_YET_SIGNED:
        require_surgeon(actor, locked)
        if locked.job is not None:
            job_cancel(locked.job, actor=None)
    else:
        require_state(locked, State.SIGNED, State.AMENDED, words="This report was withdrawn before.")
        require_signer(actor, locked)
        if signature is None:
            raise PermissionRefused("Withdrawing a signed report needs a signature.", "signature_needed")
        if not clean_reason(reason):
            raise InvalidInput("Say why the report is withdrawn.", code="reason_empty")
    locked.state, locked.returned_reason = State.WITHDRAWN, clean_reason(reason)
    locked.save(update_fields=["state", "returned_reason"])
    record(Action.SKILL_WITHDRAW, locked, actor=actor)
    if actor.person.pk != locked.surgeon_id:
        words = "A signed skill report of yours was withdrawn. The reason is on its page."
        notice_send([locked.surgeon], hospital=locked.hospital, text=words, url=report_page(locked))


def report_locked(report_id: Any) -> SkillReport:
    """Two who act at once take turns. Call it in a transaction."""
    return (
        SkillReport.objects.select_for_update(of=("self",))
        .select_related("scorer", "rubric", "video__content", "hospital", "surgeon")
        .get(pk=report_id)
    )


def require_state(report: SkillReport, *states: str, words: str) -> None:
    if report.state not in states:
        raise Conflict(words, code="report_state")


def require_signer(actor: Actor, report: SkillReport) -> None:
    actor.require("skills")
    if not report.reviews.filter(reviewer=actor.person).exclude(signed_at=None).exists():
        raise PermissionRefused("Only a reviewer who signed this report can do this.", "not_signer")


def reviewers_of(report: SkillReport) -> list[User]:
    """Who may review it: the hospital's reviewers, the surgeon excepted, and no program."""
    members = Membership.objects.select_related("user").filter(
        hospital_id=report.hospital_id,
        role=Membership.Role.REVIEWER,
        user__is_active=True,
        user__is_service=False,
    )
    return [member.user for member in members.exclude(user_id=report.surgeon_id)]


def sight_note(report: SkillReport, person: User) -> None:
    """From now on they are no blind reader of it."""
    ReportSight.objects.get_or_create(report=report, person=person)


def report_page(report: SkillReport) -> str:
    return reverse("skill_report", args=[report.video_id])


def report_exported(report: SkillReport, *, actor: Actor) -> None:
    """Before a signed report leaves the house."""
    record(Action.SKILL_EXPORT, report, actor=actor)


def record(action: Action, report: SkillReport, *, actor: Actor, **detail: Any) -> None:
    """Ids alone: rows outlive the video."""
    audit_record(
        action=action,
        actor=actor,
        hospital=report.hospital,
        object_type="skill_report",
        object_id=str(report.pk),
        detail={"video": str(report.video_id), **detail},
    )


def _require_comparable(video: Video, scorer: Scorer) -> None:
    if video.status != Video.Status.READY:
        raise Conflict("This video is not prepared yet.", code="video_not_ready")
    if scorer.retired_at is not None:
        raise Conflict("This comparison was ended. Choose another one.", code="scorer_retired")
    if scorer.hospital_id != video.hospital_id:
        raise InvalidInput("That comparison belongs to another hospital.", code="foreign_scorer")
    if (video.content.duration_s or 0) < LEAST_S:
        raise InvalidInput(
            f"The video is shorter than {LEAST_S:.0f} seconds: no skill shows in that.", code="too_short"
        )
    if video.procedure and not is_same_procedure(video.procedure, scorer.procedure):
        words = f"The video shows {video.procedure}, the references show {scorer.procedure}."
        raise InvalidInput(words, code="other_procedure")
    clips = active_references(scorer)
    missing = [level for level in scorer.levels if level not in {clip.level for clip in clips}]
    if missing:
        words = f"There is no reference for the level {missing[0]} at present."
        raise InvalidInput(words, code="no_reference_for_level")
    if video.content_id in {clip.video.content_id for clip in clips}:
        words = "This very recording is one of the references, so comparing it with them would say nothing."
        raise InvalidInput(words, code="same_content")


def _withdrawn_of(references: Sequence[ReferenceClip]) -> ReferenceClip | None:
    standing = ReferenceClip.objects.filter(pk__in=[clip.pk for clip in references], state=ReferenceClip.State.ACTIVE)
    known = set(standing.values_list("pk", flat=True))
    return next((clip for clip in references if clip.pk not in known), None)


def _write_score(report: SkillReport, score: dict[str, Any]) -> None:
    report.state, report.scored_at, report.score = State.DRAFT, timezone.now(), score
    report.is_abstained = bool(score["abstained"])
    report.code, report.reason = score["code"] or "", score["reason"] or ""
    report.timeline = timeline_newest(report.video.content)
    report.save(update_fields=["state", "scored_at", "score", "is_abstained", "code", "reason", "timeline"])


def _write_items(report: SkillReport, references: Sequence[ReferenceClip]) -> None:
    probabilities = {} if report.is_abstained else report.score["probabilities"]
    scored = [ScoredReference(level=clip.level, item_scores=clip.item_scores) for clip in references]
    for item in report.rubric.items.all():
        estimate = item_estimate(item.key, probabilities=probabilities, references=scored)
        ReportItem.objects.create(
            report=report,
            item=item,
            probabilities={str(score): share for score, share in estimate.shares.items()},
            expected=estimate.expected,
            low=estimate.low,
            high=estimate.high,
            reason=estimate.reason,
        )


def _cite_facts(report: SkillReport) -> None:
    """What was seen while the evidence was strongest."""
    if report.timeline is None or report.is_abstained:
        return
    facts: dict[Any, TimelineFact] = {}
    for part in strongest(report.score["evidence"], at_most=STRONGEST):
        seen = report.timeline.facts.filter(lane__in=CITED_LANES, start_s__lt=part["end_s"], end_s__gt=part["start_s"])
        facts |= {fact.pk: fact for fact in seen}
    cited = list(facts.values())[:MAX_FACTS]
    ReportFact.objects.bulk_create(ReportFact(report=report, fact=fact) for fact in cited)
