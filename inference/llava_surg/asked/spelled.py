"""English times in words, written so that times.py reads them: "forty", "the 10th second", "a minute and a half"."""

import re
from collections.abc import Callable
from functools import cache

_ONES = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
_ONES += " eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_UNIT = r"(?:s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b"
_MINUTES = r"(?:m|mins?|minutes?)"


@cache
def numbers() -> dict[str, int]:
    """ "one" to "ninety-nine"."""
    ones, tens = _ONES.split(), _TENS.split()
    found = {word: number for number, word in enumerate(ones, start=1)}
    for ten, word in enumerate(tens, start=2):
        found[word] = 10 * ten
        found |= {f"{word}{join}{one}": 10 * ten + number for join in "- " for number, one in enumerate(ones[:9], 1)}
    return found


def with_digits(text: str) -> str:
    """`text` in small letters. Number words become digits, also where they count things."""
    for pattern, replace in _rewrites():
        text = pattern.sub(replace, text)
    return text


@cache
def _rewrites() -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]:
    words, ordinals = "|".join(sorted(numbers(), key=len, reverse=True)), "|".join(_ORDINALS.split()[1:])
    rows: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
        (rf"\b(?:the )?({ordinals}) minute\b", lambda found: _nth_minute(_ORDINALS.split().index(found[1]) + 1)),
        (
            rf"\b(?:the )?({ordinals}) second\b(?! half)",
            lambda found: f"second {_ORDINALS.split().index(found[1]) + 1}",
        ),
        (r"\b(?:the )?(\d+)(?:st|nd|rd|th) minute\b", lambda found: _nth_minute(int(found[1]))),
        (
            rf"(?<!of the )(?<!of these )\b({words})\b(?! of (?:the|them|these|those)\b)",
            lambda found: str(numbers()[found[1]]),
        ),
        (r"\b(?:a|1) minute and a half\b|\b(?:1|a) and a half minutes?\b", lambda _: "90 s"),
        (r"\b(?:a|1) minute and a quarter\b", lambda _: "75 s"),
        (r"\b(\d+)(?: minutes?)? and a half(?: minutes?)\b", lambda found: f"{int(found[1]) * 60 + 30} s"),
        (r"\b(?:a )?half (?:a |of a )?minute\b", lambda _: "30 s"),
        (r"\b(?:a )?quarter (?:of )?(?:a )?minute\b", lambda _: "15 s"),
        (r"\b(?:the )?(\d+)[- ](second|minute) mark\b", lambda found: f"{found[2]} {found[1]}"),
        (rf"\b(\d+) ?{_MINUTES}(?: and|,)? ?([0-5]?\d)(?: ?s(?:ec(?:ond)?s?)?\b|(?= *(?:[?,.;!]|$)))", _clock),
        (
            r"\b(?:the )?(\d+)(?:st|nd|rd|th)? (and|to|till|until) (?:the )?(\d+)(?:st|nd|rd|th) (seconds?|minutes?)\b",
            lambda found: f"{found[4]} {found[1]} {found[2]} {found[4]} {found[3]}",
        ),
        (r"\b(?:the )?(\d+)(?:st|nd|rd|th) (second)\b", lambda found: f"second {found[1]}"),
        (rf"(?<=\d)[ -](?={_UNIT})", lambda _: " "),
    )
    return tuple((re.compile(pattern), replace) for pattern, replace in rows)


def _nth_minute(number: int) -> str:
    return f"from {60 * (number - 1)} s to {60 * number} s"


def _clock(found: re.Match[str]) -> str:
    return f"{found[1]}:{int(found[2]):02d}"
