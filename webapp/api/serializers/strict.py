"""What comes in: a field that nobody defined is refused, so that a misspelt one is not silently left out."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from webapp.api.paging import PAGE_MAX, PAGE_SIZE

UNKNOWN_FIELD = "There is no such field."


class StrictSerializer(serializers.Serializer[Any]):
    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise serializers.ValidationError({"non_field_errors": ["Send an object."]})
        unknown = {str(name): [UNKNOWN_FIELD] for name in data if name not in self.fields}
        try:
            found = super().to_internal_value(data)
        except serializers.ValidationError as error:
            found_wrong = error.detail if isinstance(error.detail, dict) else {}
            raise serializers.ValidationError({**found_wrong, **unknown}) from error
        if unknown:
            raise serializers.ValidationError(unknown)
        return found


class PageQuery(StrictSerializer):
    """`cursor`: out of the `next` of the page before."""

    limit = serializers.IntegerField(required=False, default=PAGE_SIZE, min_value=1, max_value=PAGE_MAX)
    cursor = serializers.CharField(required=False, max_length=1000)


class NoQuery(StrictSerializer):
    """For addresses that take no parameters."""
