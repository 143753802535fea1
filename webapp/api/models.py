"""Who comes by the API (clients of hospitals, people's own tokens), and requests that may come twice."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from oauth2_provider.models import AbstractApplication

from webapp.accounts.models import Hospital, Membership, User
from webapp.videos.models import Video


class ApiClient(AbstractApplication):  # type: ignore[misc]
    """A program of one hospital. What it does, it does as a member of its own, with that member's role.

    `token_endpoint_auth_method`, `client_jwks` and `client_jwks_uri` are called as the OAuth library's coming release
    calls them (its pull request 1762).
    """

    class AuthMethod(models.TextChoices):
        SECRET = "client_secret_basic", "A secret"
        PRIVATE_KEY = "private_key_jwt", "A signed assertion (SMART Backend Services)"

    hospital = models.ForeignKey(Hospital, on_delete=models.CASCADE, related_name="api_clients")
    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="api_client")
    scopes = models.JSONField(default=list)
    token_endpoint_auth_method = models.CharField(max_length=30, choices=AuthMethod, default=AuthMethod.SECRET)
    # One of the two, for private_key_jwt: the key set itself, or where it is published.
    client_jwks = models.TextField(blank=True)
    client_jwks_uri = models.CharField(max_length=500, blank=True)
    is_active = models.BooleanField(default=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta(AbstractApplication.Meta):  # type: ignore[misc]
        abstract = False
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"

    def __str__(self) -> str:
        return str(self.name)


class ApiToken(models.Model):
    """A person's own token. Its text is shown once and kept nowhere: the row has its SHA-256."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class AssertionSeen(models.Model):
    """A client assertion that was used: `jti` is good once for each issuer, in every process."""

    issuer = models.CharField(max_length=100)
    jti_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["issuer", "jti_hash"], name="assertion_used_once")]

    def __str__(self) -> str:
        return f"{self.issuer} {self.jti_hash[:8]}"


class IdempotentRequest(models.Model):
    """One Idempotency-Key of one person, and what was answered. `response_status` 0: it is still going on."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    # SHA-256 over method, address and body.
    fingerprint = models.CharField(max_length=64)
    response_status = models.PositiveIntegerField(default=0)
    response_body = models.JSONField(default=dict)
    response_headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.response_status}"


class Webhook(models.Model):
    """Where a hospital's system wants to be told what happened. Its key is sealed; see webhooks/signing.py."""

    class Signing(models.TextChoices):
        HMAC = "v1", "A shared secret (HMAC-SHA256)"
        ED25519 = "v1a", "A key pair (Ed25519)"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hospital = models.ForeignKey(Hospital, on_delete=models.CASCADE, related_name="webhooks")
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500)
    event_types = models.JSONField(default=list)
    signing = models.CharField(max_length=4, choices=Signing, default=Signing.HMAC)
    sealed_key = models.TextField()
    # After a rotation both keys sign until then, so that the receiver can change over without a gap.
    sealed_key_before = models.TextField(blank=True)
    key_before_until = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    # Why it was switched off without a person; a sentence.
    off_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["name", "created_at"]

    def __str__(self) -> str:
        return self.name


class WebhookEvent(models.Model):
    """The outbox: what happened, written in the transaction in which it did. It names ids and nothing of a patient."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hospital = models.ForeignKey(Hospital, on_delete=models.CASCADE, related_name="+")
    type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.type} {self.object_id}"


class WebhookDelivery(models.Model):
    """One event on its way to one receiver. `next_at`: when it is tried (again); claimed by moving it."""

    class Status(models.TextChoices):
        PENDING = "pending", "On its way"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Given up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(WebhookEvent, on_delete=models.CASCADE, related_name="deliveries")
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    next_at = models.DateTimeField(default=timezone.now)
    num_attempts = models.PositiveIntegerField(default=0)
    # [{"at", "status", "error", "took_ms"}], oldest first.
    attempts = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [
            models.Index(fields=["status", "next_at"], name="delivery_due"),
            models.Index(fields=["webhook", "-created_at"], name="delivery_log"),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook}: {self.status}"


class VideoIdentifier(models.Model):
    """What a hospital's systems call the case of a video: a study, a patient. Sealed; found by its digest.

    It never leaves this table but to who may see the video, and no model is shown it.
    """

    hospital = models.ForeignKey(Hospital, on_delete=models.CASCADE, related_name="+")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="identifiers")
    system = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    sealed_value = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["video", "system", "digest"], name="video_identifier_once")
        ]
        indexes: ClassVar = [models.Index(fields=["hospital", "system", "digest"], name="video_identifier_find")]

    def __str__(self) -> str:
        return f"{self.system} of {self.video_id}"
