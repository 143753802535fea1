"""An explanation is waited for as an answer is: by the person who looks at it, who sees "Try again"."""

from webapp.jobs.kinds import JobKind, Stage, WorkQueue, kind_register

EXPLAIN = kind_register(
    JobKind(
        name="explain",
        words="Explain an answer",
        stages=(
            Stage(name="explain", words="Explaining", task="workers.explain.explain_answer", queue=WorkQueue.ANSWERS),
        ),
        words_when_lost="The explanation was interrupted. Try again.",
    )
)
