"""An answer is started over by nobody but its reader: they are looking at it, and see "Try again"."""

from webapp.jobs.kinds import JobKind, Stage, WorkQueue, kind_register

ANSWER = kind_register(
    JobKind(
        name="answer",
        words="Answer question",
        stages=(
            Stage(
                name="answer",
                words="Answering",
                task="workers.answer_tasks.answer_question",
                queue=WorkQueue.ANSWERS,
            ),
        ),
        words_when_lost="The assistant was interrupted. Try again.",
    )
)
