"""How answers are compared as words."""

import re

from inference.reasoning.schema import CANNOT_TELL

_PUNCTUATION = re.compile(r"[^\w\s.:+-]")
_ARTICLE = re.compile(r"^(?:the|an?)\s+")
_ABSTAINING = frozenset(
    {CANNOT_TELL, "can not tell", "unknown", "not enough evidence", "insufficient", "insufficient evidence"}
)


def normalised(text: str) -> str:
    """Lower case, single spaces, no article, no punctuation at the end."""
    plain = _PUNCTUATION.sub(" ", text.lower().replace("_", " "))
    return _ARTICLE.sub("", " ".join(plain.split()).rstrip(".: "))


def abstains(answer: str) -> bool:
    return normalised(answer) in _ABSTAINING


def names(answer: str, options: tuple[str, ...]) -> list[str]:
    """The options that an answer names as whole words, longest first, none inside another."""
    left, found = f" {normalised(answer)} ", []
    for option in sorted(options, key=len, reverse=True):
        wanted = f" {normalised(option)} "
        if wanted in left:
            found.append(option)
            left = left.replace(wanted, " | ")
    return found
