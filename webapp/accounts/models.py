"""People and the hospitals (tenants) they work in. Everything else in Debrief belongs to one hospital."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        if not email:
            raise ValueError("A user needs an email address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})


class User(AbstractBaseUser, PermissionsMixin):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    # A program's account: it acts by tokens alone and never signs in.
    is_service = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)
    # One-time password links so far; only the newest is good.
    links_made = models.PositiveIntegerField(default=0)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email


class KnownBrowser(models.Model):
    """A browser in which a person has signed in, and the address it last did so from. See known_places.py."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="known_browsers")
    # SHA-256 (hex) of the cookie.
    token_hash = models.CharField(max_length=64)
    ip_address = models.CharField(max_length=45, blank=True)
    last_sign_in_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "token_hash"], name="known_browser_once")]
        indexes: ClassVar = [models.Index(fields=["token_hash"], name="known_browser_token")]

    def __str__(self) -> str:
        return f"{self.user} at {self.ip_address}"


class Hospital(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)
    # Null means the site-wide DEBRIEF_HOSPITAL_QUOTA_BYTES.
    quota_bytes = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    class Viewing(models.TextChoices):
        OWN = "own", "Surgeons see their own videos"
        DEPARTMENT = "department", "Surgeons see every video of the department"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="departments")
    name = models.CharField(max_length=200)
    viewing = models.CharField(max_length=20, choices=Viewing, default=Viewing.OWN)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hospital", "name"], name="department_name_once_per_hospital")
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    class Role(models.TextChoices):
        SURGEON = "surgeon", "Surgeon"
        REVIEWER = "reviewer", "Reviewer"
        ADMIN = "admin", "Administrator"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="memberships")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="memberships", null=True, blank=True
    )
    role = models.CharField(max_length=20, choices=Role, default=Role.SURGEON)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "hospital"], name="one_membership_per_hospital")
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role}, {self.hospital})"
