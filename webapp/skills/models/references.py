"""Clips that a site compares with, and what is compared: a scorer is one procedure, a rubric and its references."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from webapp.accounts.models import Department, Hospital, User
from webapp.skills.models.rubrics import Rubric
from webapp.videos.models import Video


class ReferenceClip(models.Model):
    """A stretch of a video that shows a level. It counts while its surgeon's consent stands.

    `item_scores` : by key of the rubric's items, empty where a level alone was given.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waiting for consent"
        ACTIVE = "active", "In use"
        WITHDRAWN = "withdrawn", "Withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="reference_clips")
    department = models.ForeignKey(Department, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="reference_clips")
    procedure = models.CharField(max_length=120)
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="reference_clips")
    start_s = models.FloatField()
    end_s = models.FloatField()
    level = models.CharField(max_length=40)
    item_scores = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=20, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    consented_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["procedure", "level", "created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(start_s__lt=models.F("end_s")), name="reference_has_length")
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.procedure}"

    @property
    def short_name(self) -> str:
        """What a report calls it: its level and the start of its id, never the title of somebody's video."""
        return f"{self.level} {str(self.pk)[:4]}"


class Scorer(models.Model):
    """What a department compares a procedure with. `levels` : lowest first. Null department: the whole hospital."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="scorers")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, null=True, blank=True, related_name="scorers")
    procedure = models.CharField(max_length=120)
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="scorers")
    levels = models.JSONField(default=list)
    references = models.ManyToManyField(ReferenceClip, related_name="scorers", blank=True)
    # One, or two who read independently.
    num_reviewers = models.PositiveSmallIntegerField(default=1)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["procedure", "-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(num_reviewers__in=[1, 2]), name="one_or_two_reviewers")
        ]

    def __str__(self) -> str:
        return f"{self.procedure} under {self.rubric}"
