"""A surgeon with a video, three references in use, and reviewers; what a scorer would say of it."""

import time
from dataclasses import dataclass
from typing import Any

from tests.factories import HospitalFactory, MembershipFactory, VideoFactory
from webapp.accounts.actors import Actor, page_actor
from webapp.accounts.models import Hospital, Membership, User
from webapp.accounts.signatures import Signature
from webapp.conversations.text import Window
from webapp.skills.models import ReferenceClip, Rubric, Scorer, SkillReport
from webapp.skills.references import DEFAULT_LEVELS, reference_consent, reference_propose, scorer_create
from webapp.skills.reports import active_references, report_request, report_scored, report_submit
from webapp.skills.reviews import review_read, review_sign
from webapp.skills.rubrics import rubric_adopt
from webapp.videos.models import Video

PROCEDURE = "Suturing"
SIGNATURE = Signature(method="password", at=time.time())


@dataclass
class Cast:
    """Alice is the surgeon; Rita, Ben and Cleo review."""

    hospital: Hospital
    alice: User
    rita: User
    ben: User
    cleo: User
    video: Video
    rubric: Rubric
    scorer: Scorer
    clips: list[ReferenceClip]

    def actor(self, user: User) -> Actor:
        return page_actor(user)


def cast(*, num_reviewers: int = 1) -> Cast:
    hospital = HospitalFactory()
    alice = MembershipFactory(hospital=hospital).user
    rita, ben, cleo = (MembershipFactory(hospital=hospital, role=Membership.Role.REVIEWER).user for _ in range(3))
    rubric = rubric_adopt(actor=page_actor(rita), slug="goals")
    clips = [reference(rita, rubric, level, 1 + 2 * index) for index, level in enumerate(DEFAULT_LEVELS)]
    scorer = scorer_create(
        actor=page_actor(rita),
        procedure=PROCEDURE,
        rubric=rubric,
        department=None,
        levels=DEFAULT_LEVELS,
        references=clips,
        num_reviewers=num_reviewers,
    )
    video = VideoFactory(owner=alice, procedure=PROCEDURE, content__duration_s=60.0)
    return Cast(hospital, alice, rita, ben, cleo, video, rubric, scorer, clips)


def reference(keeper: User, rubric: Rubric, level: str, score: int, **fields: Any) -> ReferenceClip:
    """In use: its surgeon agreed."""
    owner = MembershipFactory(hospital=keeper.memberships.get().hospital).user
    video = VideoFactory(owner=owner, procedure=PROCEDURE, **fields)
    clip = reference_propose(
        actor=page_actor(keeper),
        video=video,
        rubric=rubric,
        level=level,
        window=Window(start_s=0, end_s=30),
        item_scores={item.key: score for item in rubric.items.all()},
    )
    reference_consent(clip, actor=page_actor(owner))
    return ReferenceClip.objects.get(pk=clip.pk)


def score_of(clips: list[ReferenceClip], **changes: Any) -> dict[str, Any]:
    """As inference/avbanet writes one: like the highest level."""
    shares = dict(zip(DEFAULT_LEVELS, (0.1, 0.2, 0.7), strict=True))
    return {
        "format": "debrief.skill.score/1",
        "probabilities": shares,
        "without_duration": dict(zip(DEFAULT_LEVELS, (0.15, 0.25, 0.6), strict=True)),
        "level": "expert",
        "abstained": False,
        "reason": None,
        "code": None,
        "bias": 0.2,
        "evidence": [
            {"start_s": float(second), "end_s": second + 1.0, "margin": 0.1 if second % 3 else -0.15}
            for second in range(60)
        ],
        "factors": [
            {
                "name": "duration",
                "value": 60.0,
                "unit": "s",
                "by_level": dict(zip(DEFAULT_LEVELS, (90, 70, 50), strict=True)),
            },
            {
                "name": "idle",
                "value": 0.12,
                "unit": "share",
                "by_level": dict(zip(DEFAULT_LEVELS, (0.4, 0.2, 0.1), strict=True)),
            },
        ],
        "moments": [
            {
                "start_s": 4.0,
                "end_s": 8.0,
                "reference": str(clips[-1].pk),
                "reference_start_s": 2.0,
                "reference_end_s": 6.0,
            }
        ],
        "swaps": {str(clip.pk): shares for clip in clips},
        "trust": 0.8,
    } | changes


def drafted(cast: Cast, **changes: Any) -> SkillReport:
    report = report_request(actor=cast.actor(cast.alice), video=cast.video, scorer=cast.scorer)
    clips = active_references(cast.scorer)
    report_scored(report, score=score_of(clips, **changes), references=clips)
    return SkillReport.objects.get(pk=report.pk)


def submitted(cast: Cast, **changes: Any) -> SkillReport:
    report = drafted(cast, **changes)
    report_submit(report, actor=cast.actor(cast.alice))
    return SkillReport.objects.get(pk=report.pk)


def scores(cast: Cast, score: int) -> dict[str, int]:
    return {item.key: score for item in cast.rubric.items.all()}


def read(cast: Cast, report: SkillReport, reader: User, score: int = 4, level: str = "expert") -> None:
    review_read(report, actor=cast.actor(reader), scores=scores(cast, score), level=level)


def sign(cast: Cast, report: SkillReport, reader: User, score: int = 4, level: str = "expert") -> None:
    review_sign(
        report,
        actor=cast.actor(reader),
        scores=scores(cast, score),
        level=level,
        comment="Calm.",
        signature=SIGNATURE,
    )


def signed(cast: Cast, **changes: Any) -> SkillReport:
    report = submitted(cast, **changes)
    read(cast, report, cast.rita)
    sign(cast, report, cast.rita)
    return SkillReport.objects.get(pk=report.pk)
