"""Videos, their timelines, and uploads on their way in. Bytes come by tus (/uploads)."""

import uuid
from typing import Any, ClassVar

from django.db import transaction
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.api.conditional import require_match, tagged
from webapp.api.identifiers import CaseIdentifier, identifiers_add, identifiers_of
from webapp.api.serializers import videos as wire
from webapp.api.serializers.out import page_serializer
from webapp.api.serializers.strict import PageQuery
from webapp.api.views.base import ApiView, listed
from webapp.api.views.schema import IF_MATCH, problems
from webapp.lib.ranges import file_response
from webapp.lib.storage import content_paths
from webapp.videos import services
from webapp.videos.looks import library_look, video_look
from webapp.videos.media import NOT_ON_DISK
from webapp.videos.models import Video
from webapp.videos.selectors import (
    timeline_get_for_video,
    timelines_for_video,
    upload_get_for_actor,
    video_get_for_actor,
    video_get_to_manage,
    video_list_for_actor,
)


class VideoListView(ApiView):
    scopes: ClassVar = {"GET": "videos:read"}
    query = wire.VideoQuery

    @extend_schema(
        operation_id="videos_list",
        parameters=[wire.VideoQuery],
        responses={200: page_serializer(wire.VideoOut), **problems(404)},
    )
    def get(self, request: Request) -> Response:
        """Newest first: what the caller may see."""
        videos = video_list_for_actor(self.actor, status=self.asked.get("status"), search=self.asked.get("search", ""))
        page = self.page(videos, by=("created_at", "pk"))
        library_look(self.actor, page.rows)
        return listed(page, wire.video_body)


class VideoView(ApiView):
    scopes: ClassVar = {"GET": "videos:read", "PATCH": "videos:write", "DELETE": "videos:write"}

    @extend_schema(operation_id="videos_get", responses={200: wire.VideoOut, **problems(404)})
    def get(self, request: Request, video_id: uuid.UUID) -> Response:
        return tagged(request, wire.video_body(self._found(video_id)))

    @extend_schema(
        operation_id="videos_change",
        parameters=[IF_MATCH],
        request=wire.VideoChange,
        responses={200: wire.VideoOut, **problems(404, 412, 422, 428)},
    )
    def patch(self, request: Request, video_id: uuid.UUID) -> Response:
        """Title, procedure and date of the operation."""
        change = self.body(wire.VideoChange)
        with transaction.atomic():
            video = self._managed(request, video_id)
            if "title" in change:
                services.video_rename(video, title=change["title"], actor=self.actor)
            if "procedure" in change or "operated_on" in change:
                services.video_describe(video, actor=self.actor, **_description(video, change))
        return tagged(request, wire.video_body(video_get_for_actor(self.actor, video_id)))

    @extend_schema(
        operation_id="videos_remove", parameters=[IF_MATCH], responses={204: None, **problems(404, 412, 428)}
    )
    def delete(self, request: Request, video_id: uuid.UUID) -> Response:
        """The video, all that hangs on it, and its files unless another video is of the same bytes."""
        with transaction.atomic():
            services.video_delete(self._managed(request, video_id), actor=self.actor)
        return Response(status=204)

    def _found(self, video_id: uuid.UUID) -> Video:
        video = video_get_for_actor(self.actor, video_id)
        video_look(self.actor, video, part="api")
        return video

    def _managed(self, request: Request, video_id: uuid.UUID) -> Video:
        """Under a lock, so that no other change comes between the comparison and ours."""
        Video.objects.select_for_update().filter(pk=video_id).first()
        video = video_get_to_manage(self.actor, video_id)
        require_match(request, wire.video_body(video))
        return video


