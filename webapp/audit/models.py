"""Who did what, and who looked at what. Rows are only ever added; each carries the hash of the one before."""

from typing import ClassVar

from django.db import models


class AuditEvent(models.Model):
    """`hash` = SHA-256 over `previous_hash` and the canonical JSON of the other fields, one chain per hospital.

    Ids are kept as text, not as foreign keys: the log outlives what it speaks of.
    """

    sequence = models.PositiveBigIntegerField()
    hospital_id = models.CharField(max_length=36, blank=True)
    at = models.DateTimeField()
    actor_id = models.CharField(max_length=36, blank=True)
    actor_email = models.CharField(max_length=254, blank=True)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    ip_address = models.CharField(max_length=45, blank=True)
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["hospital_id", "sequence"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hospital_id", "sequence"], name="audit_sequence_once_per_hospital")
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.object_type} {self.object_id}"
