"""What a person typed, before it becomes a row: trimmed, without control characters, of a sane length."""

import re
from dataclasses import dataclass

from django.conf import settings

from webapp.lib.errors import InvalidInput

REASON_MAX_CHARS = 1000
REQUEST_KEY_MAX_CHARS = 100
# Databases refuse NUL, no keyboard types the others, and those that turn the reading direction make one text look like
# another.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of the video, in seconds from its start."""

    start_s: float
    end_s: float


def clean_question(text: str) -> str:
    """Raises InvalidInput with a sentence that says what to change."""
    cleaned = _clean(text)
    if not any(character.isalnum() for character in cleaned):
        raise InvalidInput("Type a question first.", code="question_empty")
    if len(cleaned) > settings.QUESTION_MAX_CHARS:
        raise InvalidInput(
            f"The question is too long: {len(cleaned):,} characters, at most {settings.QUESTION_MAX_CHARS:,}. "
            "Shorten it and send it again.",
            code="question_too_long",
        )
    return cleaned


def clean_reason(text: str) -> str:
    cleaned = _clean(text)
    if len(cleaned) > REASON_MAX_CHARS:
        raise InvalidInput(f"The reason is too long: at most {REASON_MAX_CHARS:,} characters.", code="reason_too_long")
    return cleaned


def clean_request_key(key: str) -> str:
    if len(key) > REQUEST_KEY_MAX_CHARS or not key.isprintable():
        raise InvalidInput("The Idempotency-Key is not valid.", code="request_key_invalid")
    return key


def clean_window(window: Window | None, *, duration_s: float | None) -> Window | None:
    """Clamped to the video. Raises InvalidInput if nothing is left of it."""
    if window is None:
        return None
    end_s = min(window.end_s, duration_s) if duration_s is not None else window.end_s
    start_s = max(window.start_s, 0.0)
    # Written so that a NaN is refused too.
    if not start_s < end_s:
        raise InvalidInput("Choose a part of the video that ends after it starts.", code="window_invalid")
    return Window(start_s=start_s, end_s=end_s)


def _clean(text: str) -> str:
    return CONTROL_CHARACTERS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
