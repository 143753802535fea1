"""What stands between a trained adapter and the people: a checklist of measurements, and a person who says yes."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from webapp.accounts.models import User
from webapp.learning.models.run import TrainingRun
from webapp.registry.models import ModelVersion


class Gate(models.Model):
    """`against` : the adapter that was active then, null for none · `rows` : of GateRow, as measured · `samples` : the
    same questions by both, side by side."""

    run = models.OneToOneField(TrainingRun, on_delete=models.CASCADE, related_name="gate")
    against = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_passed = models.BooleanField(default=False)
    rows = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    seconds = models.FloatField(default=0.0)
    created_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approval_note = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"gate of run {self.run.number}: {'passed' if self.is_passed else 'failed'}"


class AdapterMove(models.Model):
    """The pointer's history. `actor` null: the clock moved it, for what `reason` says."""

    class Kind(models.TextChoices):
        PROMOTE = "promote", "Promoted"
        ROLL_BACK = "roll_back", "Rolled back"
        AUTO_ROLL_BACK = "auto_roll_back", "Rolled back by itself"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    before = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    after = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.before_id} to {self.after_id}"
