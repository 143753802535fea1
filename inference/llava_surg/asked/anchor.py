"""Seconds named by what is seen in them: "during the clipping", "right before the bleeding"."""

import re

from inference.evidence.mention import MarkedText
from inference.evidence.naming import named
from inference.llava_surg.asked.asked import Anchor
from inference.llava_surg.asked.words import LanguageWords


def anchor_in(text: str, words: LanguageWords, marked: MarkedText) -> tuple[Anchor | None, str]:
    """The first anchor of a question, and the text without it."""
    for relation, pattern in words.compiled_anchors:
        found = pattern.search(text)
        if found is None:
            continue
        mark = next(character for character in found[0] if MarkedText.is_mark(character))
        is_close = found.groupdict().get("close") is not None
        rest = f"{text[: found.start()]} {text[found.end() :]}"
        return Anchor(relation=relation, key=named(marked.at(mark).key), is_close=is_close), re.sub(r"\s+", " ", rest)
    return None, text