class IdentifierListView(ApiView):
    scopes: ClassVar = {"GET": "videos:read", "POST": "videos:write"}

    @extend_schema(operation_id="identifiers_list", responses={200: wire.IdentifierOut(many=True), **problems(404)})
    def get(self, request: Request, video_id: uuid.UUID) -> Response:
        """What the hospital's systems call the case. Kept sealed, and shown to no model."""
        video = video_get_for_actor(self.actor, video_id)
        video_look(self.actor, video, part="identifiers")
        return Response([{"system": one.system, "value": one.value} for one in identifiers_of(video)])

    @extend_schema(
        operation_id="identifiers_add",
        request=wire.IdentifierIn,
        responses={201: wire.IdentifierOut, **problems(404, 409, 422)},
    )
    def post(self, request: Request, video_id: uuid.UUID) -> Response:
        """One more; the same again changes nothing."""
        video = video_get_to_manage(self.actor, video_id)
        given = self.body(wire.IdentifierIn)
        identifiers_add(video, [CaseIdentifier(**given)], actor=self.actor)
        return Response(given, status=201)


class VideoMediaView(ApiView):
    scopes: ClassVar = {"GET": "videos:read"}

    @extend_schema(
        operation_id="videos_media",
        responses={(200, "video/mp4"): OpenApiTypes.BINARY, (206, "video/mp4"): OpenApiTypes.BINARY, **problems(404)},
    )
    def get(self, request: Request, video_id: uuid.UUID) -> HttpResponseBase:
        """The copy that plays everywhere, in ranges; never the original."""
        video = video_get_for_actor(self.actor, video_id)
        video_look(self.actor, video, part="proxy")
        path = content_paths(video.hospital_id, video.content.sha256).proxy
        return file_response(request._request, path, content_type="video/mp4", cache_control=NOT_ON_DISK)


class TimelineListView(ApiView):
    scopes: ClassVar = {"GET": "videos:read"}
    query = PageQuery

    @extend_schema(
        operation_id="timelines_list",
        parameters=[PageQuery],
        responses={200: page_serializer(wire.TimelineOut), **problems(404)},
    )
    def get(self, request: Request, video_id: uuid.UUID) -> Response:
        """Revisions of what was seen in the video, the newest first. None is ever changed."""
        video = video_get_for_actor(self.actor, video_id)
        video_look(self.actor, video, part="timeline")
        page = self.page(timelines_for_video(video), by=("number",))
        return listed(page, lambda timeline: wire.timeline_body(timeline, video))


class TimelineView(ApiView):
    scopes: ClassVar = {"GET": "videos:read"}

    @extend_schema(operation_id="timelines_get", responses={200: wire.TimelineOut, **problems(404)})
    def get(self, request: Request, video_id: uuid.UUID, number: int) -> Response:
        video = video_get_for_actor(self.actor, video_id)
        video_look(self.actor, video, part="timeline")
        return tagged(request, wire.timeline_body(timeline_get_for_video(video, number), video))


class FactListView(ApiView):
    scopes: ClassVar = {"GET": "videos:read"}
    query = wire.FactQuery

    @extend_schema(
        operation_id="facts_list",
        parameters=[wire.FactQuery],
        responses={200: page_serializer(wire.FactOut), **problems(404)},
    )
    def get(self, request: Request, video_id: uuid.UUID, number: int) -> Response:
        """What a revision says, by lane and time. Seconds count from the start of the video."""
        video = video_get_for_actor(self.actor, video_id)
        video_look(self.actor, video, part="timeline")
        facts = timeline_get_for_video(video, number).facts.all()
        lane = self.asked.get("lane")
        page = self.page(facts.filter(lane=lane) if lane else facts, by=("lane", "start_s", "pk"), is_rising=True)
        return listed(page, wire.fact_body)


class UploadView(ApiView):
    scopes: ClassVar = {"GET": "videos:read"}

    @extend_schema(operation_id="uploads_get", responses={200: wire.UploadOut, **problems(404)})
    def get(self, request: Request, upload_id: uuid.UUID) -> Response:
        """How far one's own upload has come, and which video it became."""
        return tagged(request, wire.upload_body(upload_get_for_actor(self.actor, upload_id)))


def _description(video: Video, change: dict[str, Any]) -> dict[str, str]:
    """Both, as the service wants them: what was left out stays."""
    day = change.get("operated_on", video.operated_on)
    return {"procedure": change.get("procedure", video.procedure), "operated_on": day.isoformat() if day else ""}
