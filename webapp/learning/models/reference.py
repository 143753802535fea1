"""Approved corrections as a training reads them, where they were used, and what a withdrawal leaves."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from webapp.accounts.models import Hospital, User
from webapp.conversations.models import Answer
from webapp.learning.models.correction import Correction


class ReferenceSolution(models.Model):
    """`row` : one line of a round's references, as inference/reasoning/training/intake.py reads it.

    A later correction of the same answer is its next version, and takes the place of the one before.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "In the next round"
        SUPERSEDED = "superseded", "A later version took its place"
        WITHDRAWN = "withdrawn", "Withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="reference_solutions")
    correction = models.OneToOneField(Correction, on_delete=models.CASCADE, related_name="reference")
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="reference_solutions")
    version = models.PositiveSmallIntegerField(default=1)
    row = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=State, default=State.ACTIVE)
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["answer", "version"], name="reference_version_once"),
            models.UniqueConstraint(
                fields=["answer"], condition=models.Q(state="active"), name="one_active_reference_per_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"reference {str(self.pk)[:8]}, version {self.version}"


class ReferenceUse(models.Model):
    """What one run made of one reference."""

    class Outcome(models.TextChoices):
        KEPT = "kept", "Trained on"
        REFUSED = "refused", "Refused"

    reference = models.ForeignKey(ReferenceSolution, on_delete=models.CASCADE, related_name="uses")
    run_id = models.UUIDField()
    run_number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["run_number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reference", "run_id"], name="one_outcome_per_reference_and_run")
        ]

    def __str__(self) -> str:
        return f"{self.outcome} in run {self.run_number}"


class WithdrawalReceipt(models.Model):
    """That a reference is in no round after this moment. It outlives the reference, its answer and its video.

    `runs` : [{"number", "outcome"}], those that had it before; of one that had not ended "going_on".
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="withdrawal_receipts")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="withdrawal_receipts")
    withdrawn_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    correction = models.ForeignKey(
        Correction, on_delete=models.SET_NULL, null=True, blank=True, related_name="receipts"
    )
    reference_id = models.UUIDField(unique=True)
    version = models.PositiveSmallIntegerField()
    runs = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"receipt for reference {str(self.reference_id)[:8]}"
