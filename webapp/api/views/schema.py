"""What the OpenAPI document says of every address: problems, preconditions, keys."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from webapp.lib.http import PROBLEM_CONTENT_TYPE

# Every address may answer with these.
ALWAYS = (401, 403, 405, 406, 429)
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": '^"[0-9a-f]{32}"$'},
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the version that is changed.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[A-Za-z0-9_.:~+/=-]{1,100}$"},
    OpenApiParameter.HEADER,
    required=True,
    description="Another one for each request.",
)
LAST_EVENT_ID = OpenApiParameter(
    "Last-Event-ID", str, OpenApiParameter.HEADER, description="The id of the last event that was received."
)


class ProblemError(serializers.Serializer[Any]):
    detail = serializers.CharField()
    pointer = serializers.CharField(required=False, help_text="JSON Pointer into the body (RFC 6901).")
    parameter = serializers.CharField(required=False, help_text="Name of a parameter of the address.")


class Problem(serializers.Serializer[Any]):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(help_text="What programs can rely on.")
    instance = serializers.CharField(required=False)
    errors = ProblemError(many=True, required=False)  # type: ignore[assignment]  # a field of that name


def _one_form(field: dict[str, Any]) -> dict[str, Any]:
    """A pattern that lets an empty text through needs no second form for it, which would be one too many."""
    forms = field.get("oneOf", [])
    is_doubled = len(forms) == 2 and "pattern" in forms[0] and forms[1].get("maxLength") == 0
    rest = {name: value for name, value in field.items() if name != "oneOf"}
    return {**forms[0], **rest} if is_doubled else field


def problems(*statuses: int) -> dict[Any, Any]:
    """Responses for `extend_schema`: these and those that every address may give. 400: also an unknown parameter."""
    return {
        (status, PROBLEM_CONTENT_TYPE): OpenApiResponse(Problem, description=HTTPStatus(status).phrase)
        for status in sorted({*statuses, *ALWAYS, 400})
    }


class StrictFields(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """What comes in has the fields that are named, and no others."""

    target_class = "webapp.api.serializers.strict.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        mapper: Any = auto_schema
        schema: dict[str, Any] = mapper._map_serializer(self.target, direction, bypass_extensions=True)
        fields = {name: _one_form(field) for name, field in schema.get("properties", {}).items()}
        return {**schema, "properties": fields, "additionalProperties": False}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "webapp.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
