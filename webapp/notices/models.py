"""What a person is told of their own work: in the app, and by e-mail where mail is set up."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from webapp.accounts.models import Hospital, User


class Notice(models.Model):
    """`text` : a sentence without a title or a name of a patient, for it goes out by mail · `url` : a path of ours."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    hospital = models.ForeignKey(Hospital, on_delete=models.CASCADE, related_name="notices")
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [models.Index(fields=["person", "-created_at"], name="notice_list")]

    def __str__(self) -> str:
        return self.text
