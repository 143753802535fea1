"""File names and titles from outside. They are hostile: kept as text for people, never part of a path."""

import re
import unicodedata
from pathlib import PurePosixPath

MAX_CHARS = 255
FALLBACK = "video"
# Controls, format marks such as right-to-left overrides, lone surrogates, private use, unassigned.
_UNSEEN_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def clean_text(text: str) -> str:
    """NFC, on one line, without characters that cannot be seen, at most MAX_CHARS; may be empty."""
    normal = unicodedata.normalize("NFC", text)
    spaced = re.sub(r"\s+", " ", normal)
    seen = "".join(char for char in spaced if unicodedata.category(char) not in _UNSEEN_CATEGORIES)
    return seen.strip()[:MAX_CHARS].strip()


def clean_filename(text: str) -> str:
    """The last part of whatever path was sent, Windows' too; never empty, never only dots."""
    last = re.split(r"[/\\]", text.replace("\0", ""))[-1]
    name = clean_text(last)
    return name if name.strip(". ") else FALLBACK


def title_from_filename(filename: str) -> str:
    """case_17.final.MP4 -> case_17.final"""
    stem = PurePosixPath(filename).stem
    return clean_text(stem) or FALLBACK
