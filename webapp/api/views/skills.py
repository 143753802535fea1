"""Skill reports, readings, contests and references. Signatures are for people on pages: they sign in anew for each."""

import uuid
from typing import ClassVar

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts.actors import Actor
from webapp.accounts.models import Membership
from webapp.accounts.permissions import require_role
from webapp.api.conditional import tagged
from webapp.api.idempotency import idempotent
from webapp.api.serializers import skills as wire
from webapp.api.serializers.out import page_serializer
from webapp.api.serializers.strict import PageQuery
from webapp.api.views.base import ApiView, listed
from webapp.api.views.schema import IDEMPOTENCY_KEY, problems
from webapp.conversations.text import Window
from webapp.lib.errors import NotFound, PermissionRefused
from webapp.skills import appeals, reports, reviews
from webapp.skills.bundle import bundle_of
from webapp.skills.looks import report_look
from webapp.skills.models import SkillReport
from webapp.skills.pdf import report_pdf
from webapp.skills.selectors import (
    QueueFilter,
    is_open_to,
    reference_list,
    report_for_video,
    report_get_for_actor,
    report_to_export,
    review_queue,
    rubric_list,
    scorer_get_for_actor,
    scorer_list,
)
from webapp.videos.looks import library_look, video_look
from webapp.videos.selectors import video_get_for_actor

READ, WRITE = "skills:read", "skills:write"


class VideoReportView(ApiView):
    scopes: ClassVar = {"GET": READ, "POST": WRITE}

    @extend_schema(operation_id="reports_of_video", responses={200: wire.ReportOut, **problems(404)})
    def get(self, request: Request, video_id: uuid.UUID) -> Response:
        """The newest report on the video that was not withdrawn."""
        report = report_for_video(self.actor, video_get_for_actor(self.actor, video_id))
        if report is None:
            raise NotFound("There is no report on this video.")
        return _shown(request, self.actor, report)

    @extend_schema(
        operation_id="reports_request",
        parameters=[IDEMPOTENCY_KEY],
        request=wire.ReportIn,
        responses={202: wire.RequestedOut, **problems(404, 409, 422)},
    )
    @idempotent
    def post(self, request: Request, video_id: uuid.UUID) -> Response:
        """Has one's own video compared with the hospital's references."""
        video = video_get_for_actor(self.actor, video_id)
        asked = self.body(wire.ReportIn)
        scorer = scorer_get_for_actor(self.actor, asked["comparison"])
        video_look(self.actor, video, part="report")
        body = wire.requested_body(reports.report_request(actor=self.actor, video=video, scorer=scorer))
        return Response(body, status=202, headers={"Location": body["job_url"] or body["report_url"]})


class ReportView(ApiView):
    scopes: ClassVar = {"GET": READ}

    @extend_schema(operation_id="reports_get", responses={200: wire.ReportOut, **problems(404)})
    def get(self, request: Request, report_id: uuid.UUID) -> Response:
        """What is in it only to its surgeon, and to reviewers who have read the video or opened it."""
        return _shown(request, self.actor, report_get_for_actor(self.actor, report_id))


class ReportSubmitView(ApiView):
    scopes: ClassVar = {"POST": WRITE}

    @extend_schema(operation_id="reports_submit", request=None, responses={202: wire.ReportOut, **problems(404, 409)})
    def post(self, request: Request, report_id: uuid.UUID) -> Response:
        """To the reviewers of the hospital."""
        reports.report_submit(report_get_for_actor(self.actor, report_id), actor=self.actor)
        return _body(self.actor, report_id, status=202)


class ReportOpenView(ApiView):
    scopes: ClassVar = {"POST": WRITE}

    @extend_schema(operation_id="reports_open", request=None, responses={200: wire.ReportOut, **problems(404, 409)})
    def post(self, request: Request, report_id: uuid.UUID) -> Response:
        """A signed report, for a reviewer who did not read its video blind and now no longer can."""
        reviews.report_unseal(report_get_for_actor(self.actor, report_id), actor=self.actor)
        return _body(self.actor, report_id)


class ReadingView(ApiView):
    scopes: ClassVar = {"POST": WRITE}

    @extend_schema(
        operation_id="reports_read",
        request=wire.ReadingIn,
        responses={201: wire.ReportOut, **problems(404, 409, 422)},
    )
    def post(self, request: Request, report_id: uuid.UUID) -> Response:
        """A reviewer's own scores, before anything of the report is shown. They are signed on the page."""
        report = report_get_for_actor(self.actor, report_id)
        if self.actor.person.is_service:
            raise PermissionRefused("A video is read by a person.", "person_needed")
        reviews.review_read(report, actor=self.actor, **self.body(wire.ReadingIn))
        return _body(self.actor, report_id, status=201)


