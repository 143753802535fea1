"""Training runs, for administrators of the hospital that trains; to everybody else there are none."""

import uuid
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.api.conditional import tagged
from webapp.api.serializers import training as wire
from webapp.api.serializers.out import page_serializer
from webapp.api.views.base import ApiView, listed
from webapp.api.views.schema import problems
from webapp.learning.run_selectors import run_get_for_actor, runs_for_actor

READ = "training:read"


class TrainingRunListView(ApiView):
    scopes: ClassVar = {"GET": READ}
    query = wire.TrainingQuery

    @extend_schema(
        operation_id="training_runs_list",
        parameters=[wire.TrainingQuery],
        responses={200: page_serializer(wire.TrainingRunOut), **problems(404)},
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        runs = runs_for_actor(self.actor)
        if "state" in self.asked:
            runs = runs.filter(state=self.asked["state"])
        return listed(self.page(runs, by=("number",)), wire.training_run_body)


class TrainingRunView(ApiView):
    scopes: ClassVar = {"GET": READ}

    @extend_schema(operation_id="training_runs_get", responses={200: wire.TrainingRunOut, **problems(404)})
    def get(self, request: Request, run_id: uuid.UUID) -> Response:
        return tagged(request, wire.training_run_body(run_get_for_actor(self.actor, run_id)))
