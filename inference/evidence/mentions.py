"""Which labels a text names, in whatever form people write them."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from inference.evidence.labels.label import Label
from inference.evidence.lanes import Key
from inference.evidence.mention import FIRST_MARK, MAX_MENTIONS, MarkedText, Mention
from inference.evidence.ontology import ROWS, find

# The video itself, where "a clip" alone would be the metal one.
_VIDEO_CLIP = re.compile(
    r"\b(?:video|short|surgical|whole|entire|this|your) clips?\b|(?<=\bin the )clip\b|(?<=\bof the )clip\b"
    r"|\bclip(?= (?:shows?|displays?)\b)|(?<=\bdescribe the )clip\b"
)
_SPACE = r"[\s_-]+"


def mentions(text: str, others: Iterable[Key] = ()) -> list[Mention]:
    """Every label that `text` names, once, in the order they stand; `others`: labels that a timeline also uses."""
    return list(dict.fromkeys(marked(text, others).mentions))


def marked(text: str, others: Iterable[Key] = ()) -> MarkedText:
    """`text` with its mentions marked; the longest name wins: a phase's words are no action or anatomy besides."""
    forms = _forms(frozenset(others))
    found: list[Mention] = []

    def mark(match: re.Match[str]) -> str:
        if len(found) >= MAX_MENTIONS:
            return match[0]
        lane, label = forms.keys[_joined(match[0])]
        found.append(Mention(lane=lane, label=label))
        return chr(FIRST_MARK + len(found) - 1)

    return MarkedText(text=forms.pattern.sub(mark, normalised(text)), mentions=tuple(found))


def normalised(text: str) -> str:
    """Small letters, straight apostrophes, no private characters; the video called "video"."""
    plain_text = unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("‘", "'")
    plain_text = "".join(" " if MarkedText.is_mark(character) else character for character in plain_text)
    return _VIDEO_CLIP.sub("video", plain_text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forms:
    keys: dict[str, Key]
    pattern: re.Pattern[str]


@lru_cache(maxsize=64)
def _forms(others: frozenset[Key]) -> _Forms:
    keys: dict[str, Key] = {}
    for row in (*_strangers(others), *(row for row in ROWS if row.is_said)):
        if row.is_everyday and row.key not in others:
            continue
        for name in row.names:
            for form in _inflected(_joined(name.lower())):
                keys.setdefault(form, row.key)
    longest_first = sorted(keys, key=lambda form: (-len(form), form))
    written = (_SPACE.join(re.escape(word) for word in form.split(" ")) for form in longest_first)
    return _Forms(keys=keys, pattern=re.compile(rf"\b(?:{'|'.join(written)})\b"))


def _strangers(others: Iterable[Key]) -> list[Label]:
    """Labels of a timeline that are none of ours."""
    return [Label(lane=lane, name=label) for lane, label in sorted(others) if find(lane, label) is None and label]


def _joined(text: str) -> str:
    return " ".join(re.split(_SPACE, text.strip()))


def _inflected(form: str) -> tuple[str, ...]:
    """The form itself, before all, and its plural."""
    if form.endswith("y") and form[-2:-1] not in tuple("aeiou"):
        return form, f"{form[:-1]}ies"
    return (form, f"{form}es") if form.endswith(("s", "x", "ch", "sh")) else (form, f"{form}s")
