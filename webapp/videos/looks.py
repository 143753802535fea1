"""Who looked at what, in the audit log. Opening a video's page is one look; its pictures and sound are parts of it.

A player asks for many ranges and a page for many pictures. One row covers what one session fetches of one video for a
while; opening the page anew starts a new one. Where the memory of that (the cache) is away, each fetch is a row.
"""

from django.core.cache import cache
from django.http import HttpRequest

from webapp.accounts.models import User
from webapp.audit.services import audit_record
from webapp.videos.models import Video

COVERED_S = 600


def audit_page_view(request: HttpRequest, video: Video, *, actor: User) -> None:
    _record(video, actor=actor, action="video.view", part="page")
    cache.delete(_key(request, video, "proxy"))
    _remember(_key(request, video, "pictures"))


def audit_play(request: HttpRequest, video: Video, *, actor: User) -> None:
    """Each range asked for; the first of a page's life is a row."""
    if _remember(_key(request, video, "proxy")):
        _record(video, actor=actor, action="video.play", part="proxy")


def audit_pictures(request: HttpRequest, video: Video, *, actor: User, part: str) -> None:
    """`part`: poster or sprite."""
    if _remember(_key(request, video, "pictures")):
        _record(video, actor=actor, action="video.view", part=part)


def _record(video: Video, *, actor: User, action: str, part: str) -> None:
    audit_record(
        action=action,
        actor=actor,
        hospital=video.hospital,
        object_type="video",
        object_id=str(video.pk),
        detail={"part": part},
    )


def _key(request: HttpRequest, video: Video, what: str) -> str:
    return f"look:{what}:{request.session.session_key}:{video.pk}"


def _remember(key: str) -> bool:
    """True if nothing covered this fetch yet; either way it is covered from now on."""
    return cache.add(key, 1, COVERED_S) or not cache.touch(key, COVERED_S)
