"""Who did what, and who looked at what. Rows are only ever added; each carries the hash of the one before."""

from typing import Any, ClassVar, NoReturn

from django.db import models


class RowsAreImmutable(Exception):
    """Audit rows are only ever added."""


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    def update(self, **_: Any) -> NoReturn:
        raise RowsAreImmutable

    def delete(self) -> NoReturn:
        raise RowsAreImmutable

    def bulk_update(self, *_: Any, **__: Any) -> NoReturn:
        raise RowsAreImmutable

    def bulk_create(self, *_: Any, **__: Any) -> NoReturn:
        """Rows come one at a time through audit_record, or the chain would break."""
        raise RowsAreImmutable


class AuditEvent(models.Model):
    """`hash` = SHA-256 over `previous_hash` and the canonical JSON of the other fields, one chain per hospital.

    Ids are kept as text, not as foreign keys: the log outlives what it speaks of. The database itself refuses
    UPDATE and DELETE too (migration 0002).
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

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["hospital_id", "sequence"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hospital_id", "sequence"], name="audit_sequence_once_per_hospital")
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.object_type} {self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise RowsAreImmutable
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        raise RowsAreImmutable


class AuditHead(models.Model):
    """The last row of one hospital's chain: the lock that writers take in turn, and how a cut-off tail is noticed."""

    hospital_id = models.CharField(max_length=36, primary_key=True)
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.hospital_id or 'site'} {self.sequence}"