class AppealListView(ApiView):
    scopes: ClassVar = {"GET": READ, "POST": WRITE}
    query = PageQuery

    @extend_schema(
        operation_id="appeals_list",
        parameters=[PageQuery],
        responses={200: page_serializer(wire.AppealOut), **problems(404, 409)},
    )
    def get(self, request: Request, report_id: uuid.UUID) -> Response:
        """What its surgeon contests, and the answers."""
        report = report_to_export(self.actor, report_id)
        report_look(self.actor, report)
        rows = report.appeals.select_related("item")
        return listed(self.page(rows, by=("created_at", "pk"), is_rising=True), wire.appeal_body)

    @extend_schema(
        operation_id="appeals_open",
        request=wire.AppealIn,
        responses={201: wire.AppealOut, **problems(404, 409, 422)},
    )
    def post(self, request: Request, report_id: uuid.UUID) -> Response:
        """One's own signed report: one item, one part of the video, one reason."""
        report = report_get_for_actor(self.actor, report_id)
        asked = self.body(wire.AppealIn)
        item = report.rubric.items.filter(key=asked["item"]).first()
        if item is None:
            raise NotFound("There is no such item.")
        window = Window(start_s=asked["start_s"], end_s=asked["end_s"])
        appeal = appeals.appeal_open(report, actor=self.actor, item=item, reason=asked["reason"], window=window)
        return Response(wire.appeal_body(appeal), status=201)


class ReportBundleView(ApiView):
    scopes: ClassVar = {"GET": READ}

    @extend_schema(operation_id="reports_bundle", responses={200: OpenApiTypes.OBJECT, **problems(404, 409)})
    def get(self, request: Request, report_id: uuid.UUID) -> Response:
        """The signed report with the hashes that `manage.py report_verify` checks."""
        report = report_to_export(self.actor, report_id)
        reports.report_exported(report, actor=self.actor)
        return Response(bundle_of(report))


class ReportDocumentView(ApiView):
    scopes: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="reports_document",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, **problems(404, 409, 422)},
    )
    def get(self, request: Request, report_id: uuid.UUID) -> HttpResponse:
        """The signed report as a PDF."""
        report = report_to_export(self.actor, report_id)
        document = report_pdf(report)
        reports.report_exported(report, actor=self.actor)
        return HttpResponse(document, content_type="application/pdf")


class ReviewQueueView(ApiView):
    scopes: ClassVar = {"GET": READ}

    @extend_schema(operation_id="reviews_list", responses={200: wire.ReportOut(many=True), **problems()})
    def get(self, request: Request) -> Response:
        """What waits for a reader or a signature, oldest first; all of it, sealed as it is."""
        require_role(self.actor.member, Membership.Role.REVIEWER)
        waiting = review_queue(self.actor, QueueFilter())
        library_look(self.actor, [report.video for report in waiting])
        return Response([wire.report_body(report, is_open=False) for report in waiting])


class RubricListView(ApiView):
    scopes: ClassVar = {"GET": READ}
    query = PageQuery

    @extend_schema(
        operation_id="rubrics_list",
        parameters=[PageQuery],
        responses={200: page_serializer(wire.RubricOut), **problems(404)},
    )
    def get(self, request: Request) -> Response:
        """All versions: reports stay under theirs."""
        return listed(self.page(rubric_list(self.actor), by=("created_at", "pk")), wire.rubric_body)


class ReferenceListView(ApiView):
    scopes: ClassVar = {"GET": READ}
    query = wire.ReferenceQuery

    @extend_schema(
        operation_id="references_list",
        parameters=[wire.ReferenceQuery],
        responses={200: page_serializer(wire.ReferenceOut), **problems(404)},
    )
    def get(self, request: Request) -> Response:
        """What the hospital compares with; to surgeons, those of their own videos."""
        state = self.asked.get("state")
        clips = reference_list(self.actor)
        page = self.page(clips.filter(state=state) if state else clips, by=("created_at", "pk"))
        library_look(self.actor, [clip.video for clip in page.rows])
        return listed(page, wire.reference_body)


class ComparisonListView(ApiView):
    scopes: ClassVar = {"GET": READ}
    query = PageQuery

    @extend_schema(
        operation_id="comparisons_list",
        parameters=[PageQuery],
        responses={200: page_serializer(wire.ComparisonOut), **problems(404)},
    )
    def get(self, request: Request) -> Response:
        """Those in use: a procedure, a rubric and its references."""
        return listed(self.page(scorer_list(self.actor), by=("created_at", "pk")), wire.comparison_body)


def _shown(request: Request, actor: Actor, report: SkillReport) -> Response:
    is_open = is_open_to(actor, report)
    if is_open:
        report_look(actor, report)
    return tagged(request, wire.report_body(report, is_open=is_open))


def _body(actor: Actor, report_id: uuid.UUID, *, status: int = 200) -> Response:
    report = report_get_for_actor(actor, report_id)
    return Response(wire.report_body(report, is_open=is_open_to(actor, report)), status=status)
