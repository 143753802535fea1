"""Corrections of answers and explanations: sent with 202, checked by code, read by somebody else, taken back."""

import uuid
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.api.conditional import tagged
from webapp.api.idempotency import idempotent
from webapp.api.serializers import corrections as wire
from webapp.api.serializers.out import page_serializer
from webapp.api.serializers.strict import PageQuery
from webapp.api.views.base import ApiView, listed
from webapp.api.views.schema import IDEMPOTENCY_KEY, problems
from webapp.conversations.selectors import answer_get_for_actor
from webapp.learning import corrections
from webapp.learning.drafts import Draft
from webapp.learning.looks import correction_look
from webapp.learning.models import Correction
from webapp.learning.selectors import correction_get_for_actor, corrections_of, corrections_readable, explanation_of
from webapp.videos.looks import library_look

READ, WRITE = "conversations:read", "conversations:write"
ASK_AGAIN_S = "2"


class CorrectionListView(ApiView):
    scopes: ClassVar = {"GET": READ}
    query = wire.CorrectionQuery

    @extend_schema(
        operation_id="corrections_list",
        parameters=[wire.CorrectionQuery],
        responses={200: page_serializer(wire.CorrectionOut), **problems(404)},
    )
    def get(self, request: Request) -> Response:
        """All that the caller has sent, newest first."""
        rows = corrections_of(self.actor)
        if "state" in self.asked:
            rows = rows.filter(state=self.asked["state"])
        page = self.page(rows, by=("created_at", "pk"))
        library_look(self.actor, [row.answer.question.conversation.video for row in page.rows])
        return listed(page, wire.correction_body)


class CorrectionWaitingView(ApiView):
    scopes: ClassVar = {"GET": READ}
    query = PageQuery

    @extend_schema(
        operation_id="corrections_waiting",
        parameters=[PageQuery],
        responses={200: page_serializer(wire.CorrectionOut), **problems(404)},
    )
    def get(self, request: Request) -> Response:
        """What waits for the caller to approve or decline it, oldest first. One's own is not in it."""
        page = self.page(corrections_readable(self.actor), by=("created_at", "pk"), is_rising=True)
        library_look(self.actor, [row.answer.question.conversation.video for row in page.rows])
        return listed(page, wire.correction_body)


class CorrectionSendView(ApiView):
    scopes: ClassVar = {"POST": WRITE}

    @extend_schema(
        operation_id="corrections_send",
        parameters=[IDEMPOTENCY_KEY],
        request=wire.CorrectionIn,
        responses={202: wire.CorrectionQueuedOut, **problems(400, 404, 409, 422)},
    )
    @idempotent
    def post(self, request: Request, answer_id: uuid.UUID) -> Response:
        """Of the caller's own answer. Code checks it first: its state tells what came of that."""
        answer = answer_get_for_actor(self.actor, answer_id)
        given = self.body(wire.CorrectionIn)
        explanation_id = given.pop("explanation", None)
        explanation = explanation_of(answer, explanation_id) if explanation_id else None
        made = corrections.correction_submit(answer, actor=self.actor, draft=Draft(**given), explanation=explanation)
        body = wire.queued_body(made)
        return Response(body, status=202, headers={"Location": body["correction_url"], "Retry-After": ASK_AGAIN_S})


class CorrectionView(ApiView):
    scopes: ClassVar = {"GET": READ}

    @extend_schema(operation_id="corrections_get", responses={200: wire.CorrectionOut, **problems(404)})
    def get(self, request: Request, correction_id: uuid.UUID) -> Response:
        """One's own, or one that the caller may approve."""
        found = correction_get_for_actor(self.actor, correction_id)
        correction_look(self.actor, found)
        return tagged(request, wire.correction_body(found))


class CorrectionReadView(ApiView):
    scopes: ClassVar = {"POST": WRITE}

    @extend_schema(
        operation_id="corrections_read",
        request=wire.CorrectionReadingIn,
        responses={201: wire.CorrectionOut, **problems(404, 409, 422)},
    )
    def post(self, request: Request, correction_id: uuid.UUID) -> Response:
        """One decline ends it; as many approvals as the site asks for make it a reference."""
        found = correction_get_for_actor(self.actor, correction_id)
        corrections.correction_read(found, actor=self.actor, **self.body(wire.CorrectionReadingIn))
        return Response(_told(self, found), status=201)


class CorrectionWithdrawView(ApiView):
    scopes: ClassVar = {"POST": WRITE}

    @extend_schema(
        operation_id="corrections_withdraw",
        request=wire.WithdrawalIn,
        responses={200: wire.CorrectionOut, **problems(404, 409, 422)},
    )
    def post(self, request: Request, correction_id: uuid.UUID) -> Response:
        """No training reads it any more."""
        found = correction_get_for_actor(self.actor, correction_id)
        corrections.correction_withdraw(found, actor=self.actor, **self.body(wire.WithdrawalIn))
        return Response(_told(self, found))


def _told(view: ApiView, correction: Correction) -> dict[str, Any]:
    """As it is now."""
    return wire.correction_body(correction_get_for_actor(view.actor, correction.pk))
