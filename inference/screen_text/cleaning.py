"""Text from a picture is a stranger's text: what could act as more than letters is taken out, and it is kept short."""

import re
import unicodedata
from difflib import SequenceMatcher

MAX_CHARS = 80
MIN_CHARS = 2
# Nothing that long is one line; what is cut here would only cost time.
MAX_RAW_CHARS = 1000
ALIKE = 0.6
_SPACE = re.compile(r"\s+")
_DIGIT = re.compile(r"\d")


def cleaned(text: str) -> str:
    """One line of at most 80 characters without control, direction and invisible marks; "" if nothing is left to read.

    Angle brackets stay, for a screen may show them: whoever shows the text escapes it.
    """
    seen = "".join(mark for mark in _SPACE.sub(" ", text[:MAX_RAW_CHARS]) if unicodedata.category(mark)[0] != "C")
    # Composed first, so that an umlaut is a letter and only marks piled up on letters are left to take out.
    composed = unicodedata.normalize("NFKC", seen)
    line = _SPACE.sub(" ", "".join(mark for mark in composed if unicodedata.category(mark)[0] not in "CM")).strip()
    if sum(mark.isalnum() for mark in line) < MIN_CHARS:
        return ""
    return line if len(line) <= MAX_CHARS else f"{line[: MAX_CHARS - 1].rstrip()}…"


def are_alike(one: str, other: str) -> bool:
    """The same line read twice: a clock that went on, or a letter misread."""
    return SequenceMatcher(None, _shape(one), _shape(other), autojunk=False).ratio() >= ALIKE


def digits_of(text: str) -> str:
    return "".join(_DIGIT.findall(text))


def _shape(text: str) -> str:
    return _DIGIT.sub("0", _SPACE.sub("", text)).casefold()
