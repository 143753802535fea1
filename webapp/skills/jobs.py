"""What has to be done for a skill report. Nothing is lost by a second attempt, so it is made unasked."""

from webapp.jobs.kinds import JobKind, Stage, WorkQueue, kind_register

SKILL_SCORE = kind_register(
    JobKind(
        name="skill_score",
        words="Compare with references",
        stages=(
            Stage(
                name="score",
                words="Comparing with references",
                task="workers.skill.score_report",
                queue=WorkQueue.BULK,
            ),
        ),
        retries=1,
        words_when_lost="The comparison was interrupted. Try again.",
    )
)
