"""What an explanation is about: an answer, or one item of a skill report."""

import uuid
from dataclasses import dataclass

from webapp.conversations.models import Answer
from webapp.learning.models import Explanation
from webapp.skills.models import ReportItem
from webapp.videos.models import Timeline, Video


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """`question`, `said`: what is explained, in words · `timeline`: the revision that it was made of, if known."""

    question: str
    said: str
    video: Video
    timeline: Timeline | None

    @property
    def timeline_id(self) -> uuid.UUID | None:
        return None if self.timeline is None else self.timeline.pk


def subject_of(explanation: Explanation) -> Subject:
    if explanation.answer is not None:
        return answer_subject(explanation.answer)
    if explanation.report_item is not None:
        return item_subject(explanation.report_item)
    raise ValueError("an explanation of nothing")


def answer_subject(answer: Answer) -> Subject:
    question = answer.question
    return Subject(
        question=question.text, said=answer.text, video=question.conversation.video, timeline=answer.timeline
    )


def item_subject(item: ReportItem) -> Subject:
    """As the comparison has it: what people signed is explained by them."""
    report = item.report
    score = "nothing" if item.expected is None else f"{item.expected:.1f} of {report.rubric.score_max}"
    return Subject(
        question=f"Why does the comparison give {item.item.name.lower()} {score}?",
        said=score,
        video=report.video,
        timeline=report.timeline,
    )
