"""Videos, their timelines and uploads on the wire."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from webapp.api.addresses import address_of
from webapp.api.serializers.strict import Day, PageQuery, Pattern, StrictSerializer, Text
from webapp.lib.labels import label_words
from webapp.videos.models import Timeline, TimelineFact, Upload, Video
from webapp.videos.services import PROCEDURE_MAX_CHARS


class VideoQuery(PageQuery):
    status = serializers.ChoiceField(choices=Video.Status.choices, required=False)
    search = Text(
        required=False, allow_blank=True, max_length=200, help_text="Each word, in title, file, procedure, owner."
    )


class VideoOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=Video.Status.choices)
    reason_code = serializers.CharField()
    reason = serializers.CharField(help_text="A sentence for people: why it was rejected or failed.")
    procedure = serializers.CharField()
    operated_on = serializers.DateField(allow_null=True)
    owner = serializers.UUIDField()
    department = serializers.UUIDField(allow_null=True)
    original_filename = serializers.CharField()
    sha256 = serializers.CharField()
    size_bytes = serializers.IntegerField()
    duration_s = serializers.FloatField(allow_null=True)
    fps = serializers.FloatField(allow_null=True)
    width_px = serializers.IntegerField(allow_null=True)
    height_px = serializers.IntegerField(allow_null=True)
    codec = serializers.CharField()
    is_incomplete = serializers.BooleanField(help_text="The file held clearly less than it declared.")
    is_text_covered = serializers.BooleanField(help_text="On-screen text was looked for and covered.")
    job = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()
    ready_at = serializers.DateTimeField(allow_null=True)


def video_body(video: Video) -> dict[str, Any]:
    content = video.content
    return {
        "id": str(video.pk),
        "url": address_of("api:video", video.pk),
        "title": video.title,
        "status": video.status,
        "reason_code": video.reason_code,
        "reason": video.reason,
        "procedure": video.procedure,
        "operated_on": video.operated_on.isoformat() if video.operated_on else None,
        "owner": str(video.owner_id),
        "department": str(video.department_id) if video.department_id else None,
        "original_filename": video.original_filename,
        "sha256": content.sha256,
        "size_bytes": content.size_bytes,
        "duration_s": content.duration_s,
        "fps": content.fps,
        "width_px": content.width_px,
        "height_px": content.height_px,
        "codec": content.codec,
        "is_incomplete": content.is_incomplete,
        "is_text_covered": content.is_text_covered,
        "job": str(video.job_id) if video.job_id else None,
        "created_at": video.created_at.isoformat(),
        "ready_at": video.ready_at.isoformat() if video.ready_at else None,
    }


class VideoChange(StrictSerializer):
    """What is left out stays as it is."""

    title = Text(required=False, max_length=255)
    procedure = Text(required=False, allow_blank=True, max_length=PROCEDURE_MAX_CHARS)
    operated_on = Day(required=False, allow_null=True)


class IdentifierIn(StrictSerializer):
    system = Pattern(
        r"^(https?|urn):[!-~]{1,190}$", max_length=200, help_text="A URI that says whose numbers these are."
    )
    value = Pattern(r"^[^|\\s\x00-\x1f]{1,100}$", max_length=100)


class IdentifierOut(serializers.Serializer[Any]):
    system = serializers.CharField()
    value = serializers.CharField()


class FactOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    lane = serializers.ChoiceField(choices=TimelineFact.Lane.choices)
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name
    words = serializers.CharField()
    start_s = serializers.FloatField()
    end_s = serializers.FloatField()
    probability = serializers.FloatField(min_value=0, max_value=1)


class TimelineOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    number = serializers.IntegerField(min_value=1)
    made_by = serializers.DictField(child=serializers.CharField(), help_text="Which version of each model made it.")
    created_at = serializers.DateTimeField()


class FactQuery(PageQuery):
    lane = serializers.ChoiceField(choices=TimelineFact.Lane.choices, required=False)


def timeline_body(timeline: Timeline, video: Video) -> dict[str, Any]:
    return {
        "id": str(timeline.pk),
        "url": reverse("api:timeline", args=[video.pk, timeline.number]),
        "number": timeline.number,
        "made_by": timeline.made_by,
        "created_at": timeline.created_at.isoformat(),
    }


def fact_body(fact: TimelineFact) -> dict[str, Any]:
    return {
        "id": str(fact.pk),
        "lane": fact.lane,
        "label": fact.label,
        "words": label_words(fact.lane, fact.label),
        "start_s": fact.start_s,
        "end_s": fact.end_s,
        "probability": fact.probability,
    }


class UploadOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    tus_url = serializers.CharField(help_text="Where a client goes on with it (tus 1.0).")
    status = serializers.ChoiceField(choices=Upload.Status.choices)
    offset_bytes = serializers.IntegerField()
    size_bytes = serializers.IntegerField()
    video = serializers.UUIDField(allow_null=True)
    expires_at = serializers.DateTimeField()


def upload_body(upload: Upload) -> dict[str, Any]:
    return {
        "id": str(upload.pk),
        "tus_url": f"/uploads/{upload.pk}",
        "status": upload.status,
        "offset_bytes": upload.offset_bytes,
        "size_bytes": upload.size_bytes,
        "video": str(upload.video_id) if upload.video_id else None,
        "expires_at": upload.expires_at.isoformat(),
    }
