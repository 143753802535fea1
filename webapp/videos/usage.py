"""Whether there is room: the hospital's quota and the disk's free bytes."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, Max, Sum
from django.template.defaultfilters import filesizeformat

from webapp.accounts.models import Hospital
from webapp.lib.errors import StorageFull
from webapp.lib.storage import free_bytes
from webapp.videos.models import Upload, Video


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageUsage:
    """`used_bytes`: originals, each content once. `in_flight_bytes`: whole sizes of uploads not yet finished."""

    used_bytes: int
    in_flight_bytes: int
    quota_bytes: int

    @property
    def left_bytes(self) -> int:
        return max(0, self.quota_bytes - self.used_bytes - self.in_flight_bytes)


def usage_get(hospital: Hospital) -> StorageUsage:
    contents = Video.objects.filter(hospital=hospital).order_by().values("sha256").annotate(bytes=Max("size_bytes"))
    receiving = Upload.objects.filter(hospital=hospital, status=Upload.Status.RECEIVING)
    return StorageUsage(
        used_bytes=contents.aggregate(sum=Sum("bytes"))["sum"] or 0,
        in_flight_bytes=receiving.aggregate(sum=Sum("size_bytes"))["sum"] or 0,
        quota_bytes=settings.HOSPITAL_QUOTA_BYTES if hospital.quota_bytes is None else hospital.quota_bytes,
    )


def check_quota(hospital: Hospital, *, size_bytes: int) -> None:
    """Raises StorageFull. Call it where the hospital's row is locked, or two uploads may both fit alone."""
    left = usage_get(hospital).left_bytes
    if size_bytes > left:
        raise StorageFull(
            f"Your hospital's storage has {filesizeformat(left)} left; this video needs {filesizeformat(size_bytes)}. "
            "Remove videos that are no longer needed, or ask your administrator for more.",
            code="quota_exceeded",
        )


def check_disk(*, size_bytes: int) -> None:
    """Raises StorageFull if the disk cannot also take what other uploads have been promised."""
    promised = Upload.objects.filter(status=Upload.Status.RECEIVING).aggregate(
        sum=Sum(F("size_bytes") - F("offset_bytes"))
    )["sum"]
    if size_bytes + (promised or 0) > free_bytes():
        raise StorageFull(
            "The server's disk is too full for this video. Your administrator has to make room first.",
            code="disk_full",
        )
