"""Who looked at what, in the audit log (docs/audit.md): one row says that a person saw a video during a visit."""

from collections.abc import Iterable, Mapping

from django.core.cache import cache

from webapp.accounts.actors import Actor
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.audit.visits import VISIT_S, note_list, once_a_visit
from webapp.videos.models import Video


def video_look(actor: Actor, video: Video, *, part: str) -> None:
    """Before anything of a video is shown. `part`: what was asked for first."""
    once_a_visit(f"look:{actor.person.pk}:{video.pk}", lambda: _record_look(actor, video, part=part))


def poster_look(actor: Actor, video: Video) -> None:
    """The picture of a row that the library has just shown belongs to that row."""
    if cache.get(_listed_key(actor, video)) is None:
        video_look(actor, video, part="poster")


def library_look(actor: Actor, videos: Iterable[Video]) -> None:
    """One row for what a visit's list shows for the first time, whichever page, filter or search brought it up."""
    keys = {_listed_key(actor, video): str(video.pk) for video in videos}
    known = cache.get_many(list(keys))
    fresh = {key: video_id for key, video_id in keys.items() if key not in known}
    if fresh:
        note_list(actor, "the library", lambda: _record_library(actor, fresh))


def _record_library(actor: Actor, fresh: Mapping[str, str]) -> None:
    audit_record(
        action=Action.LIBRARY_VIEW,
        actor=actor,
        hospital=actor.hospital,
        object_type="library",
        detail={"videos": list(fresh.values())},
    )
    cache.set_many(dict.fromkeys(fresh, 1), VISIT_S)


def _record_look(actor: Actor, video: Video, *, part: str) -> None:
    audit_record(
        action=Action.VIDEO_VIEW,
        actor=actor,
        hospital=video.hospital,
        object_type="video",
        object_id=str(video.pk),
        detail={"part": part},
    )


def _listed_key(actor: Actor, video: Video) -> str:
    return f"listed:{actor.person.pk}:{video.pk}"
