"""Which models there are, and which of them work: every answer and score points at the versions that wrote it."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone


class ModelKind(models.TextChoices):
    """As inference/models/manifest.py has them; a test compares the two."""

    TOWER = "tower", "Vision tower"
    EYES = "eyes", "Eyes"
    TIMELINE_HEADS = "timeline_heads", "Timeline heads"
    SIMULATOR_HEADS = "simulator_heads", "Simulator heads"
    PROJECTOR = "projector", "Projector"
    ADAPTER = "adapter", "Adapter"
    REASONING = "reasoning", "Reasoning adapter"
    SCORER = "scorer", "Scorer"
    BASE = "base", "Base model"


# Loaded together with a base of its own choice, whatever base the answers stand on.
BRINGS_ITS_BASE = frozenset({ModelKind.REASONING})
# Under this name a shipped adapter of explanations works by itself; under any other somebody has to choose it.
UNCHOSEN_REASONING = "weights/reasoning"


class ModelVersion(models.Model):
    """One artifact as its manifest describes it. Rows are never deleted: what a model wrote outlives its files.

    `artifact_id`: what other artifacts' needs name it by · `needs`: [{"kind", "id"}] · `sha256`: of all its files
    together, empty for a model behind a server, whose files nobody here sees · `location`: where its files lie,
    "weights/..." for what comes with Debrief and "models/..." for what was fetched or trained here.
    """

    class State(models.TextChoices):
        CANDIDATE = "candidate", "Candidate"
        SHADOW = "shadow", "Shadow"
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"
        REVOKED = "revoked", "Revoked"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40, choices=ModelKind)
    name = models.CharField(max_length=120)
    version = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64, blank=True)
    artifact_id = models.CharField(max_length=200)
    needs = models.JSONField(default=list)
    state = models.CharField(max_length=20, choices=State, default=State.CANDIDATE)
    card = models.SlugField(max_length=60, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    location = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["kind", "name", "created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "name", "sha256"], name="model_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}".strip()

    @property
    def works_unchosen(self) -> bool:
        """It comes with Debrief, and works where nobody chose another. Adapters of explanations have to be chosen."""
        if self.kind == ModelKind.REASONING:
            return self.location == UNCHOSEN_REASONING
        return self.location.startswith("weights/")


class ActiveModel(models.Model):
    """The one version of a kind that works now. `is_by_hand`: an operator chose it, so no release moves it."""

    kind = models.CharField(max_length=40, primary_key=True, choices=ModelKind)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+")
    is_by_hand = models.BooleanField(default=False)
    activated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.kind}: {self.version_id}"
