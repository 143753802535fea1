"""How videos and uploads are called on the page of the audit log."""

from collections.abc import Collection

from webapp.audit.names import names_register, uuids
from webapp.videos.models import Content, Upload, Video


def video_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    videos = Video.objects.filter(hospital_id=hospital_id, pk__in=uuids(ids))
    return {str(pk): title for pk, title in videos.values_list("pk", "title")}


def upload_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    uploads = Upload.objects.filter(hospital_id=hospital_id, pk__in=uuids(ids))
    return {str(pk): filename for pk, filename in uploads.values_list("pk", "filename")}


def content_names(hospital_id: str, ids: Collection[str]) -> dict[str, str]:
    """By SHA-256: the titles of the videos that are about it."""
    contents = Content.objects.filter(hospital_id=hospital_id, sha256__in=ids).prefetch_related("videos")
    return {content.sha256: ", ".join(video.title for video in content.videos.all()) for content in contents}


names_register("video", video_names)
names_register("upload", upload_names)
names_register("content", content_names)
