"""Explanations and checks of corrections are waited for as answers are: by the person who looks at them."""

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

CHECK_CORRECTION = kind_register(
    JobKind(
        name="check_correction",
        words="Check a correction",
        stages=(
            Stage(
                name="check",
                words="Checking it against what was seen",
                task="workers.correction.check_correction",
                queue=WorkQueue.ANSWERS,
            ),
        ),
        words_when_lost="The check was interrupted. Send the correction again.",
    )
)
