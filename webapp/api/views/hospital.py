"""The hospital itself, for its administrators' programs; models and tokens for everybody's."""

import uuid
from typing import ClassVar

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts import services as accounts
from webapp.accounts.models import Department, Membership
from webapp.accounts.selectors import (
    department_get_for_admin,
    department_list,
    member_get_for_admin,
    member_list_for_admin,
)
from webapp.api import services
from webapp.api.bearer import Access
from webapp.api.conditional import require_match, tagged
from webapp.api.selectors import token_get_for_actor, token_list_for_actor
from webapp.api.serializers import hospital as wire
from webapp.api.serializers.out import page_serializer
from webapp.api.serializers.strict import PageQuery
from webapp.api.views.base import ApiView, listed
from webapp.api.views.schema import IF_MATCH, problems
from webapp.audit.looks import audit_look
from webapp.audit.selectors import AuditFilter, audit_list_for_admin
from webapp.registry.selectors import model_version_get, model_versions
from webapp.videos.usage import usage_get


class MeView(ApiView):
    @extend_schema(operation_id="me_get", responses={200: wire.MeOut, **problems()})
    def get(self, request: Request) -> Response:
        """Whose token this is, and what it reaches."""
        assert isinstance(request.auth, Access)
        return tagged(request, wire.me_body(request.auth))


class DepartmentListView(ApiView):
    scopes: ClassVar = {"GET": "departments:read"}
    query = PageQuery

    @extend_schema(
        operation_id="departments_list",
        parameters=[PageQuery],
        responses={200: page_serializer(wire.DepartmentOut), **problems(404)},
    )
    def get(self, request: Request) -> Response:
        page = self.page(department_list(self.actor.administrator), by=("name", "pk"), is_rising=True)
        return listed(page, wire.department_body)


class DepartmentView(ApiView):
    scopes: ClassVar = {"GET": "departments:read", "PATCH": "departments:write"}

    @extend_schema(operation_id="departments_get", responses={200: wire.DepartmentOut, **problems(404)})
    def get(self, request: Request, department_id: uuid.UUID) -> Response:
        department = department_get_for_admin(self.actor.administrator, department_id)
        return tagged(request, wire.department_body(department))

    @extend_schema(
        operation_id="departments_change",
        parameters=[IF_MATCH],
        request=wire.DepartmentChange,
        responses={200: wire.DepartmentOut, **problems(404, 412, 422, 428)},
    )
    def patch(self, request: Request, department_id: uuid.UUID) -> Response:
        """Who sees what of a department."""
        change = self.body(wire.DepartmentChange)
        with transaction.atomic():
            admin = self.actor.administrator
            Department.objects.select_for_update().filter(pk=department_id).first()
            department = department_get_for_admin(admin, department_id)
            require_match(request, wire.department_body(department))
            accounts.department_set_viewing(actor=self.actor, department=department, **change)
        return tagged(request, wire.department_body(department))


class MemberListView(ApiView):
    scopes: ClassVar = {"GET": "members:read"}
    query = PageQuery

    @extend_schema(
        operation_id="members_list",
        parameters=[PageQuery],
        responses={200: page_serializer(wire.MemberOut), **problems(404)},
    )
    def get(self, request: Request) -> Response:
        page = self.page(member_list_for_admin(self.actor.administrator), by=("pk",), is_rising=True)
        return listed(page, wire.member_body)


class MemberView(ApiView):
    scopes: ClassVar = {"GET": "members:read", "PATCH": "members:write"}

    @extend_schema(operation_id="members_get", responses={200: wire.MemberOut, **problems(404)})
    def get(self, request: Request, member_id: int) -> Response:
        return tagged(request, wire.member_body(member_get_for_admin(self.actor.administrator, member_id)))

    @extend_schema(
        operation_id="members_change",
        parameters=[IF_MATCH],
        request=wire.MemberChange,
        responses={200: wire.MemberOut, **problems(404, 409, 412, 422, 428)},
    )
    def patch(self, request: Request, member_id: int) -> Response:
        """Deactivated: signed out everywhere at once, and all tokens stop. Activated: they can sign in again."""
        is_active = self.body(wire.MemberChange)["is_active"]
        with transaction.atomic():
            admin = self.actor.administrator
            Membership.objects.select_for_update().filter(pk=member_id).first()
            member = member_get_for_admin(admin, member_id)
            require_match(request, wire.member_body(member))
            change = accounts.member_activate if is_active else accounts.member_deactivate
            change(actor=self.actor, member=member)
        return tagged(request, wire.member_body(member_get_for_admin(admin, member_id)))


class UsageView(ApiView):
    scopes: ClassVar = {"GET": "usage:read"}

    @extend_schema(operation_id="usage_get", responses={200: wire.UsageOut, **problems()})
    def get(self, request: Request) -> Response:
        """Bytes of the hospital's storage."""
        return tagged(request, wire.usage_body(usage_get(self.actor.administrator.hospital)))


class ModelListView(ApiView):
    scopes: ClassVar = {"GET": "models:read"}
    query = wire.ModelQuery

    @extend_schema(
        operation_id="models_list",
        parameters=[wire.ModelQuery],
        responses={200: page_serializer(wire.ModelOut), **problems(404)},
    )
    def get(self, request: Request) -> Response:
        """Versions of models, newest first, those of before too: answers point at them."""
        chosen = {name: self.asked[name] for name in ("kind", "state") if name in self.asked}
        return listed(self.page(model_versions().filter(**chosen), by=("created_at", "pk")), wire.model_body)


class ModelView(ApiView):
    scopes: ClassVar = {"GET": "models:read"}

    @extend_schema(operation_id="models_get", responses={200: wire.ModelOut, **problems(404)})
    def get(self, request: Request, version_id: uuid.UUID) -> Response:
        return tagged(request, wire.model_body(model_version_get(version_id)))


class AuditListView(ApiView):
    scopes: ClassVar = {"GET": "audit:read"}
    query = wire.AuditQuery

    @extend_schema(
        operation_id="audit_list",
        parameters=[wire.AuditQuery],
        responses={200: page_serializer(wire.AuditOut), **problems(404)},
    )
    def get(self, request: Request) -> Response:
        """The hospital's chain, newest first, by ids alone."""
        chosen = AuditFilter(**{name: value for name, value in self.asked.items() if name not in ("limit", "cursor")})
        rows = audit_list_for_admin(self.actor, chosen)
        audit_look(self.actor, chosen)
        return listed(self.page(rows, by=("sequence",)), wire.audit_body)


class TokenListView(ApiView):
    query = PageQuery

    @extend_schema(
        operation_id="tokens_list",
        parameters=[PageQuery],
        responses={200: page_serializer(wire.TokenOut), **problems(404)},
    )
    def get(self, request: Request) -> Response:
        """One's own tokens. They are made on the page of one's account."""
        return listed(self.page(token_list_for_actor(self.actor), by=("created_at", "pk")), wire.token_body)


class TokenView(ApiView):
    @extend_schema(operation_id="tokens_get", responses={200: wire.TokenOut, **problems(404)})
    def get(self, request: Request, token_id: uuid.UUID) -> Response:
        return tagged(request, wire.token_body(token_get_for_actor(self.actor, token_id)))

    @extend_schema(operation_id="tokens_revoke", responses={204: None, **problems(404)})
    def delete(self, request: Request, token_id: uuid.UUID) -> Response:
        """Also the one that is used for it."""
        services.token_revoke(token_get_for_actor(self.actor, token_id), actor=self.actor)
        return Response(status=204)
