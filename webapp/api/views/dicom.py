"""DICOMweb: video objects come in by STOW-RS (`/api/dicom/studies`), ours go out as files that an archive takes."""

import tempfile
import uuid
from pathlib import Path
from typing import IO, Any, ClassVar, cast

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.api.dicom.arrivals import dicom_read_all, dicom_videos_create
from webapp.api.dicom.multipart import parts_write
from webapp.api.dicom.reading import DicomVideo
from webapp.api.dicom.writing import KINDS, report_object, video_object
from webapp.api.serializers.strict import StrictSerializer
from webapp.api.views.base import ApiView
from webapp.api.views.schema import problems
from webapp.lib.errors import Conflict
from webapp.lib.storage import content_paths
from webapp.skills.reports import report_exported
from webapp.skills.selectors import report_to_export
from webapp.videos.looks import video_look
from webapp.videos.models import Video
from webapp.videos.selectors import is_playable, video_get_for_actor


class DicomJsonRenderer(JSONRenderer):
    media_type = "application/dicom+json"
    format = "dicom"


class AnyBody(BaseParser):
    """The view reads the body itself, piece by piece."""

    media_type = "multipart/related"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return {}


@extend_schema(exclude=True)
class StowView(ApiView):
    """What was stored is told as PS3.18 has it; a refusal is a problem, and then nothing was kept."""

    scopes: ClassVar = {"POST": "videos:write"}
    parser_classes = (AnyBody,)
    renderer_classes = (DicomJsonRenderer, JSONRenderer)

    def post(self, request: Request) -> Response:
        with tempfile.TemporaryDirectory(prefix="stow-") as folder:
            content_type = request.META.get("CONTENT_TYPE", "")
            body = cast(IO[bytes], request._request)
            paths = parts_write(body, content_type, Path(folder), max_bytes=settings.UPLOAD_MAX_BYTES)
            found = dicom_read_all(paths)
            videos = dicom_videos_create(found, actor=self.actor)
        stored = [_stored(request, one, video) for one, video in zip(found, videos, strict=True)]
        return Response({"00081199": {"vr": "SQ", "Value": stored}})


class DicomKind(StrictSerializer):
    kind = serializers.ChoiceField(choices=sorted(KINDS), required=False, default="photographic")


class VideoDicomView(ApiView):
    scopes: ClassVar = {"GET": "videos:read"}
    query = DicomKind

    @extend_schema(
        operation_id="videos_dicom",
        parameters=[DicomKind],
        responses={(200, "application/dicom"): OpenApiTypes.BINARY, **problems(404, 409)},
    )
    def get(self, request: Request, video_id: uuid.UUID) -> HttpResponse:
        """The copy that plays, as a Video Photographic or Video Endoscopic object of the case that was named."""
        video = video_get_for_actor(self.actor, video_id)
        video_look(self.actor, video, part="dicom")
        if not is_playable(video):
            raise Conflict("This video is not prepared yet.", "video_not_ready")
        proxy = content_paths(video.hospital_id, video.content.sha256).proxy
        body = video_object(video, proxy, kind=self.asked["kind"])
        return HttpResponse(body, content_type="application/dicom")


class ReportDicomView(ApiView):
    scopes: ClassVar = {"GET": "skills:read"}

    @extend_schema(
        operation_id="reports_dicom",
        responses={(200, "application/dicom"): OpenApiTypes.BINARY, **problems(404, 409, 422)},
    )
    def get(self, request: Request, report_id: uuid.UUID) -> HttpResponse:
        """The signed report's PDF as an Encapsulated PDF object of the same case."""
        report = report_to_export(self.actor, report_id)
        document = report_object(report)
        report_exported(report, actor=self.actor)
        return HttpResponse(document, content_type="application/dicom")


def _stored(request: Request, one: DicomVideo, video: Video) -> dict[str, Any]:
    address = request.build_absolute_uri(f"/api/v1/videos/{video.pk}")
    return {
        "00081150": {"vr": "UI", "Value": [one.sop_class]},
        "00081155": {"vr": "UI", "Value": [one.sop_instance]},
        "00081190": {"vr": "UR", "Value": [address]},
    }
