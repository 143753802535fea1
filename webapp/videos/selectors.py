"""The only door to videos and uploads. What a person may not see is not there: NotFound, never "forbidden"."""

import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet

from webapp.accounts.actors import Actor
from webapp.accounts.permissions import can_manage, videos_visible_q
from webapp.lib.errors import NotFound, PermissionRefused
from webapp.lib.labels import (
    CHOLECYSTECTOMY,
    COURSE_NOTES,
    KIND_NOTES,
    LIKELIEST_KIND_NOTE,
    PHASE_NOTE,
    UNKNOWN_KIND,
    label_words,
)
from webapp.lib.storage import content_paths
from webapp.videos.models import Content, Timeline, TimelineFact, Upload, Video

BEFORE_THE_COPY = frozenset({"probe", "transcode"})
# Lanes with a line for each label, as static/js/lib/timeline/lines.js unfolds them.
OPEN_AT_FIRST = frozenset({TimelineFact.Lane.INSTRUMENT})


def video_get_for_actor(actor: Actor, video_id: uuid.UUID | str) -> Video:
    """Raises NotFound for a video that is not there or not theirs to see."""
    try:
        return _visible(actor).get(pk=video_id)
    except (Video.DoesNotExist, ValidationError) as error:
        raise NotFound("There is no such video.") from error


def video_get_to_manage(actor: Actor, video_id: uuid.UUID | str) -> Video:
    """Raises NotFound for what they may not see, PermissionRefused for what they may only look at."""
    found = video_get_for_actor(actor, video_id)
    if not can_manage(actor.member, owner_id=found.owner_id, hospital_id=found.hospital_id):
        raise PermissionRefused("Only the owner of a video or an administrator can change it.", "not_owner")
    return found


def video_list_for_actor(actor: Actor, *, status: str | None = None, search: str = "") -> "QuerySet[Video]":
    """Newest first. `search`: each word is in the title, the file name, the procedure or the owner's name."""
    videos = _visible(actor)
    if status in Video.Status.values:
        videos = videos.filter(status=status)
    for word in search.split()[:10]:
        videos = videos.filter(
            Q(title__icontains=word)
            | Q(original_filename__icontains=word)
            | Q(procedure__icontains=word)
            | Q(owner__name__icontains=word)
        )
    return videos


def is_playable(video: Video) -> bool:
    """The copy that browsers play is made, whatever is still looked for in it."""
    if video.status == Video.Status.PROCESSING and (video.job is None or video.job.stage in BEFORE_THE_COPY):
        return False
    return content_paths(video.hospital_id, video.content.sha256).proxy.exists()


def with_num_questions(videos: "QuerySet[Video]", *, actor: Actor) -> "QuerySet[Video]":
    """`num_questions`: how many this person asked. What others asked is between them and the assistant."""
    own = Q(conversations__owner=actor.person)
    counted = videos.annotate(num_questions=Count("conversations__questions", filter=own, distinct=True))
    # A count takes the model's own order away.
    return counted.order_by("-created_at")


def video_counts_for_actor(actor: Actor, *, search: str = "") -> dict[str, int]:
    """How many videos are in each status, 0 included, and under "all"."""
    rows = video_list_for_actor(actor, search=search).order_by().values_list("status").annotate(num=Count("pk"))
    counts = dict.fromkeys(Video.Status.values, 0) | dict(rows)
    return {**counts, "all": sum(counts.values())}


def video_for_job(job_id: uuid.UUID | str) -> Video | None:
    return Video.objects.select_related("job", "owner", "hospital", "content").filter(job_id=job_id).first()


def timeline_newest(content: Content) -> Timeline | None:
    """The revision that is shown and that answers are given. None until the timeline stage is done."""
    return content.timelines.first()


def contents_prepared(*, video_ids: Iterable[uuid.UUID] | None = None) -> list[Content]:
    """For the operator's command line: all, or those that the named videos are about. Oldest first."""
    prepared = Content.objects.exclude(prepared_at=None)
    if video_ids is not None:
        prepared = prepared.filter(videos__in=video_ids).distinct()
    return list(prepared.order_by("created_at"))


