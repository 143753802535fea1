"""Background work: what goes on, and why something failed."""

import uuid
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.api.conditional import tagged
from webapp.api.serializers import jobs as wire
from webapp.api.serializers.out import page_serializer
from webapp.api.views.base import ApiView, listed
from webapp.api.views.schema import problems
from webapp.jobs import services
from webapp.jobs.looks import jobs_look
from webapp.jobs.selectors import job_get_for_actor, job_list_for_actor


class JobListView(ApiView):
    scopes: ClassVar = {"GET": "jobs:read"}
    query = wire.JobQuery

    @extend_schema(
        operation_id="jobs_list",
        parameters=[wire.JobQuery],
        responses={200: page_serializer(wire.JobOut), **problems(404)},
    )
    def get(self, request: Request) -> Response:
        """Newest first: one's own, an administrator those of the hospital."""
        jobs_look(self.actor)
        jobs = job_list_for_actor(self.actor, status=self.asked.get("status"))
        return listed(self.page(jobs, by=("created_at", "pk")), wire.job_body)


class JobView(ApiView):
    scopes: ClassVar = {"GET": "jobs:read"}

    @extend_schema(operation_id="jobs_get", responses={200: wire.JobOut, **problems(404)})
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        job = job_get_for_actor(self.actor, job_id)
        jobs_look(self.actor)
        response = tagged(request, wire.job_body(job))
        if not job.is_finished:
            response["Retry-After"] = "2"
        return response


class JobCancelView(ApiView):
    scopes: ClassVar = {"POST": "jobs:write"}

    @extend_schema(operation_id="jobs_cancel", request=None, responses={202: wire.JobOut, **problems(404)})
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Waiting: it ends at once. Running: its worker is asked to stop. Finished: nothing changes."""
        job = services.job_cancel(job_get_for_actor(self.actor, job_id), actor=self.actor)
        return Response(wire.job_body(job), status=202)


class JobRetryView(ApiView):
    scopes: ClassVar = {"POST": "jobs:write"}

    @extend_schema(operation_id="jobs_retry", request=None, responses={202: wire.JobOut, **problems(404, 409)})
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """From the stage where it ended."""
        job = services.job_retry(job_get_for_actor(self.actor, job_id), actor=self.actor)
        return Response(wire.job_body(job), status=202)
