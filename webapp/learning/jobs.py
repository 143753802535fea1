"""Explanations and checks of corrections are waited for as answers are: by the person who looks at them.

A training run is waited for by nobody: one whose worker died goes on by itself, from where it was.
"""

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

TRAIN = kind_register(
    JobKind(
        name="train",
        words="Train the model that explains",
        stages=(Stage(name="train", words="Training", task="workers.training.train_round", queue=WorkQueue.TRAIN),),
        words_when_lost="The training was interrupted again and again. What was done is kept: it can go on.",
        retries=10,
    )
)