def timelines_for_video(video: Video) -> "QuerySet[Timeline]":
    """Every kept revision, the newest first."""
    return video.content.timelines.all()


def timeline_get_for_video(video: Video, number: int) -> Timeline:
    """Raises NotFound."""
    timeline = timelines_for_video(video).filter(number=number).first()
    if timeline is None:
        raise NotFound("There is no such revision, or it is not kept any more.")
    return timeline


def facts_for_video(video: Video, lane: str | None = None) -> "QuerySet[TimelineFact]":
    """What the newest revision says."""
    timeline = timeline_newest(video.content)
    if timeline is None:
        return TimelineFact.objects.none()
    return timeline.facts.all() if lane is None else timeline.facts.filter(lane=lane)


def timeline_lanes(video: Video) -> list[dict[str, Any]]:
    """The lanes that have segments, in the order of TimelineFact.Lane, each by time."""
    found: dict[str, list[dict[str, Any]]] = {}
    for lane, label, start_s, end_s, probability in facts_for_video(video).values_list(
        "lane", "label", "start_s", "end_s", "probability"
    ):
        segment = {"label": label_words(lane, label), "start_s": start_s, "end_s": end_s, "probability": probability}
        found.setdefault(lane, []).append(segment)
    lanes = TimelineFact.Lane
    return [{"lane": lane.value, "title": lane.label, "segments": found[lane]} for lane in lanes if lane in found]


def timeline_note(video: Video) -> str:
    """Why lanes are missing that another video would have, of its kind and of its course, and by what phases are told
    beside the pictures; empty where there is nothing of it."""
    labels = set(facts_for_video(video).values_list("lane", "label").distinct())
    notes = _kind_notes(video, labels)
    notes += [note for course, note in COURSE_NOTES.items() if (TimelineFact.Lane.COURSE, course) in labels]
    is_read_by_order = (TimelineFact.Lane.KIND, CHOLECYSTECTOMY) in labels
    if is_read_by_order and any(lane == TimelineFact.Lane.PHASE for lane, _label in labels):
        notes.append(PHASE_NOTE)
    return " ".join(notes)


def _kind_notes(video: Video, labels: set[tuple[str, str]]) -> list[str]:
    """`labels` : lane and label of every fact. Of a kind that is not known also what the video looks most like."""
    lane = TimelineFact.Lane.KIND
    if (lane, UNKNOWN_KIND) not in labels:
        return [note for kind, note in KIND_NOTES.items() if (lane, kind) in labels]
    nearest = facts_for_video(video).filter(lane=lane).exclude(label=UNKNOWN_KIND).order_by("-probability").first()
    if nearest is None:
        return [KIND_NOTES[UNKNOWN_KIND]]
    said = LIKELIEST_KIND_NOTE.format(kind=label_words(lane, nearest.label), probability=nearest.probability)
    return [KIND_NOTES[UNKNOWN_KIND], said]


def timeline_lines(video: Video) -> list[str]:
    """The lane of each line that the timeline shows at first, its ruler included: a page keeps their room free."""
    found = facts_for_video(video).order_by("lane", "label").values_list("lane", "label").distinct()
    labels = Counter(lane for lane, _label in found)
    if not labels:
        return []
    lines = [lane for lane in labels for _ in range(1 + (labels[lane] if lane in OPEN_AT_FIRST else 0))]
    return ["ruler", *lines]


def upload_get_for_actor(actor: Actor, upload_id: uuid.UUID | str) -> Upload:
    """Only the person who started an upload may go on with it. Raises NotFound."""
    actor.require("videos")
    membership = actor.member
    uploads = Upload.objects.select_related("hospital", "owner", "video__content")
    try:
        return uploads.get(pk=upload_id, owner_id=membership.user_id, hospital_id=membership.hospital_id)
    except (Upload.DoesNotExist, ValidationError) as error:
        raise NotFound("There is no such upload.") from error


def _visible(actor: Actor) -> "QuerySet[Video]":
    actor.require("videos")
    visible = videos_visible_q(actor.member)
    return Video.objects.filter(visible).select_related("job", "owner", "hospital", "department", "content")
