"""Who comes by the API (clients of hospitals, people's own tokens), and requests that may come twice."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from oauth2_provider.models import AbstractApplication

from webapp.accounts.models import Hospital, Membership, User


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
