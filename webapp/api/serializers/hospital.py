"""The hospital itself on the wire: departments, members, usage, models, the audit log, and who is asking."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from webapp.accounts.models import Department, Membership
from webapp.api.bearer import Access
from webapp.api.models import ApiToken
from webapp.api.serializers.strict import PageQuery, StrictSerializer, Text, YesNo
from webapp.audit.actions import Action
from webapp.audit.models import AuditEvent
from webapp.registry.models import ModelKind, ModelVersion
from webapp.videos.usage import StorageUsage


class MeOut(serializers.Serializer[Any]):
    user = serializers.UUIDField()
    name = serializers.CharField()
    hospital = serializers.UUIDField()
    hospital_name = serializers.CharField()
    role = serializers.ChoiceField(choices=Membership.Role.choices)
    scopes = serializers.ListField(child=serializers.CharField())


def me_body(access: Access) -> dict[str, Any]:
    member = access.actor.member
    return {
        "user": str(member.user_id),
        "name": str(member.user),
        "hospital": str(member.hospital_id),
        "hospital_name": member.hospital.name,
        "role": member.role,
        "scopes": sorted(access.scopes),
    }


class DepartmentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    name = serializers.CharField()
    viewing = serializers.ChoiceField(choices=Department.Viewing.choices)


class DepartmentChange(StrictSerializer):
    viewing = serializers.ChoiceField(choices=Department.Viewing.choices)


def department_body(department: Department) -> dict[str, Any]:
    return {
        "id": str(department.pk),
        "url": reverse("api:department", args=[department.pk]),
        "name": department.name,
        "viewing": department.viewing,
    }


class MemberOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    url = serializers.CharField()
    user = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=Membership.Role.choices)
    department = serializers.UUIDField(allow_null=True)
    is_active = serializers.BooleanField()


class MemberChange(StrictSerializer):
    is_active = YesNo()


def member_body(member: Membership) -> dict[str, Any]:
    return {
        "id": member.pk,
        "url": reverse("api:member", args=[member.pk]),
        "user": str(member.user_id),
        "email": member.user.email,
        "name": member.user.name,
        "role": member.role,
        "department": str(member.department_id) if member.department_id else None,
        "is_active": member.user.is_active,
    }


class UsageOut(serializers.Serializer[Any]):
    used_bytes = serializers.IntegerField()
    in_flight_bytes = serializers.IntegerField()
    quota_bytes = serializers.IntegerField()
    left_bytes = serializers.IntegerField()


def usage_body(usage: StorageUsage) -> dict[str, int]:
    return {
        "used_bytes": usage.used_bytes,
        "in_flight_bytes": usage.in_flight_bytes,
        "quota_bytes": usage.quota_bytes,
        "left_bytes": usage.left_bytes,
    }


class ModelQuery(PageQuery):
    kind = serializers.ChoiceField(choices=ModelKind.choices, required=False)
    state = serializers.ChoiceField(choices=ModelVersion.State.choices, required=False)


class ModelOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    kind = serializers.ChoiceField(choices=ModelKind.choices)
    name = serializers.CharField()
    version = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=ModelVersion.State.choices)
    sha256 = serializers.CharField()
    artifact_id = serializers.CharField()
    licence = serializers.CharField()
    card = serializers.CharField(help_text="The name of its model card; empty for none.")
    created_at = serializers.DateTimeField()


def model_body(version: ModelVersion) -> dict[str, Any]:
    return {
        "id": str(version.pk),
        "url": reverse("api:model", args=[version.pk]),
        "kind": version.kind,
        "name": version.name,
        "version": version.version,
        "title": version.title,
        "state": version.state,
        "sha256": version.sha256,
        "artifact_id": version.artifact_id,
        "licence": version.licence,
        "card": version.card,
        "created_at": version.created_at.isoformat(),
    }


class AuditQuery(PageQuery):
    action = serializers.ChoiceField(choices=Action.choices, required=False)
    person = Text(required=False, allow_blank=True, max_length=254)
    object_id = Text(required=False, allow_blank=True, max_length=64)
    first_day = serializers.DateField(required=False)
    last_day = serializers.DateField(required=False)


class AuditOut(serializers.Serializer[Any]):
    sequence = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor_id = serializers.CharField()
    actor_email = serializers.CharField()
    action = serializers.CharField()
    object_type = serializers.CharField()
    object_id = serializers.CharField()
    ip_address = serializers.CharField()
    detail = serializers.DictField()
    previous_hash = serializers.CharField()
    hash = serializers.CharField()


def audit_body(event: AuditEvent) -> dict[str, Any]:
    """Ids alone, as the row has them: no title is in it."""
    return {
        "sequence": event.sequence,
        "at": event.at.isoformat(),
        "actor_id": event.actor_id,
        "actor_email": event.actor_email,
        "action": event.action,
        "object_type": event.object_type,
        "object_id": event.object_id,
        "ip_address": event.ip_address,
        "detail": event.detail,
        "previous_hash": event.previous_hash,
        "hash": event.hash,
    }


class TokenOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


def token_body(token: ApiToken) -> dict[str, Any]:
    return {
        "id": str(token.pk),
        "url": reverse("api:token", args=[token.pk]),
        "name": token.name,
        "scopes": token.scopes,
        "created_at": token.created_at.isoformat(),
        "expires_at": token.expires_at.isoformat(),
        "last_used_at": token.last_used_at.isoformat() if token.last_used_at else None,
    }
