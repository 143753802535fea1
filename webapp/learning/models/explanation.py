"""Why an answer or a report says what it says: steps of a language model, each with what code found of it."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from webapp.conversations.models import Answer
from webapp.jobs.models import Job
from webapp.skills.models import ReportItem
from webapp.videos.models import Timeline


class Explanation(models.Model):
    """Of an answer, or of one item of a skill report."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Writing"
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, null=True, blank=True, related_name="explanations")
    report_item = models.ForeignKey(
        ReportItem, on_delete=models.CASCADE, null=True, blank=True, related_name="explanations"
    )
    status = models.CharField(max_length=20, choices=Status, default=Status.QUEUED)
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="explanation")
    # The revision that its sheet was made of; the answer may be of another one.
    timeline = models.ForeignKey(Timeline, on_delete=models.PROTECT, null=True, blank=True, related_name="explanations")
    # The sheet as inference/reasoning/snapshot.py keeps it: what the steps may cite, whatever becomes of the timeline.
    sheet = models.JSONField(default=dict)
    sheet_sha256 = models.CharField(max_length=64, blank=True)
    # Rows of ExplainedStep.
    steps = models.JSONField(default=list)
    # The step that is being written; not checked yet.
    writing = models.TextField(blank=True)
    conclusion = models.TextField(blank=True)
    # Why there is no conclusion, in a sentence.
    problem = models.TextField(blank=True)
    model_name = models.CharField(max_length=120, blank=True)
    adapter = models.CharField(max_length=120, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            # Two clicks on "Why?" are one explanation.
            models.UniqueConstraint(
                fields=["answer"],
                condition=models.Q(status__in=("queued", "running")),
                name="one_open_explanation_per_answer",
            ),
            models.UniqueConstraint(
                fields=["report_item"],
                condition=models.Q(status__in=("queued", "running")),
                name="one_open_explanation_per_report_item",
            ),
            models.CheckConstraint(
                condition=models.Q(answer__isnull=False, report_item__isnull=True)
                | models.Q(answer__isnull=True, report_item__isnull=False),
                name="explains_an_answer_or_a_report_item",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status}: {len(self.steps)} steps"

    @property
    def is_open(self) -> bool:
        return self.status in {self.Status.QUEUED, self.Status.RUNNING}
