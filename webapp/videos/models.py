"""Uploads on their way in, the videos they become, and what was seen in them."""

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
    created_at = models.DateTimeField(default=timezone.now)
    # Until then room is held for the bytes that are still to come. Later the upload can be renewed.
    promised_until = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.filename} {self.offset_bytes}/{self.size_bytes}"


class Video(models.Model):
    class Status(models.TextChoices):
        PROCESSING = "processing", "Processing"
        READY = "ready", "Ready"
        REJECTED = "rejected", "Rejected"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="videos")
    department = models.ForeignKey(Department, on_delete=models.SET_NULL, null=True, blank=True, related_name="videos")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="videos")
    title = models.CharField(max_length=255)
    original_filename = models.CharField(max_length=255)
    size_bytes = models.BigIntegerField()
    # Files live under <storage>/<hospital>/<sha256>/ so the same bytes are kept once in a hospital.
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=20, choices=Status, default=Status.PROCESSING)
    reason_code = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
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
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="video")
    created_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [
            models.Index(fields=["hospital", "sha256"], name="video_content"),
            models.Index(fields=["hospital", "-created_at"], name="video_list"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["hospital", "owner", "sha256"], name="one_video_per_hospital_owner_and_content"
            )
        ]

    def __str__(self) -> str:
        return self.title


class TimelineSegment(models.Model):
    """A stretch of the video in which a model saw one thing. These are the facts that answers are checked against."""

    class Lane(models.TextChoices):
        PHASE = "phase", "Phase"
        INSTRUMENT = "instrument", "Instruments"
        VERB = "verb", "Actions"
        TARGET = "target", "Anatomy"
        BODY = "body", "Inside the body"
        TEXT = "text", "On-screen text"

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="segments")
    lane = models.CharField(max_length=20, choices=Lane)
    label = models.CharField(max_length=200)
    start_s = models.FloatField()
    end_s = models.FloatField()
    probability = models.FloatField()

    class Meta:
        ordering: ClassVar = ["lane", "start_s"]
        indexes: ClassVar = [models.Index(fields=["video", "lane", "start_s"], name="segment_window")]

    def __str__(self) -> str:
        return f"{self.lane} {self.label} {self.start_s:.1f}-{self.end_s:.1f}"
