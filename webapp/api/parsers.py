"""Bodies: JSON objects of a bounded size, in which no key stands twice (RFC 8259 leaves open which would count)."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from webapp.api.errors import BadRequest
from webapp.lib.errors import TooLarge

BODY_MAX_BYTES = 1024 * 1024


class JsonParser(BaseParser):
    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        raw = stream.read(BODY_MAX_BYTES + 1)
        if len(raw) > BODY_MAX_BYTES:
            raise TooLarge(f"A body has at most {BODY_MAX_BYTES} bytes.", "body_too_large")
        try:
            return json.loads(raw.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_no_constant)
        except (UnicodeDecodeError, ValueError, RecursionError) as error:
            raise BadRequest(f"The body is not JSON: {error}", "bad_json") from error


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")
