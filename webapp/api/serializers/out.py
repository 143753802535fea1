"""Pages of a list."""

from functools import cache
from typing import Any

from rest_framework import serializers


@cache
def page_serializer(item: type[serializers.BaseSerializer[Any]]) -> type[serializers.Serializer[Any]]:
    """`{"items": [...], "next": url or null}`, for the schema."""
    fields = {
        "items": item(many=True),
        "next": serializers.URLField(allow_null=True, help_text="The next page; null on the last."),
    }
    return type(f"{item.__name__}Page", (serializers.Serializer,), fields)
