"""Who lets their signed scores be counted among those of peers; nobody does unasked."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from webapp.accounts.models import Hospital, User


class PeerSharing(models.Model):
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    hospital = models.ForeignKey(Hospital, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "hospital"], name="peer_sharing_once")]

    def __str__(self) -> str:
        return f"{self.person_id} since {self.since:%Y-%m-%d}"
