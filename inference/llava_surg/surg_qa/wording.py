"""Comparing words: is a span in a text, which numbers does it name, which words carry its meaning."""

import re

_STOP_TEXT = """
a about above after again all also an and any are as at be because been before being below between both but by can could
did do does doing down during each few for from further had has have having he her here hers him his how i if in into is
it its itself just let like may me might more most must my no nor not now of off on once one only or other our out over
own same she should so some such than that the their them then there these they this those through to too under until up
us very was we were what when where which while who why will with would you your going want see seen use used using
surgeon surgeons performed perform
"""
_NUMBERS_TEXT = "zero one two three four five six seven eight nine ten eleven twelve"
STOP_WORDS = frozenset(_STOP_TEXT.split())
NUMBER_WORDS = {word: str(value) for value, word in enumerate(_NUMBERS_TEXT.split())}
WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")


def words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in WORD.findall(text)]


def same_words(span: str, text: str) -> bool:
    """True if the span's words stand in the text in the same order with nothing between; case and marks are free."""
    inner, outer = words(span), words(text)
    return bool(inner) and any(outer[i : i + len(inner)] == inner for i in range(len(outer) - len(inner) + 1))


def numbers(text: str) -> set[str]:
    """Numbers in digits; the small ones also when spelt out."""
    spelt = {NUMBER_WORDS[word] for word in words(text) if word in NUMBER_WORDS and word not in ("one", "zero")}
    return set(re.findall(r"\d+(?:[.,]\d+)?", text)) | spelt


def stem(word: str) -> str:
    """A rough stem: enough to let "clipping" meet "clip" and "ducts" meet "duct"."""
    for suffix in ("ingly", "ations", "ation", "ing", "ies", "ed", "es", "s", "ly"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word.rstrip("e")


def content_words(text: str) -> set[str]:
    return {stem(word) for word in words(text) if word not in STOP_WORDS and not word.isdigit()}
