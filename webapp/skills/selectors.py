"""The only door to reports, references and rubrics. A stranger's object is not found."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.accounts.models import Department, Membership
from webapp.lib.errors import Conflict, NotFound
from webapp.skills.agreement import Agreement, agreement
from webapp.skills.models import Appeal, ReferenceClip, Review, Rubric, Scorer, SkillReport
from webapp.skills.permissions import is_keeper, reports_visible_q, require_keeper
from webapp.videos.models import Video

Id = uuid.UUID | str
Row = TypeVar("Row", bound=Model)
NOT_SIGNED = "Only a signed report can be exported."
SEALED = "Read the video first: nothing of the report is shown before."
# Two readers this far apart on an item, or as many levels apart from the comparison, disagree.
DISAGREE_SCORES, DISAGREE_LEVELS = 2, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """`days` : waiting at least that long · `is_appealed`, `is_disagreed` : only those."""

    procedure: str = ""
    days: int = 0
    is_appealed: bool = False
    is_disagreed: bool = False


def report_get_for_actor(actor: Actor, report_id: Id) -> SkillReport:
    """Raises NotFound."""
    return _one(_reports(actor), report_id, "There is no such report.")


def report_list_for_actor(actor: Actor) -> "QuerySet[SkillReport]":
    """Newest first: one's own, and for reviewers those that were submitted."""
    return _reports(actor)


def report_for_video(actor: Actor, video: Video) -> SkillReport | None:
    """The newest that was not withdrawn, else the newest."""
    reports = list(_reports(actor).filter(video=video))
    standing = [report for report in reports if report.state != SkillReport.State.WITHDRAWN]
    return next(iter(standing or reports), None)


def report_for_job(job_id: Id) -> SkillReport | None:
    """For the worker."""
    reports = SkillReport.objects.select_related("video__content", "scorer__rubric", "hospital", "rubric")
    return reports.filter(job_id=job_id).first()


def is_open_to(actor: Actor, report: SkillReport) -> bool:
    """Whether what is in it may be shown: to its surgeon, and to a reviewer who has read the video or opened it."""
    if actor.person.pk == report.surgeon_id:
        return True
    return report.sights.filter(person=actor.person).exists()


def report_to_export(actor: Actor, report_id: Id) -> SkillReport:
    """A signed one that is open to them. Raises NotFound or Conflict."""
    report = report_get_for_actor(actor, report_id)
    if not is_open_to(actor, report):
        raise Conflict(SEALED, code="report_sealed")
    if not report.revisions.exists():
        raise Conflict(NOT_SIGNED, code="report_state")
    return report


def appeal_get_for_actor(actor: Actor, appeal_id: Id) -> Appeal:
    """Raises NotFound."""
    visible = _reports(actor)
    appeals = Appeal.objects.select_related("item", "report__rubric", "report__video__content", "report__scorer")
    return _one(appeals.filter(report__in=visible), appeal_id, "There is no such appeal.")


def review_queue(actor: Actor, chosen: QueueFilter) -> list[SkillReport]:
    """What waits for a reader or a signature, and what is contested; oldest first. One's own videos are not in it."""
    open_appeals = Appeal.objects.filter(report=OuterRef("pk"), state__in=(Appeal.State.OPEN, Appeal.State.READ))
    is_final = Q(state__in=(SkillReport.State.SIGNED, SkillReport.State.AMENDED))
    waiting = Q(state=SkillReport.State.IN_REVIEW) | (is_final & Q(has_appeal=True))
    reports = (
        _reports(actor)
        .annotate(has_appeal=Exists(open_appeals))
        .filter(waiting)
        .exclude(surgeon=actor.person)
        .prefetch_related("reviews", "sights", "appeals__item")
        .order_by("submitted_at", "created_at")
    )
    if chosen.procedure:
        reports = reports.filter(procedure=chosen.procedure)
    if chosen.days:
        reports = reports.filter(submitted_at__lte=timezone.now() - timedelta(days=chosen.days))
    if chosen.is_appealed:
        reports = reports.filter(has_appeal=True)
    found: list[SkillReport] = list(reports)
    return [report for report in found if is_disagreed(actor, report)] if chosen.is_disagreed else found


def queue_procedures(actor: Actor) -> list[str]:
    return list(
        _reports(actor)
        .filter(submitted_at__isnull=False)
        .order_by("procedure")
        .values_list("procedure", flat=True)
        .distinct()
    )


def is_disagreed(actor: Actor, report: SkillReport) -> bool:
    """Readers differ from one another, or from the comparison. Never told to who could still read it blind."""
    if actor.person.pk not in {sight.person_id for sight in report.sights.all()}:
        return False
    reviews, levels = list(report.reviews.all()), report.scorer.levels
    for one in reviews:
        if _levels_apart(levels, one.blind_level, report.score.get("level")) > DISAGREE_LEVELS:
            return True
        for other in reviews:
            if _scores_apart(one.blind_scores, other.blind_scores) >= DISAGREE_SCORES:
                return True
    return False


