"""By what is judged: a published instrument, or one of the hospital's own, in versions that are never edited."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from webapp.accounts.models import Hospital, User


class Rubric(models.Model):
    """One version. A changed rubric is a new version; reports stay under the one that they were made under.

    `source` : where the names of its items were published; empty for one of the hospital's own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="rubrics")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=1)
    source = models.CharField(max_length=300, blank=True)
    score_min = models.PositiveSmallIntegerField(default=1)
    score_max = models.PositiveSmallIntegerField(default=5)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["name", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hospital", "slug", "version"], name="rubric_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"


class RubricItem(models.Model):
    """`low`, `high` : what the ends of the scale look like, in our own words."""

    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="items")
    index = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=400, blank=True)
    low = models.CharField(max_length=200, blank=True)
    high = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["index"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rubric", "index"], name="rubric_item_index_once"),
            models.UniqueConstraint(fields=["rubric", "key"], name="rubric_item_key_once"),
        ]

    def __str__(self) -> str:
        return self.name
