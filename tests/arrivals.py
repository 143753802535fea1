"""Uploads whose bytes have arrived, without the way they took."""

from datetime import timedelta

from django.utils import timezone

from webapp.accounts.actors import page_actor
from webapp.accounts.models import User
from webapp.lib.storage import content_paths, upload_part_path
from webapp.videos.models import Upload, Video
from webapp.videos.services import video_create_from_upload


def arrived(owner: User, content: bytes = b"a video", *, filename: str = "case_17.mp4") -> Upload:
    upload = Upload.objects.create(
        owner=owner,
        hospital=owner.memberships.get().hospital,
        filename=filename,
        size_bytes=len(content),
        offset_bytes=len(content),
        expires_at=timezone.now() + timedelta(days=7),
    )
    part = upload_part_path(upload.pk)
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(content)
    return upload


def video_of(owner: User, content: bytes = b"a video", *, filename: str = "case_17.mp4") -> Video:
    return video_create_from_upload(arrived(owner, content, filename=filename), actor=page_actor(owner))


def prepared(video: Video) -> Video:
    """What a worker leaves behind, in small."""
    paths = content_paths(video.hospital_id, video.content.sha256)
    paths.proxy.write_bytes(bytes(range(256)) * 8)
    paths.poster.write_bytes(b"poster")
    paths.sprite.write_bytes(b"sprite")
    paths.sprite_index.write_text('{"columns": 10}')
    return video
