"""What a person finds wrong in an explanation or an answer, and what others say of that."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from webapp.accounts.models import Hospital, User
from webapp.conversations.models import Answer
from webapp.jobs.models import Job
from webapp.learning.models.explanation import Explanation
from webapp.videos.models import Timeline


class Correction(models.Model):
    """The first wrong step with the right one in its place, or the answer as it should be; and why, in a sentence.

    `question`, `attempt`, `conclusion`, `sheet` : as they were shown to the author. What is asked, written or seen
    later changes nothing of them · `step_index` : 0 is the first · `problem` : why code sent it back ·
    `remarks` : what code tells its readers, in sentences.
    """

    class Kind(models.TextChoices):
        FIRST_WRONG_STEP = "first_wrong_step", "First wrong step"
        EDITED_ANSWER = "edited_answer", "Edited answer"

    class State(models.TextChoices):
        CHECKING = "checking", "Being checked"
        REFUSED = "refused", "Sent back by the check"
        SUBMITTED = "submitted", "Waiting for a reader"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="corrections")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="corrections")
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="corrections")
    explanation = models.ForeignKey(
        Explanation, on_delete=models.SET_NULL, null=True, blank=True, related_name="corrections"
    )
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="correction")
    kind = models.CharField(max_length=20, choices=Kind)
    state = models.CharField(max_length=20, choices=State, default=State.CHECKING)
    question = models.TextField()
    attempt = models.JSONField(default=list)
    conclusion = models.TextField(blank=True)
    step_index = models.PositiveSmallIntegerField(null=True, blank=True)
    right_step = models.TextField(blank=True)
    edited_answer = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    sheet = models.JSONField(default=dict)
    sheet_sha256 = models.CharField(max_length=64, blank=True)
    timeline = models.ForeignKey(Timeline, on_delete=models.PROTECT, null=True, blank=True, related_name="corrections")
    # As a round would read it, once code has checked it.
    row = models.JSONField(default=dict, blank=True)
    problem = models.TextField(blank=True)
    remarks = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            # Two clicks on "Send" are one correction.
            models.UniqueConstraint(
                fields=["answer", "author"],
                condition=models.Q(state__in=("checking", "submitted")),
                name="one_open_correction_per_answer",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="edited_answer") | models.Q(step_index__isnull=False),
                name="a_marked_step_has_a_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"

    @property
    def marked_mark(self) -> str:
        """What code had found of the step that is marked; empty where the explanation is gone."""
        if self.explanation is None or self.step_index is None:
            return ""
        return "".join(str(step["mark"]) for step in self.explanation.steps[self.step_index : self.step_index + 1])

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.CHECKING, self.State.SUBMITTED}


class CorrectionReading(models.Model):
    """One reader's verdict. The author is the first of the two readers and never the second."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", "Approve"
        DECLINE = "decline", "Decline"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    correction = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="readings")
    reader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="correction_readings")
    verdict = models.CharField(max_length=10, choices=Verdict)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["correction", "reader"], name="one_reading_per_reader_and_correction")
        ]

    def __str__(self) -> str:
        return f"{self.verdict} of {self.correction_id}"
