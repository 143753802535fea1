"""A report on one video under one rubric: what the scorer said, and what people signed."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from webapp.accounts.models import Hospital, User
from webapp.jobs.models import Job
from webapp.registry.models import ModelVersion
from webapp.skills.models.references import ReferenceClip, Scorer
from webapp.skills.models.rubrics import Rubric, RubricItem
from webapp.videos.models import Timeline, TimelineFact, Video


class SkillReport(models.Model):
    """`score` : what the scorer said, as inference/avbanet writes it; {} until it has. `surgeon` : whose hands it is
    about, the video's owner. `code`, `reason` : why the scorer says nothing, or why scoring failed."""

    class State(models.TextChoices):
        SCORING = "scoring", "Being compared"
        FAILED = "failed", "Could not be compared"
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        SIGNED = "signed", "Signed"
        AMENDED = "amended", "Amended"
        WITHDRAWN = "withdrawn", "Withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="skill_reports")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="skill_reports")
    surgeon = models.ForeignKey(User, on_delete=models.PROTECT, related_name="skill_reports")
    scorer = models.ForeignKey(Scorer, on_delete=models.PROTECT, related_name="reports")
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="reports")
    procedure = models.CharField(max_length=120)
    state = models.CharField(max_length=20, choices=State, default=State.SCORING)
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="skill_report")
    score = models.JSONField(default=dict, blank=True)
    is_abstained = models.BooleanField(default=False)
    code = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    # The revision whose facts are beside the evidence.
    timeline = models.ForeignKey(Timeline, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    scored_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # A reviewer sent it back, or somebody withdrew it: their sentence.
    returned_reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [models.Index(fields=["hospital", "state", "submitted_at"], name="review_queue")]

    def __str__(self) -> str:
        return f"{self.state} report of {self.video_id}"

    @property
    def is_final(self) -> bool:
        return self.state in {self.State.SIGNED, self.State.AMENDED}


class ReportItem(models.Model):
    """What the references' own scores say of one item: a share for each score, and the range that holds most of it.

    `probabilities` : by score, as text, summing to 1; empty when abstained.
    """

    report = models.ForeignKey(SkillReport, on_delete=models.CASCADE, related_name="items")
    item = models.ForeignKey(RubricItem, on_delete=models.PROTECT, related_name="+")
    probabilities = models.JSONField(default=dict, blank=True)
    expected = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["item__index"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "item"], name="report_item_once")]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.expected}"


class ReportReference(models.Model):
    """A reference that a report was compared with, as it was then. `clip` is null once the clip's video is gone."""

    report = models.ForeignKey(SkillReport, on_delete=models.CASCADE, related_name="references")
    clip = models.ForeignKey(ReferenceClip, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    level = models.CharField(max_length=40)
    start_s = models.FloatField()
    end_s = models.FloatField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "key"], name="report_reference_once")]

    def __str__(self) -> str:
        return f"{self.level} {self.key[:4]}"

    @property
    def short_name(self) -> str:
        return f"{self.level} {self.key[:4]}"


class ReportModel(models.Model):
    """A version of a model that had a part in a report."""

    report = models.ForeignKey(SkillReport, on_delete=models.CASCADE, related_name="models")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "version"], name="report_model_once")]

    def __str__(self) -> str:
        return str(self.version_id)


class ReportFact(models.Model):
    """What the timeline saw while the evidence was strongest; the fact is kept as long as it is cited."""

    report = models.ForeignKey(SkillReport, on_delete=models.CASCADE, related_name="facts")
    fact = models.ForeignKey(TimelineFact, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "fact"], name="fact_cited_once_per_report")]

    def __str__(self) -> str:
        return f"{self.report_id} cites {self.fact_id}"


class ReportSight(models.Model):
    """A reviewer who has seen the scorer's view or others' scores: they are no blind reader of this report any more."""

    report = models.ForeignKey(SkillReport, on_delete=models.CASCADE, related_name="sights")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "person"], name="report_seen_once")]

    def __str__(self) -> str:
        return f"{self.person_id} saw {self.report_id}"


class SignedRevision(models.Model):
    """What was signed, and when: added, never changed. The first is the signature, later ones amend it.

    `scores` : by key of the item · `levels` : what each reader found it to resemble ·
    `sha256` : of the bundle without itself, as webapp/skills/bundle.py writes it; the audit log has it too.
    """

    report = models.ForeignKey(SkillReport, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    scores = models.JSONField(default=dict)
    levels = models.JSONField(default=list)
    comment = models.TextField(blank=True)
    # Why it was amended; empty for the first.
    why = models.TextField(blank=True)
    signers = models.JSONField(default=list)
    signed_at = models.DateTimeField(default=timezone.now)
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "number"], name="report_revision_once")]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.report_id}"
