"""The shelf's video with references beside it and three reviewers; a worker's part is done by `scored`."""

import sys

from tests.e2e.shelf import EMAIL, PASSWORD, Shelf, boot

RITA, BEN = "rita@example.org", "ben@example.org"
PROCEDURE = "Suturing"


class SkillShelf(Shelf):
    def open(self) -> None:
        super().open()
        self.server.python("-m", "tests.e2e.skill_shelf", "people", self.video_id)

    def score(self) -> None:
        """What a worker leaves behind once it has compared."""
        self.server.python("-m", "tests.e2e.skill_shelf", "score", self.video_id)


def make_people(video_id: str) -> None:
    from django.contrib.auth.hashers import make_password

    from tests.factories import ContentFactory, MembershipFactory, UserFactory
    from tests.integration.skills.cast import reference
    from webapp.accounts.actors import page_actor
    from webapp.skills.references import DEFAULT_LEVELS, scorer_create
    from webapp.skills.rubrics import rubric_adopt
    from webapp.videos.models import Video

    # Another process has begun to count before.
    for factory in (ContentFactory, UserFactory):
        factory.reset_sequence(100)
    video = Video.objects.get(pk=video_id)
    rita, _ben = (
        MembershipFactory(
            hospital=video.hospital,
            role="reviewer",
            user__email=email,
            user__name=name,
            user__password=make_password(PASSWORD),
        ).user
        for email, name in ((RITA, "Rita Reviewer"), (BEN, "Ben Second"))
    )
    rubric = rubric_adopt(actor=page_actor(rita), slug="goals")
    clips = [reference(rita, rubric, level, 1 + 2 * index) for index, level in enumerate(DEFAULT_LEVELS)]
    scorer_create(
        actor=page_actor(rita),
        procedure=PROCEDURE,
        rubric=rubric,
        department=None,
        levels=DEFAULT_LEVELS,
        references=clips,
    )


def make_score(video_id: str) -> None:
    from tests.integration.skills.cast import score_of
    from webapp.jobs.services import job_claim, job_succeed
    from webapp.skills.models import SkillReport
    from webapp.skills.reports import active_references, report_scored

    report = SkillReport.objects.select_related("scorer").get(video_id=video_id, state=SkillReport.State.SCORING)
    clips = active_references(report.scorer)
    job_claim(report.job_id, stage="score", worker="w")
    score = score_of(clips)
    score["evidence"] = [part for part in score["evidence"] if part["end_s"] <= 10]
    report_scored(report, score=score, references=clips)
    job_succeed(report.job_id, worker="w")


if __name__ == "__main__":
    boot()
    if sys.argv[1] == "people":
        make_people(sys.argv[2])
    else:
        make_score(sys.argv[2])

__all__ = ["BEN", "EMAIL", "PASSWORD", "PROCEDURE", "RITA", "SkillShelf"]