def agreement_with_scorer(actor: Actor) -> Agreement:
    """Of all blind readings of the hospital with what the comparison said of the same video, by level."""
    require_keeper(actor)
    pairs, num_ranks = [], 2
    for review in _reviews(actor):
        levels, level = review.report.scorer.levels, review.report.score.get("level")
        if level in levels and review.blind_level in levels:
            pairs.append((levels.index(level), levels.index(review.blind_level)))
            num_ranks = max(num_ranks, len(levels))
    return agreement(pairs, num_ranks=num_ranks)


def agreement_of_readers(actor: Actor) -> Agreement:
    """Of two blind readings of the same video, over all items."""
    require_keeper(actor)
    by_report: dict[Any, list[Review]] = {}
    for review in _reviews(actor):
        by_report.setdefault(review.report_id, []).append(review)
    pairs, num_ranks = [], 2
    for reviews in by_report.values():
        if len(reviews) < 2:
            continue
        one, other = reviews[0], reviews[1]
        rubric = one.report.rubric
        num_ranks = max(num_ranks, rubric.score_max - rubric.score_min + 1)
        pairs += [
            (one.blind_scores[key] - rubric.score_min, other.blind_scores[key] - rubric.score_min)
            for key in one.blind_scores
            if key in other.blind_scores
        ]
    return agreement(pairs, num_ranks=num_ranks)


def rubric_list(actor: Actor) -> "QuerySet[Rubric]":
    """All versions of the hospital's rubrics."""
    actor.require("skills")
    return Rubric.objects.filter(hospital=actor.member.hospital).prefetch_related("items")


def rubric_get_for_actor(actor: Actor, rubric_id: Id) -> Rubric:
    """Raises NotFound."""
    return _one(rubric_list(actor), rubric_id, "There is no such rubric.")


def reference_list(actor: Actor) -> "QuerySet[ReferenceClip]":
    """Of the whole hospital for who keeps them; for everybody else those of their own videos."""
    actor.require("skills")
    clips = ReferenceClip.objects.select_related("video__owner", "video__content", "rubric", "department")
    clips = clips.filter(hospital=actor.member.hospital)
    return clips if is_keeper(actor) else clips.filter(video__owner=actor.person)


def reference_get_for_actor(actor: Actor, reference_id: Id) -> ReferenceClip:
    """Raises NotFound."""
    return _one(reference_list(actor), reference_id, "There is no such reference.")


def reference_to_watch(actor: Actor, reference_id: Id) -> ReferenceClip:
    """For who keeps references, its surgeon, and, while it is in use, who was compared with it. Raises NotFound."""
    actor.require("skills")
    clips = ReferenceClip.objects.select_related("video__content", "video__hospital").filter(
        hospital=actor.member.hospital
    )
    clips = clips.exclude(state=ReferenceClip.State.WITHDRAWN)
    if not is_keeper(actor):
        compared = SkillReport.objects.filter(surgeon=actor.person, references__clip=OuterRef("pk"))
        in_use = Q(state=ReferenceClip.State.ACTIVE)
        clips = clips.filter((in_use & Exists(compared)) | Q(video__owner=actor.person))
    return _one(clips, reference_id, "There is no such reference.")


def scorer_list(actor: Actor) -> "QuerySet[Scorer]":
    """Those in use."""
    actor.require("skills")
    scorers = Scorer.objects.select_related("rubric", "department", "hospital")
    return scorers.filter(hospital=actor.member.hospital, retired_at=None).prefetch_related("references")


def scorer_get_for_actor(actor: Actor, scorer_id: Id) -> Scorer:
    """Raises NotFound."""
    return _one(scorer_list(actor), scorer_id, "There is no such comparison.")


def scorers_for_video(actor: Actor, video: Video) -> list[Scorer]:
    """Of the video's department, and those of the whole hospital; of its procedure, if that is known."""
    scorers = scorer_list(actor).filter(Q(department=None) | Q(department=video.department_id))
    wanted = video.procedure.strip().casefold()
    return [scorer for scorer in scorers if not wanted or scorer.procedure.casefold() == wanted]


def departments_of(actor: Actor) -> "QuerySet[Department]":
    return Department.objects.filter(hospital=actor.member.hospital).order_by("name")


def is_reviewer(actor: Actor) -> bool:
    return bool(actor.member.role == Membership.Role.REVIEWER)


def _reports(actor: Actor) -> "QuerySet[SkillReport]":
    actor.require("skills")
    return SkillReport.objects.filter(reports_visible_q(actor.member)).select_related(
        "video__content", "video__owner", "video__hospital", "scorer", "rubric", "surgeon", "job", "hospital"
    )


def _reviews(actor: Actor) -> "Iterable[Review]":
    reviews = Review.objects.select_related("report__scorer", "report__rubric")
    return reviews.filter(report__hospital=actor.member.hospital)


def _levels_apart(levels: list[str], one: str, other: str | None) -> int:
    if one not in levels or other not in levels:
        return 0
    return abs(levels.index(one) - levels.index(other))


def _scores_apart(one: dict[str, int], other: dict[str, int]) -> int:
    return max((abs(one[key] - other[key]) for key in one if key in other), default=0)


def _one(rows: "QuerySet[Row]", row_id: Id, words: str) -> Row:
    try:
        found = rows.filter(pk=row_id).first()
    except ValidationError:
        found = None
    if found is None:
        raise NotFound(words)
    return found
