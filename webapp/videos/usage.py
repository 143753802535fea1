"""Whether there is room: the hospital's quota, the disk's free bytes, and how much may be under way at once.

An upload is a promise of bytes. It is open, and room is held for its rest, until `promised_until`; every check belongs
under `storage.promise_lock`, or two that are made at once both fit alone.
"""

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, F, QuerySet, Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from webapp.accounts.models import Hospital
from webapp.lib.errors import StorageFull, TooManyAttempts
from webapp.lib.storage import free_bytes, hospital_content_bytes
from webapp.videos.models import Upload

# What the promises of any one other person or hospital can keep from the rest of the free disk.
OTHERS_HOLD_AT_MOST = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageUsage:
    """`used_bytes`: all that lies in the hospital's contents, derived files too, each content once.
    `in_flight_bytes`: what came of unfinished uploads and is to come."""

    used_bytes: int
    in_flight_bytes: int
    quota_bytes: int

    @property
    def left_bytes(self) -> int:
        return max(0, self.quota_bytes - self.used_bytes - self.in_flight_bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The open uploads of one person: how many, and the bytes that are still to come of them."""

    owner_id: uuid.UUID
    hospital_id: uuid.UUID
    num_uploads: int
    num_bytes: int


def usage_get(hospital: Hospital) -> StorageUsage:
    receiving = Upload.objects.filter(hospital=hospital, status=Upload.Status.RECEIVING)
    arrived_bytes = receiving.aggregate(sum=Sum("offset_bytes"))["sum"] or 0
    return StorageUsage(
        used_bytes=hospital_content_bytes(hospital.pk),
        in_flight_bytes=arrived_bytes + sum(promise.num_bytes for promise in _promises(hospital=hospital)),
        quota_bytes=settings.HOSPITAL_QUOTA_BYTES if hospital.quota_bytes is None else hospital.quota_bytes,
    )


def check_room(*, owner_id: uuid.UUID, hospital: Hospital, size_bytes: int) -> None:
    """Raises StorageFull where room has to be made, TooManyAttempts where it is enough to wait."""
    promises = _promises()
    _check_person([promise for promise in promises if promise.owner_id == owner_id], size_bytes)
    _check_hospital([promise for promise in promises if promise.hospital_id == hospital.pk], size_bytes)
    _check_quota(hospital, size_bytes)
    _check_disk(promises, owner_id, hospital, size_bytes)


def _promises(**filters: object) -> list[Promise]:
    open_uploads: QuerySet[Upload] = Upload.objects.filter(
        status=Upload.Status.RECEIVING, promised_until__gt=timezone.now(), **filters
    )
    rows = open_uploads.order_by().values_list("owner_id", "hospital_id")
    counted = rows.annotate(num=Count("pk"), left_bytes=Sum(F("size_bytes") - F("offset_bytes")))
    return [Promise(owner_id=row[0], hospital_id=row[1], num_uploads=row[2], num_bytes=row[3]) for row in counted]


def _check_person(own: list[Promise], size_bytes: int) -> None:
    wait = "Wait until one of them is finished, or discard one."
    _check_caps(
        own,
        size_bytes,
        max_uploads=settings.UPLOADS_OPEN_PER_PERSON,
        max_bytes=settings.UPLOAD_PROMISED_PER_PERSON_BYTES,
        words=("You have", "one person", wait),
    )


def _check_hospital(own: list[Promise], size_bytes: int) -> None:
    _check_caps(
        own,
        size_bytes,
        max_uploads=settings.UPLOADS_OPEN_PER_HOSPITAL,
        max_bytes=settings.UPLOAD_PROMISED_PER_HOSPITAL_BYTES,
        words=("Your hospital has", "one hospital", "Wait until some of them are finished."),
    )


def _check_caps(
    own: list[Promise], size_bytes: int, *, max_uploads: int, max_bytes: int, words: tuple[str, str, str]
) -> None:
    who_has, whose_limit, advice = words
    num_uploads = sum(promise.num_uploads for promise in own)
    num_bytes = sum(promise.num_bytes for promise in own)
    if num_uploads >= max_uploads:
        raise TooManyAttempts(
            f"{who_has} {num_uploads} unfinished uploads under way, as many as {whose_limit} may have. {advice}",
            "too_many_uploads",
        )
    if num_bytes + size_bytes > max_bytes:
        raise TooManyAttempts(
            f"{who_has} uploads under way with {filesizeformat(num_bytes)} still to send. With this file it would be "
            f"more than the {filesizeformat(max_bytes)} that {whose_limit} may have. {advice}",
            "too_much_promised",
        )


def _check_quota(hospital: Hospital, size_bytes: int) -> None:
    left = usage_get(hospital).left_bytes
    if size_bytes > left:
        raise StorageFull(
            f"Your hospital's storage has {filesizeformat(left)} left, unfinished uploads counted; this video needs "
            f"{filesizeformat(size_bytes)}. Remove videos that are no longer needed, or ask your administrator for "
            "more.",
            code="quota_exceeded",
        )


def _check_disk(promises: list[Promise], owner_id: uuid.UUID, hospital: Hospital, size_bytes: int) -> None:
    free = free_bytes()
    if size_bytes > free:
        raise StorageFull(
            "The server's disk is too full for this video. Your administrator has to make room first.",
            code="disk_full",
        )
    if size_bytes > free - _held_bytes(promises, owner_id, hospital, at_most=int(free * OTHERS_HOLD_AT_MOST)):
        raise TooManyAttempts(
            "The server's disk has room for this video only once other uploads under way are finished. "
            "Wait a few minutes.",
            "disk_promised",
        )


def _held_bytes(promises: list[Promise], owner_id: uuid.UUID, hospital: Hospital, *, at_most: int) -> int:
    """One's own promises, and up to `at_most` of each colleague's and of each other hospital's."""
    own, colleagues, hospitals = 0, 0, dict[uuid.UUID, int]()
    for promise in promises:
        if promise.owner_id == owner_id:
            own += promise.num_bytes
        elif promise.hospital_id == hospital.pk:
            colleagues += min(at_most, promise.num_bytes)
        else:
            hospitals[promise.hospital_id] = hospitals.get(promise.hospital_id, 0) + promise.num_bytes
    return own + colleagues + sum(min(at_most, num_bytes) for num_bytes in hospitals.values())
