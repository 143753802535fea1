"""A video's bytes: the proxy in ranges, its pictures, and where each picture of the sprite belongs. Originals never.

Every fetch is looked up for its person and audited; browsers keep nothing of the video on a shared hospital PC's disk.
"""

import uuid
from pathlib import Path
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from webapp.accounts.models import User
from webapp.lib.ranges import file_response
from webapp.lib.storage import ContentPaths, content_paths
from webapp.videos.looks import audit_pictures, audit_play
from webapp.videos.models import Video
from webapp.videos.selectors import video_get_for_user

NOT_ON_DISK = "private, no-store"


@login_required
@require_safe
def video_media(request: HttpRequest, video_id: uuid.UUID) -> HttpResponseBase:
    video = video_get_for_user(request.user, video_id)
    response = file_response(request, _paths(video).proxy, content_type="video/mp4", cache_control=NOT_ON_DISK)
    audit_play(request, video, actor=cast(User, request.user))
    return response


@login_required
@require_safe
def video_poster(request: HttpRequest, video_id: uuid.UUID) -> HttpResponseBase:
    video = video_get_for_user(request.user, video_id)
    return _picture(request, video, _paths(video).poster, part="poster")


@login_required
@require_safe
def video_sprite(request: HttpRequest, video_id: uuid.UUID) -> HttpResponseBase:
    video = video_get_for_user(request.user, video_id)
    return _picture(request, video, _paths(video).sprite, part="sprite")


@login_required
@require_safe
def video_sprite_index(request: HttpRequest, video_id: uuid.UUID) -> HttpResponseBase:
    video = video_get_for_user(request.user, video_id)
    return file_response(
        request, _paths(video).sprite_index, content_type="application/json", cache_control=NOT_ON_DISK
    )


def _picture(request: HttpRequest, video: Video, path: Path, *, part: str) -> HttpResponseBase:
    response = file_response(request, path, content_type="image/jpeg", cache_control=NOT_ON_DISK)
    audit_pictures(request, video, actor=cast(User, request.user), part=part)
    return response


def _paths(video: Video) -> ContentPaths:
    return content_paths(video.hospital_id, video.content.sha256)
