"""What readers find for themselves, and what a surgeon answers."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from webapp.accounts.models import User
from webapp.skills.models.reports import SkillReport
from webapp.skills.models.rubrics import RubricItem


class Review(models.Model):
    """One reader of one report. `blind_*` were recorded before anything of the scorer or of another reader was shown.

    `scores` : what they signed, by key of the item; the same as `blind_scores` unless they changed their mind.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(SkillReport, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="skill_reviews")
    blind_scores = models.JSONField(default=dict)
    blind_level = models.CharField(max_length=40)
    blind_at = models.DateTimeField(default=timezone.now)
    scores = models.JSONField(default=dict, blank=True)
    level = models.CharField(max_length=40, blank=True)
    comment = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    # With what: password, or the kind of second factor.
    signed_by = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering: ClassVar = ["blind_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "reviewer"], name="one_review_per_reader")]

    def __str__(self) -> str:
        return f"{self.reviewer_id} on {self.report_id}"


class Appeal(models.Model):
    """The surgeon contests one item and points at a window; a reader who has seen none of it answers.

    `reader_score` is recorded before the signed score is shown to the reader.
    """

    class State(models.TextChoices):
        OPEN = "open", "Waiting for a second reader"
        READ = "read", "Read, waiting for the answer"
        UPHELD = "upheld", "The score stands"
        CHANGED = "changed", "The score was changed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(SkillReport, on_delete=models.CASCADE, related_name="appeals")
    item = models.ForeignKey(RubricItem, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    start_s = models.FloatField()
    end_s = models.FloatField()
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    reader = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="appeals_read")
    reader_score = models.PositiveSmallIntegerField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report", "item"],
                condition=models.Q(state__in=["open", "read"]),
                name="one_open_appeal_per_item",
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} appeal of {self.report_id}"

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.OPEN, self.State.READ}
