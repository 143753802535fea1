"""Long-running work as the user sees it. The row is the truth; an event is only news of it."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from webapp.accounts.models import Hospital, User
from webapp.jobs.kinds import UnknownKind, kind_get


class Job(models.Model):
    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        SUCCEEDED = "succeeded", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Names of webapp/jobs/kinds.py, kept as plain text.
    kind = models.CharField(max_length=40)
    stage = models.CharField(max_length=40)
    status = models.CharField(max_length=20, choices=Status, default=Status.QUEUED)
    hospital = models.ForeignKey(Hospital, on_delete=models.CASCADE, related_name="jobs")
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="jobs")
    # What the jobs page shows and links to; a job itself knows no video and no answer.
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=300, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    unit = models.CharField(max_length=20, blank=True)
    stage_started_at = models.DateTimeField(null=True, blank=True)
    # What its worker thinks remains of the current stage; within a stage it never rises. Null: not known.
    left_s = models.FloatField(null=True, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.TextField(blank=True)
    error_permanent = models.BooleanField(default=False)
    cancel_requested = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    # How often a later stage found an earlier one's work unfit and asked for it anew.
    times_sent_back = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=200, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    enqueued_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [
            models.Index(fields=["status", "heartbeat_at"], name="job_watchdog"),
            models.Index(fields=["hospital", "-created_at"], name="job_list"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.stage} {self.status}: {self.title}"

    @property
    def is_finished(self) -> bool:
        return self.status in {self.Status.SUCCEEDED, self.Status.FAILED, self.Status.CANCELLED}

    @property
    def can_retry(self) -> bool:
        return self.status == self.Status.CANCELLED or (self.status == self.Status.FAILED and not self.error_permanent)

    @property
    def kind_words(self) -> str:
        try:
            return kind_get(self.kind).words
        except UnknownKind:
            return self.kind.capitalize()

    @property
    def stage_words(self) -> str:
        try:
            return kind_get(self.kind).stage(self.stage).words
        except UnknownKind:
            return self.stage.capitalize()

    @property
    def num_stages(self) -> int:
        """0 for a kind that is no longer known."""
        try:
            return len(kind_get(self.kind).stages)
        except UnknownKind:
            return 0

    @property
    def stage_number(self) -> int:
        """From 1; what is left is known of the current stage alone, so people are told which one that is."""
        names = [stage.name for stage in kind_get(self.kind).stages]
        return names.index(self.stage) + 1 if self.stage in names else 0


class WatchdogRound(models.Model):
    """One row: the watchdog writes it before each look, and so knows that whoever is alive could write as well."""

    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"looked at {self.at}"
