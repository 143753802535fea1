"""Uploads on their way in, the contents and videos they become, and what was seen in them."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from webapp.accounts.models import Department, Hospital, User
from webapp.jobs.models import Job


class Upload(models.Model):
    """One tus 1.0 upload. Its bytes are in storage; `offset_bytes` counts those that were synced to disk."""

    class Status(models.TextChoices):
        RECEIVING = "receiving", "Receiving"
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="uploads")
    hospital = models.ForeignKey(Hospital, on_delete=models.CASCADE, related_name="uploads")
    filename = models.CharField(max_length=255)
    # The Upload-Metadata header as it was sent: tus wants it back on HEAD.
    metadata = models.TextField(blank=True)
    # What the client declared of the file it began with (`hashing.ends_sha256_of`); empty: it declared nothing.
    ends_sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField()
    offset_bytes = models.BigIntegerField(default=0)
    status = models.CharField(max_length=20, choices=Status, default=Status.RECEIVING)
    video = models.ForeignKey("Video", on_delete=models.SET_NULL, null=True, blank=True, related_name="uploads")
    # Its owner had this content in the library already: the page says so rather than "Uploaded".
    was_known = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    # Until then room is held for the bytes that are still to come. Later the upload can be renewed.
    promised_until = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.filename} {self.offset_bytes}/{self.size_bytes}"


class Content(models.Model):
    """One file of one hospital, by its SHA-256: what it is, and what was found in it. People's videos are about it.

    Its files lie under <storage>/<hospital>/<sha256>/, so the same bytes are kept and prepared once in a hospital.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="contents")
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    duration_s = models.FloatField(null=True, blank=True)
    fps = models.FloatField(null=True, blank=True)
    width_px = models.PositiveIntegerField(null=True, blank=True)
    height_px = models.PositiveIntegerField(null=True, blank=True)
    num_frames = models.PositiveIntegerField(null=True, blank=True)
    codec = models.CharField(max_length=40, blank=True)
    # The file held clearly less than it declared: cut off while recording or copying. The page says so.
    is_incomplete = models.BooleanField(default=False)
    # Sentences on how the copy differs from what the file says of itself (a clock that jumps). The page shows them.
    notes = models.JSONField(default=list, blank=True)
    # Which encoder made the stored features; empty until the features stage is done.
    encoder_id = models.CharField(max_length=120, blank=True)
    # On-screen text was looked for, and covered before a model saw the frames. The page says which.
    is_text_covered = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    # When all was found that is looked for; who uploads these bytes afterwards has a ready video at once.
    prepared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hospital", "sha256"], name="one_content_per_hospital_and_sha256")
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class Video(models.Model):
    """One person's row about a content: its title, whose it is, and how far it has come for them."""

    class Status(models.TextChoices):
        PROCESSING = "processing", "Processing"
        READY = "ready", "Ready"
        REJECTED = "rejected", "Rejected"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="videos")
    # The content's hospital too: who may see a video is asked of every list.
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="videos")
    department = models.ForeignKey(Department, on_delete=models.SET_NULL, null=True, blank=True, related_name="videos")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="videos")
    title = models.CharField(max_length=255)
    original_filename = models.CharField(max_length=255)
    # What was operated, and when: told by a person, never read from the file.
    procedure = models.CharField(max_length=120, blank=True)
    operated_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.PROCESSING)
    reason_code = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="video")
    created_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [models.Index(fields=["hospital", "-created_at"], name="video_list")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["content", "owner"], name="one_video_per_owner_and_content")
        ]

    def __str__(self) -> str:
        return self.title


class Fetch(models.Model):
    """A video that is fetched from a store by a job. What came of it is an upload, so that it goes on after a break."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="fetch")
    upload = models.OneToOneField(Upload, on_delete=models.SET_NULL, null=True, blank=True, related_name="fetch")
    video = models.ForeignKey(Video, on_delete=models.SET_NULL, null=True, blank=True, related_name="fetches")
    # Sealed: addresses carry signatures, and names of files may say too much. Empty once the video is here.
    address_sealed = models.TextField(blank=True)
    # What the caller says it is; empty: says nothing.
    sha256 = models.CharField(max_length=64, blank=True)
    # What the store calls this version of the file (a strong ETag, or a date); empty: nothing that could be relied on.
    validator = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"fetch {self.pk}"


class Timeline(models.Model):
    """One revision of what was seen in a content: new models make a new row, and this one stays as it is.

    The newest is shown. An older one is kept while anything cites it or one of its facts: whoever cites holds a
    foreign key with PROTECT. The database itself refuses UPDATE, here and of facts (migration 0008).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    content = models.ForeignKey(Content, on_delete=models.CASCADE, related_name="timelines")
    # 1, 2, ... of its content.
    number = models.PositiveIntegerField()
    # Which version of each model made it: {"encoder", "heads", "calibration", ...}, as workers/makers.py names them.
    made_by = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["content", "number"], name="timeline_number_once_per_content")
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.content_id}"


class TimelineFact(models.Model):
    """A stretch of the video in which a model saw one thing. Answers are checked against these, and cite them by id."""

    class Lane(models.TextChoices):
        PHASE = "phase", "Phase"
        INSTRUMENT = "instrument", "Instruments"
        VERB = "verb", "Actions"
        TARGET = "target", "Anatomy"
        ANATOMY = "anatomy", "Anatomy in view"
        CRITICAL_VIEW = "critical_view", "Critical view"
        FINDING = "finding", "Findings"
        BODY = "body", "Inside the body"
        KIND = "kind", "Kind of video"
        COURSE = "course", "Course"
        TEXT = "text", "On-screen text"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    timeline = models.ForeignKey(Timeline, on_delete=models.CASCADE, related_name="facts")
    lane = models.CharField(max_length=20, choices=Lane)
    label = models.CharField(max_length=200)
    start_s = models.FloatField()
    end_s = models.FloatField()
    probability = models.FloatField()

    class Meta:
        ordering: ClassVar = ["lane", "start_s"]
        indexes: ClassVar = [models.Index(fields=["timeline", "lane", "start_s"], name="fact_window")]

    def __str__(self) -> str:
        return f"{self.lane} {self.label} {self.start_s:.1f}-{self.end_s:.1f}"
