"""Seconds named by what is seen in them: "during the clipping", "right before the bleeding"."""

import re

from inference.evidence.mention import MarkedText
from inference.evidence.naming import named
from inference.llava_surg.asked.asked import Anchor
from inference.llava_surg.asked.words import LanguageWords

# "In the preparation": of a phase it says when, of anything else where.
IN_PHASE = "in_phase"
_ASKS = re.compile(r"\b(?:what|which|when|describe|list|tell|was|welche\w*|wann|beschreib\w*)\b")


def _asks_of_it(rest: str) -> bool:
    """ "Are we in the preparation?" asks for the phase itself."""
    return any(MarkedText.is_mark(one) for one in rest) or _ASKS.search(rest) is not None


def anchor_in(text: str, words: LanguageWords, marked: MarkedText) -> tuple[Anchor | None, str]:
    """The first anchor of a question, and the text without it."""
    for relation, pattern in words.compiled_anchors:
        found = pattern.search(text)
        if found is None:
            continue
        mark = next(character for character in found[0] if MarkedText.is_mark(character))
        if relation == IN_PHASE:
            if marked.at(mark).lane != "phase" or not _asks_of_it(text.replace(found[0], " ")):
                continue
            relation = "during"
        is_close = found.groupdict().get("close") is not None
        rest = f"{text[: found.start()]} {text[found.end() :]}"
        return Anchor(relation=relation, key=named(marked.at(mark).key), is_close=is_close), re.sub(r"\s+", " ", rest)
    return None, text
