"""What a form of these pages sent, as the services take it."""

import math
import uuid
from collections.abc import Iterator

from django.http import HttpRequest

from webapp.conversations.text import Window
from webapp.lib.errors import InvalidInput

SCORE_PREFIX = "score-"
ITEM_PARTS = ("name", "description", "low", "high")


def posted_scores(request: HttpRequest) -> dict[str, str]:
    """By key of the item."""
    return {
        name.removeprefix(SCORE_PREFIX): str(value)
        for name, value in request.POST.items()
        if name.startswith(SCORE_PREFIX) and value
    }


def posted_window(request: HttpRequest) -> Window | None:
    """None where neither end was given. Raises InvalidInput for what is no number of seconds or "1:02"."""
    start, end = request.POST.get("start", "").strip(), request.POST.get("end", "").strip()
    if not start and not end:
        return None
    return Window(start_s=seconds(start), end_s=seconds(end))


def seconds(text: str) -> float:
    """ "63.4", "1:03" or "1:02:03" in seconds. Raises InvalidInput."""
    try:
        parts = [float(part) for part in text.split(":")]
    except ValueError as error:
        raise InvalidInput("Write a time as minutes and seconds, such as 1:02.", code="time_invalid") from error
    if len(parts) > 3 or not all(math.isfinite(part) and part >= 0 for part in parts):
        raise InvalidInput("Write a time as minutes and seconds, such as 1:02.", code="time_invalid")
    total = 0.0
    for part in parts:
        total = 60 * total + part
    return total


def posted_items(request: HttpRequest) -> list[dict[str, str]]:
    """The rows of a rubric's form, in order; those without a name are left out."""
    return [item for item in _item_rows(request) if item["name"].strip()]


def posted_uuid(request: HttpRequest, name: str) -> uuid.UUID | None:
    """None where nothing was chosen. Raises InvalidInput."""
    text = request.POST.get(name, "")
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise InvalidInput("Choose one from the list.", code="choice_invalid") from error


def _item_rows(request: HttpRequest) -> Iterator[dict[str, str]]:
    columns = {part: request.POST.getlist(f"item-{part}") for part in ITEM_PARTS}
    for row in range(len(columns["name"])):
        yield {part: values[row] if row < len(values) else "" for part, values in columns.items()}
