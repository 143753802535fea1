"""DICOM video objects become videos, all of a request or none: the stream by the same ingest, names into the seal."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from webapp.accounts.actors import Actor
from webapp.api.dicom.reading import DicomVideo, dicom_video_read, stream_copy
from webapp.api.identifiers import identifiers_add
from webapp.lib.errors import Conflict
from webapp.lib.storage import storage_root
from webapp.videos.models import Video
from webapp.videos.services import video_create_from_path
from webapp.videos.usage import check_room

FILE_NAME = "recording.mp4"


class TwoPatients(Conflict):
    """These objects are of more than one patient or study. Nothing was kept; send each case by itself."""

    default_code = "two_patients"


def dicom_read_all(paths: Sequence[Path]) -> list[DicomVideo]:
    """Raises DicomRefused or TwoPatients."""
    found = [dicom_video_read(path) for path in paths]
    if len({(one.patient, one.study) for one in found}) > 1:
        raise TwoPatients
    return found


def dicom_videos_create(found: Sequence[DicomVideo], *, actor: Actor) -> list[Video]:
    """Streams are copied out before the first video is made, so that one that is cut off leaves nothing behind."""
    actor.require("videos")
    hospital = actor.member.hospital
    check_room(owner_id=actor.person.pk, hospital=hospital, size_bytes=sum(one.path.stat().st_size for one in found))
    with tempfile.TemporaryDirectory(dir=_room(), prefix="dicom-") as folder:
        streams = [Path(folder) / str(number) / FILE_NAME for number, _ in enumerate(found)]
        for one, stream in zip(found, streams, strict=True):
            stream.parent.mkdir()
            stream_copy(one, stream)
        return [_create(one, stream, actor=actor) for one, stream in zip(found, streams, strict=True)]


def _create(one: DicomVideo, stream: Path, *, actor: Actor) -> Video:
    video = video_create_from_path(
        path=stream, owner=actor.person, hospital=actor.member.hospital, actor=actor, title="Recording by DICOM"
    )
    identifiers_add(video, one.identifiers, actor=actor)
    return video


def _room() -> Path:
    """On the disk that uploads are on."""
    room = storage_root() / "uploads"
    room.mkdir(parents=True, exist_ok=True)
    return room
