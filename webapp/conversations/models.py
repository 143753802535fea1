"""What a clinician asked of a video and what the assistant wrote back."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from webapp.accounts.models import User
from webapp.jobs.models import Job
from webapp.registry.models import ModelVersion
from webapp.videos.models import Timeline, TimelineFact, Video


class Conversation(models.Model):
    """One person's thread about one video."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="conversations")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="conversations")
    # The last answer of the branch that is shown; null means the newest.
    active_answer = models.ForeignKey("Answer", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["video", "owner"], name="one_conversation_per_person_and_video")
        ]

    def __str__(self) -> str:
        return f"{self.owner} on {self.video}"


class Question(models.Model):
    """A question. `parent` is the answer it follows, so an edited question is a sibling: a branch."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="questions")
    parent = models.ForeignKey("Answer", on_delete=models.CASCADE, null=True, blank=True, related_name="follow_ups")
    text = models.TextField()
    window_start_s = models.FloatField(null=True, blank=True)
    window_end_s = models.FloatField(null=True, blank=True)
    # The browser's Idempotency-Key: a question sent twice is asked once.
    request_key = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "request_key"], condition=~models.Q(request_key=""), name="question_asked_once"
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Answer(models.Model):
    """One attempt to answer a question; a regenerated answer is a sibling."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Writing"
        FINISHED = "finished", "Finished"
        STOPPED = "stopped", "Stopped"
        FAILED = "failed", "Failed"

    # The code of an answer that met the longest allowed length; no error, but its reader has to know.
    CUT_OFF: ClassVar[str] = "token_limit"

    class Thumb(models.TextChoices):
        UP = "up", "Helpful"
        DOWN = "down", "Not helpful"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    status = models.CharField(max_length=20, choices=Status, default=Status.QUEUED)
    text = models.TextField(blank=True)
    # The model said that it cannot tell; shown as "not enough evidence", not as an answer.
    is_insufficient = models.BooleanField(default=False)
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.TextField(blank=True)
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="answer")
    # The revision of the timeline that it was given, and that its claims cite. Null: none was made yet, or not known.
    timeline = models.ForeignKey(Timeline, on_delete=models.PROTECT, null=True, blank=True, related_name="answers")
    # Which models wrote it, and which saw what it was given. None: written before there was a registry.
    model_versions = models.ManyToManyField(ModelVersion, related_name="answers", blank=True)
    # What people read of them; the words outlive a renamed model.
    model_name = models.CharField(max_length=120, blank=True)
    adapter = models.CharField(max_length=120, blank=True)
    ttft_s = models.FloatField(null=True, blank=True)
    num_tokens = models.PositiveIntegerField(default=0)
    thumb = models.CharField(max_length=10, choices=Thumb, blank=True)
    thumb_reason = models.TextField(blank=True)
    request_key = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["question", "request_key"], condition=~models.Q(request_key=""), name="answer_requested_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.status}: {self.text[:60]}"

    @property
    def is_active(self) -> bool:
        return self.status in {self.Status.QUEUED, self.Status.RUNNING}


class Claim(models.Model):
    """One sentence of an answer, the seconds it points at, and what the timeline says of it."""

    class Verdict(models.TextChoices):
        SUPPORTED = "supported", "Supported"
        NOT_VERIFIED = "not_verified", "Not verified"
        CONTRADICTED = "contradicted", "Contradicted"

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="claims")
    index = models.PositiveIntegerField()
    text = models.TextField()
    start_s = models.FloatField(null=True, blank=True)
    end_s = models.FloatField(null=True, blank=True)
    verdict = models.CharField(max_length=20, choices=Verdict, default=Verdict.NOT_VERIFIED)
    # What is behind the verdict.
    facts = models.ManyToManyField(TimelineFact, through="ClaimFact", related_name="claims")

    class Meta:
        ordering: ClassVar = ["index"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["answer", "index"], name="claim_index_once")]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.text[:60]}"


class ClaimFact(models.Model):
    """A claim's citation of a fact, which is kept as long as it is cited."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="+")
    fact = models.ForeignKey(TimelineFact, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "fact"], name="fact_cited_once_per_claim"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} cites {self.fact_id}"
