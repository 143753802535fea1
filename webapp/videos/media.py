"""A video's bytes: the proxy in ranges, its pictures, and where each picture of the sprite belongs. Originals never.

Every fetch is looked up for its person and audited; browsers keep nothing of the video on a shared hospital PC's disk.
"""

import uuid
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from webapp.accounts.actors import Actor, page_actor
from webapp.lib.ranges import file_response
from webapp.lib.storage import ContentPaths, content_paths
from webapp.videos.looks import poster_look, video_look
from webapp.videos.models import Video
from webapp.videos.selectors import video_get_for_actor

NOT_ON_DISK = "private, no-store"


@login_required
@require_safe
def video_media(request: HttpRequest, video_id: uuid.UUID) -> HttpResponseBase:
    actor, video = _found(request, video_id)
    video_look(actor, video, part="proxy")
    return _file(request, _paths(video).proxy, "video/mp4")


@login_required
@require_safe
def video_poster(request: HttpRequest, video_id: uuid.UUID) -> HttpResponseBase:
    actor, video = _found(request, video_id)
    poster_look(actor, video)
    return _file(request, _paths(video).poster, "image/jpeg")


@login_required
@require_safe
def video_sprite(request: HttpRequest, video_id: uuid.UUID) -> HttpResponseBase:
    actor, video = _found(request, video_id)
    video_look(actor, video, part="sprite")
    return _file(request, _paths(video).sprite, "image/jpeg")


@login_required
@require_safe
def video_sprite_index(request: HttpRequest, video_id: uuid.UUID) -> HttpResponseBase:
    actor, video = _found(request, video_id)
    video_look(actor, video, part="sprite")
    return _file(request, _paths(video).sprite_index, "application/json")


def _found(request: HttpRequest, video_id: uuid.UUID) -> tuple[Actor, Video]:
    actor = page_actor(request.user)
    return actor, video_get_for_actor(actor, video_id)


def _file(request: HttpRequest, path: Path, content_type: str) -> HttpResponseBase:
    return file_response(request, path, content_type=content_type, cache_control=NOT_ON_DISK)


def _paths(video: Video) -> ContentPaths:
    return content_paths(video.hospital_id, video.content.sha256)
