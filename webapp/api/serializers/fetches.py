"""Videos fetched from a store, on the wire."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from webapp.api.serializers.strict import Pattern, StrictSerializer
from webapp.jobs.models import Job
from webapp.videos.models import Fetch


class FetchIn(StrictSerializer):
    """`address`: https, or `store:NAME/path` of a folder that is mounted at the server."""

    address = Pattern(r"^(https?://|store:)[!-~]{1,1990}$", max_length=2000)
    sha256 = Pattern(r"^[0-9a-f]{64}$", required=False, help_text="What comes is refused if it has another one.")


class FetchOut(serializers.Serializer[Any]):
    """The address is told to nobody again: it may carry a signature."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    status = serializers.ChoiceField(choices=Job.Status.choices)
    offset_bytes = serializers.IntegerField(help_text="What is here, safe on disk.")
    size_bytes = serializers.IntegerField(allow_null=True, help_text="Null until the store has said.")
    error_code = serializers.CharField()
    error_message = serializers.CharField()
    video = serializers.UUIDField(allow_null=True)
    video_url = serializers.CharField(allow_null=True)
    job = serializers.UUIDField()
    job_url = serializers.CharField()
    created_at = serializers.DateTimeField()


def fetch_body(fetch: Fetch) -> dict[str, Any]:
    upload, job = fetch.upload, fetch.job
    return {
        "id": str(fetch.pk),
        "url": reverse("api:fetch", args=[fetch.pk]),
        "status": job.status,
        "offset_bytes": upload.offset_bytes if upload else 0,
        "size_bytes": upload.size_bytes if upload else None,
        "error_code": job.error_code,
        "error_message": job.error_message,
        "video": str(fetch.video_id) if fetch.video_id else None,
        "video_url": reverse("api:video", args=[fetch.video_id]) if fetch.video_id else None,
        "job": str(job.pk),
        "job_url": reverse("api:job", args=[job.pk]),
        "created_at": fetch.created_at.isoformat(),
    }
