"""File names and titles from outside. They are hostile: kept as text for people, never part of a path."""

import re
import unicodedata
from pathlib import PurePosixPath

MAX_CHARS = 255
FALLBACK = "video"
# Controls, format marks such as right-to-left overrides, lone surrogates, private use, unassigned.
JOINERS = "\u200c\u200d"
# England's flag and its like: a black flag, the region in tags that cannot be seen, and their end.
_FLAG_OF_REGION = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f")
_UNSEEN_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def clean_text(text: str) -> str:
    """NFC, on one line, without characters that cannot be seen, at most MAX_CHARS; may be empty."""
    normal = unicodedata.normalize("NFC", text)
    spaced = re.sub(r"\s+", " ", normal)
    flags = {at for flag in _FLAG_OF_REGION.finditer(spaced) for at in range(*flag.span())}
    kept = "".join(char for at, char in enumerate(spaced) if at in flags or _is_kept(spaced, at))
    return kept.strip()[:MAX_CHARS].strip()


def _is_kept(text: str, at: int) -> bool:
    char = text[at]
    if char in JOINERS:
        # Persian, Hindi and joined emoji are spelt with them; anywhere else they only hide.
        return 0 < at < len(text) - 1 and _joins(text[at - 1]) and _joins(text[at + 1])
    return unicodedata.category(char) not in _UNSEEN_CATEGORIES


def _joins(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMS"


def clean_filename(text: str) -> str:
    """The last part of whatever path was sent, Windows' too; never empty, never only dots."""
    last = re.split(r"[/\\]", text.replace("\0", ""))[-1]
    name = clean_text(last)
    return name if name.strip(". ") else FALLBACK


def title_from_filename(filename: str) -> str:
    """case_17.final.MP4 -> case_17.final"""
    stem = PurePosixPath(filename).stem
    return clean_text(stem) or FALLBACK
