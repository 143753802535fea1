"""Which labels a question names: the ontology's own words are English, other languages bring theirs."""

import re
from collections.abc import Iterable

from inference.evidence.lanes import Key
from inference.evidence.mention import FIRST_MARK, MarkedText, Mention
from inference.evidence.mentions import marked, normalised
from inference.llava_surg.asked.words import LanguageWords


def marked_in(text: str, words: LanguageWords, others: Iterable[Key] = ()) -> MarkedText:
    """`text` in small letters with its mentions marked, whichever language names them."""
    if not words.labels:
        return marked(text, others)
    found: list[Mention] = []
    rest = normalised(text)
    for key, pattern in words.compiled_labels:
        rest = pattern.sub(lambda _, key=key: _mark(found, key), rest)  # type: ignore[misc]
    return MarkedText(text=re.sub(r"\s+", " ", rest), mentions=tuple(found))


def _mark(found: list[Mention], key: Key) -> str:
    found.append(Mention(lane=key[0], label=key[1]))
    return f" {chr(FIRST_MARK + len(found) - 1)} "
