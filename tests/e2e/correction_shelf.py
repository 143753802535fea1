"""The shelf's video with an explained answer, and a reviewer; the check and a training's report are done from here."""

import sys
import uuid
from dataclasses import dataclass

from tests.e2e.shelf import COLLEAGUE, EMAIL, PASSWORD, Shelf, boot


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What references know of a training run."""

    pk: uuid.UUID
    number: int


class CorrectionShelf(Shelf):
    answer_id = ""

    @property
    def why_path(self) -> str:
        return f"/answers/{self.answer_id}/why/"

    def open(self) -> None:
        super().open()
        self.add_colleague()
        self.answer_id = self.server.python("-m", "tests.e2e.correction_shelf", "explain", self.video_id).split()[-1]

    def check(self) -> None:
        """What a worker makes of what waits for its check."""
        self.server.python("-m", "tests.e2e.correction_shelf", "check", self.video_id)

    def train(self, number: int) -> None:
        """A run reports that it learns from all there is."""
        self.server.python("-m", "tests.e2e.correction_shelf", "train", self.video_id, str(number))

    def explain_again(self, adapter: str) -> None:
        self.server.python("-m", "tests.e2e.correction_shelf", "again", self.answer_id, adapter)


def explained(video_id: str) -> str:
    from tests.learning_rows import explanation_row
    from webapp.conversations.models import Answer, Conversation, Question
    from webapp.videos.models import Video

    video = Video.objects.get(pk=video_id)
    conversation = Conversation.objects.create(video=video, owner=video.owner)
    question = Question.objects.create(conversation=conversation, text="How long is the hook seen in all?")
    answer = Answer.objects.create(
        question=question, status="finished", text="The hook is seen for 14.5 s [[t=3-8]].", model_name="test model"
    )
    explanation_row(answer)
    return str(answer.pk)


def check_all() -> None:
    from tests.learning_rows import settle
    from webapp.learning.models import Correction

    for one in Correction.objects.filter(state=Correction.State.CHECKING):
        settle(one)


def trained(video_id: str, number: int) -> None:
    from webapp.learning.references import references_used, training_references
    from webapp.videos.models import Video

    rows = training_references(Video.objects.get(pk=video_id).hospital)
    references_used(Run(pk=uuid.uuid4(), number=number), [row["id"] for row in rows])


def explained_again(answer_id: str, adapter: str) -> None:
    from tests.learning_rows import RIGHT_ANSWER, RIGHT_STEP, STEPS, explanation_row
    from webapp.conversations.models import Answer

    steps = (STEPS[0], RIGHT_STEP, "5.0 + 3.5 = 8.5 s")
    explanation_row(Answer.objects.get(pk=answer_id), steps=steps, conclusion=RIGHT_ANSWER, adapter=adapter)


if __name__ == "__main__":
    boot()
    if sys.argv[1] == "explain":
        print(explained(sys.argv[2]))
    elif sys.argv[1] == "check":
        check_all()
    elif sys.argv[1] == "again":
        explained_again(sys.argv[2], sys.argv[3])
    else:
        trained(sys.argv[2], int(sys.argv[3]))

__all__ = ["COLLEAGUE", "EMAIL", "PASSWORD", "CorrectionShelf"]
