"""One's own signed scores over time; peers' only among those who all agreed to it, and never of few people."""

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from webapp.accounts.actors import Actor
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.skills.models import PeerSharing, SignedRevision, SkillReport

# Of fewer people a middle half could be read back to one of them.
LEAST_PEERS = 5
FINAL = (SkillReport.State.SIGNED, SkillReport.State.AMENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    at: datetime
    score: float
    report_id: str
    video_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """The middle half of the other people's own medians, and how many they are."""

    low: float
    middle: float
    high: float
    num_people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item of one rubric in one procedure, oldest first."""

    name: str
    points: list[Point]
    peers: Peers | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    procedure: str
    rubric: str
    score_min: int
    score_max: int
    lines: list[Line]


@transaction.atomic
def sharing_set(*, actor: Actor, is_shared: bool) -> None:
    """From now on, or no more; taking it back reaches all that was shared."""
    actor.require("skills")
    rows = PeerSharing.objects.filter(person=actor.person, hospital=actor.member.hospital)
    if is_shared:
        PeerSharing.objects.get_or_create(person=actor.person, hospital=actor.member.hospital)
    else:
        rows.delete()
    audit_record(
        action=Action.SKILL_PEERS,
        actor=actor,
        hospital=actor.hospital,
        object_type="membership",
        object_id=str(actor.member.pk),
        detail={"shared": is_shared},
    )


def is_sharing(actor: Actor) -> bool:
    return PeerSharing.objects.filter(person=actor.person, hospital=actor.member.hospital).exists()


def trends_of(actor: Actor) -> list[Trend]:
    """Of each procedure and version of a rubric apart: what was scored by another measure is another line."""
    actor.require("skills")
    own = _newest(SkillReport.objects.filter(surgeon=actor.person, hospital=actor.member.hospital, state__in=FINAL))
    groups: dict[tuple[str, object], list[SignedRevision]] = defaultdict(list)
    for revision in own:
        groups[(revision.report.procedure, revision.report.rubric_id)].append(revision)
    return [_trend(actor, revisions) for _key, revisions in sorted(groups.items(), key=lambda entry: entry[0][0])]


def _trend(actor: Actor, revisions: list[SignedRevision]) -> Trend:
    report = revisions[0].report
    peers = _peer_scores(actor, report) if is_sharing(actor) else {}
    lines = [
        Line(
            name=item.name,
            points=[_point(revision, item.key) for revision in revisions if item.key in revision.scores],
            peers=_peers(peers.get(item.key, [])),
        )
        for item in report.rubric.items.all()
    ]
    return Trend(
        procedure=report.procedure,
        rubric=str(report.rubric),
        score_min=report.rubric.score_min,
        score_max=report.rubric.score_max,
        lines=lines,
    )


def _point(revision: SignedRevision, key: str) -> Point:
    report = revision.report
    at = report.submitted_at or report.created_at
    return Point(at=at, score=revision.scores[key], report_id=str(report.pk), video_id=str(report.video_id))


def _peer_scores(actor: Actor, report: SkillReport) -> dict[str, list[float]]:
    """By item, one number a person: the median of theirs."""
    sharing = PeerSharing.objects.filter(hospital=report.hospital).exclude(person=actor.person).values("person")
    others = SkillReport.objects.filter(
        hospital=report.hospital,
        surgeon__in=sharing,
        procedure=report.procedure,
        rubric=report.rubric,
        state__in=FINAL,
    )
    by_person: dict[tuple[str, object], list[float]] = defaultdict(list)
    for revision in _newest(others):
        for key, score in revision.scores.items():
            by_person[(key, revision.report.surgeon_id)].append(score)
    scores: dict[str, list[float]] = defaultdict(list)
    for (key, _person), found in by_person.items():
        scores[key].append(statistics.median(found))
    return scores


def _peers(scores: list[float]) -> Peers | None:
    if len(scores) < LEAST_PEERS:
        return None
    low, middle, high = statistics.quantiles(scores, n=4, method="inclusive")
    return Peers(low=low, middle=middle, high=high, num_people=len(scores))


def _newest(reports: "Iterable[SkillReport]") -> list[SignedRevision]:
    """What stands of each report, oldest report first."""
    newest: dict[object, SignedRevision] = {}
    rows = SignedRevision.objects.filter(report__in=reports).select_related("report__rubric", "report__video")
    for revision in rows.order_by("number"):
        newest[revision.report_id] = revision
    return sorted(newest.values(), key=lambda revision: revision.report.submitted_at or revision.report.created_at)
