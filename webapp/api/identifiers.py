"""What hospitals call a case: written sealed, found by digest, read by who may see the video."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from webapp.accounts.actors import Actor
from webapp.api.models import VideoIdentifier
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.lib.errors import Conflict
from webapp.lib.sealing import seal, unseal
from webapp.videos.models import Video

PURPOSE = "identifier"
IDENTIFIERS_PER_VIDEO = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseIdentifier:
    """`system`: a URI that says whose numbers these are."""

    system: str
    value: str


@transaction.atomic
def identifiers_add(video: Video, found: Iterable[CaseIdentifier], *, actor: Actor) -> None:
    """Those that are there already stay as they are. Raises Conflict for more than a case has."""
    actor.require("videos")
    for one in found:
        VideoIdentifier.objects.get_or_create(
            video=video,
            system=one.system,
            digest=_digest(one),
            defaults={"hospital": video.hospital, "sealed_value": seal(one.value, purpose=PURPOSE)},
        )
    if video.identifiers.count() > IDENTIFIERS_PER_VIDEO:
        raise Conflict(f"A video has at most {IDENTIFIERS_PER_VIDEO} identifiers.", "too_many_identifiers")
    audit_record(
        action=Action.VIDEO_IDENTIFY,
        actor=actor,
        hospital=video.hospital,
        object_type="video",
        object_id=str(video.pk),
    )


def identifiers_of(video: Video) -> list[CaseIdentifier]:
    """Raises SealBroken."""
    rows = video.identifiers.all()
    return [CaseIdentifier(system=row.system, value=unseal(row.sealed_value, purpose=PURPOSE)) for row in rows]


def videos_identified(videos: "QuerySet[Video]", *, system: str, value: str) -> "QuerySet[Video]":
    """`system` empty: whoever's numbers."""
    rows = VideoIdentifier.objects.filter(digest=_digest(CaseIdentifier(system=system, value=value)))
    if system:
        rows = rows.filter(system=system)
    return videos.filter(pk__in=rows.values("video_id"))


def _digest(one: CaseIdentifier) -> str:
    """Of the value alone: a search may leave the system out. Keyed, since patients' numbers are few and short."""
    key = hashlib.sha256(f"debrief.identifier:{settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, one.value.encode(), hashlib.sha256).hexdigest()
