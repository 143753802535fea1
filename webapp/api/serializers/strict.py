"""What comes in: a field that nobody defined is refused, so that a misspelt one is not silently left out."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from webapp.api.paging import PAGE_MAX, PAGE_SIZE

UNKNOWN_FIELD = "There is no such field."


# At least one sign that can be seen: no controls, no blanks, nothing invisible.
VISIBLE = (
    r"[^\u0000-\u0020\u007f-\u00a0\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ue000-\uf8ff\ufeff\ufff0-\uffff]"
)
NOT_TEXT = "Send a text."


class Text(serializers.RegexField):
    """A text, and not a number that could be one. No NUL in it; something to see unless it may be blank."""

    def __init__(self, *, allow_blank: bool = False, **options: Any) -> None:
        pattern = r"^[^\u0000]*$" if allow_blank else rf"^[^\u0000]*{VISIBLE}[^\u0000]*$"
        super().__init__(pattern, allow_blank=allow_blank, trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError(NOT_TEXT)
        return super().to_internal_value(data)


class Pattern(serializers.RegexField):
    """A text of one form."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError(NOT_TEXT)
        return super().to_internal_value(data)


class YesNo(serializers.BooleanField):
    """true or false, and none of the many texts that could mean one."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise serializers.ValidationError("Send true or false.")
        return data


class Day(serializers.DateField):
    """An empty text takes the day back, as null does."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(None if data == "" else data)


class Id(serializers.UUIDField):
    """An empty text names nothing, as null does."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(None if data == "" and self.allow_null else data)


class Seconds(serializers.FloatField):
    """A number, and no text that could be one."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            raise serializers.ValidationError("Send a number of seconds.")
        return super().to_internal_value(data)


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
    cursor = Pattern(r"^[!-~]+$", required=False, max_length=1000)


class NoQuery(StrictSerializer):
    """For addresses that take no parameters."""
