"""Videos that lie in a store of the hospital: this server fetches them by itself."""

import uuid
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.api.conditional import tagged
from webapp.api.idempotency import idempotent
from webapp.api.serializers import fetches as wire
from webapp.api.views.base import ApiView
from webapp.api.views.schema import IDEMPOTENCY_KEY, problems
from webapp.videos.fetches import fetch_get_for_actor, fetch_request

ASK_AGAIN_S = "5"


class FetchAskView(ApiView):
    scopes: ClassVar = {"POST": "videos:write"}

    @extend_schema(
        operation_id="fetches_ask",
        parameters=[IDEMPOTENCY_KEY],
        request=wire.FetchIn,
        responses={202: wire.FetchOut, **problems(400, 409, 422)},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Queues it. 403 for an address in no store that whoever runs this server allowed for the hospital.

        Broken off: it goes on where it was, three times by itself and then by `jobs/{id}/retry`.
        """
        body = wire.fetch_body(fetch_request(actor=self.actor, **self.body(wire.FetchIn)))
        return Response(body, status=202, headers={"Location": body["url"], "Retry-After": ASK_AGAIN_S})


class FetchView(ApiView):
    scopes: ClassVar = {"GET": "videos:read"}

    @extend_schema(operation_id="fetches_get", responses={200: wire.FetchOut, **problems(404)})
    def get(self, request: Request, fetch_id: uuid.UUID) -> Response:
        """How far it is, and the video once it is here: it is prepared like any other then."""
        fetch = fetch_get_for_actor(self.actor, fetch_id)
        response = tagged(request, wire.fetch_body(fetch))
        if not fetch.job.is_finished:
            response["Retry-After"] = ASK_AGAIN_S
        return response
