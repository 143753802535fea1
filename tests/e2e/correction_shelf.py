"""The shelf's video with an explained answer, and a reviewer; the check and a training's report are done from here."""

import sys
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.e2e.shelf import COLLEAGUE, EMAIL, PASSWORD, Shelf, boot

if TYPE_CHECKING:
    from webapp.learning.models import Explanation

QUESTION = "How long is the hook seen in all?"


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

    def send(self, question: str) -> None:
        """A correction of another answer waits for a reader, with something that code remarks on."""
        self.server.python("-m", "tests.e2e.correction_shelf", "send", self.video_id, question)

    def check(self) -> None:
        """What a worker makes of what waits for its check."""
        self.server.python("-m", "tests.e2e.correction_shelf", "check", self.video_id)

    def train(self, number: int, adapter: str) -> None:
        """A run reports that it learns from all there is, and the questions are explained anew with what it made."""
        self.server.python("-m", "tests.e2e.correction_shelf", "train", self.video_id, str(number), adapter)


def explained(video_id: str, question: str = QUESTION) -> "Explanation":
    from tests.learning_rows import explanation_row
    from webapp.conversations.models import Answer, Conversation, Question
    from webapp.videos.models import Video

    video = Video.objects.get(pk=video_id)
    conversation, _ = Conversation.objects.get_or_create(video=video, owner=video.owner)
    asked = Question.objects.create(conversation=conversation, text=question)
    answer = Answer.objects.create(
        question=asked, status="finished", text="The hook is seen for 14.5 s [[t=3-8]].", model_name="test model"
    )
    return explanation_row(answer)


def sent(video_id: str, question: str) -> None:
    from tests.learning_rows import correct, marking, settle

    text = "F3 hook, see https://example.org: 33.5 - 30.0 = 3.5 s"
    assert settle(correct(explained(video_id, question), marking(text))).state == "submitted"


def check_all() -> None:
    from tests.learning_rows import settle
    from webapp.learning.models import Correction

    for one in Correction.objects.filter(state=Correction.State.CHECKING):
        settle(one)


def trained(video_id: str, number: int, adapter: str) -> None:
    from tests.learning_rows import RIGHT_ANSWER, RIGHT_STEP, STEPS, explanation_row
    from webapp.learning.models import ReferenceSolution
    from webapp.learning.references import references_used, training_references
    from webapp.videos.models import Video

    rows = training_references(Video.objects.get(pk=video_id).hospital)
    references_used(Run(pk=uuid.uuid4(), number=number), [row["id"] for row in rows])
    steps = (STEPS[0], RIGHT_STEP, "5.0 + 3.5 = 8.5 s")
    for one in ReferenceSolution.objects.filter(pk__in=[row["id"] for row in rows]):
        explanation_row(one.answer, steps=steps, conclusion=RIGHT_ANSWER, adapter=adapter)


if __name__ == "__main__":
    boot()
    if sys.argv[1] == "explain":
        print(explained(sys.argv[2]).answer_id)
    elif sys.argv[1] == "check":
        check_all()
    elif sys.argv[1] == "send":
        sent(sys.argv[2], sys.argv[3])
    else:
        trained(sys.argv[2], int(sys.argv[3]), sys.argv[4])

__all__ = ["COLLEAGUE", "EMAIL", "PASSWORD", "CorrectionShelf"]
