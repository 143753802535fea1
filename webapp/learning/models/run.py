"""A round of training as the people see it who answer for it: where it is, what it cost, what it used, how it ended."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from webapp.accounts.models import Hospital, User
from webapp.jobs.models import Job
from webapp.registry.models import ModelVersion

OPEN_STATES = ("queued", "running", "paused")


class TrainingRun(models.Model):
    """`base` : the catalogue's name of the model that is trained · `stages` : rows of StageRow, in order ·
    `curve` : [[stage, step, loss or null, reward or null]] · `cost` : seconds, tokens_read, tokens_written,
    peak_memory_bytes, restarts · `waiting` : why it does nothing just now, in a sentence · `version` : the candidate
    that it made."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="training_runs")
    started_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="training_run")
    state = models.CharField(max_length=20, choices=State, default=State.QUEUED)
    base = models.CharField(max_length=80)
    is_smallest = models.BooleanField(default=False)
    # Begins and goes on at once, whatever the hour.
    is_urgent = models.BooleanField(default=False)
    is_pause_asked = models.BooleanField(default=False)
    num_references = models.PositiveIntegerField(default=0)
    stages = models.JSONField(default=list)
    curve = models.JSONField(default=list)
    cost = models.JSONField(default=dict)
    log_tail = models.TextField(blank=True)
    waiting = models.CharField(max_length=200, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.TextField(blank=True)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="runs")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            # Two of them would share the machine, and each would be the other's delay.
            models.UniqueConstraint(
                fields=["hospital"],
                condition=models.Q(state__in=OPEN_STATES),
                name="one_open_training_run",
            )
        ]

    def __str__(self) -> str:
        return f"Run {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def can_resume(self) -> bool:
        """What is done is kept, so a failed or cancelled run goes on where it was."""
        return self.state in {self.State.PAUSED, self.State.FAILED, self.State.CANCELLED}
