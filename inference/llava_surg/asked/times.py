"""Which seconds a question names: clock times, seconds and minutes, "the first three seconds", "the second half"."""

import math
import re
from dataclasses import dataclass

from inference.llava_surg.asked.spelled import with_digits
from inference.llava_surg.asked.words import MARK_CLASS, LanguageWords

# Around a single named second.
AT_MARGIN_S = 2.0
# "At the beginning", "at the end": this share of the video, within these seconds.
EDGE_SHARE, MIN_EDGE_S, MAX_EDGE_S = 0.15, 3.0, 60.0
# Tried in this order: "from 0:02 to 0:05" before "from 0:02".
_ORDER = (
    "after_end", "before_end", "from_start", "to_end", "after_first", "before_last", "offset_before",
    "offset_after", "from_to", "range", "first_swapped", "first", "last_swapped", "last", "after", "before",
    "first_half", "second_half", "first_third", "middle_third", "last_third", "middle", "start", "end", "at",
    "at_in", "unit_first", "alone",
)  # fmt: skip
_OF_ANY_LANGUAGE = {"alone": r"^\W*{a}\W*$"}
_CLOCK = r"(?:(?P<{n}H>\d{{1,2}})[:h])?(?P<{n}M>\d{{1,3}})[:](?P<{n}S>[0-5]\d)(?:\s*(?:uhr|h|min|s)\b)?"
_ALSO = re.compile(rf"(?:\b(?:and|or|und|oder|et|ou|y|o|e)\s+|[,&和]\s*){_CLOCK.format(n='a')}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSpan:
    """Seconds as they were asked for, not yet cut to the video; `rest` is the question without the words for them."""

    start_s: float
    end_s: float
    rest: str


MAX_SPANS = 4


def asked_spans(text: str, words: LanguageWords, *, duration_s: float) -> list[AskedSpan]:
    """All that the question names, in the order they are found; the last one's `rest` is without any of them."""
    found: list[AskedSpan] = []
    rest = with_digits(text) if words.code == "en" else text
    while len(found) < MAX_SPANS:
        span = asked_span(rest, words, duration_s=duration_s) or (_beside(rest, words) if found else None)
        if span is None:
            break
        found.append(span)
        rest = span.rest
    return found


def _beside(text: str, words: LanguageWords) -> AskedSpan | None:
    """ "At 0:10 and 0:40": a clock time that follows another."""
    found = _ALSO.search(text)
    second_s = None if found is None else _seconds(found, "a", words)
    if found is None or second_s is None:
        return None
    start_s, end_s = _around(second_s)
    return AskedSpan(start_s=start_s, end_s=end_s, rest=f"{text[: found.start()]} {text[found.end() :]}")


def asked_span(text: str, words: LanguageWords, *, duration_s: float) -> AskedSpan | None:
    """None where the question names no time. `text` in small letters."""
    for name in _ORDER:
        pattern = words.time_words.get(name, _OF_ANY_LANGUAGE.get(name))
        if pattern is None:
            continue
        found = _compiled(pattern, words).search(text)
        span = None if found is None else _span(name, found, words, duration_s)
        if found is not None and span is not None:
            rest = f"{text[: found.start()]} {text[found.end() :]}"
            return AskedSpan(start_s=min(span), end_s=max(span), rest=rest)
    return None


def _span(name: str, found: re.Match[str], words: LanguageWords, duration_s: float) -> tuple[float, float] | None:
    name = name.removesuffix("_swapped")
    edge_s = min(max(EDGE_SHARE * duration_s, MIN_EDGE_S), MAX_EDGE_S)
    fixed = {
        "first_half": (0.0, duration_s / 2),
        "second_half": (duration_s / 2, duration_s),
        "first_third": (0.0, duration_s / 3),
        "middle_third": (duration_s / 3, duration_s * 2 / 3),
        "last_third": (duration_s * 2 / 3, duration_s),
        "middle": ((duration_s - edge_s) / 2, (duration_s + edge_s) / 2),
        "after_end": (duration_s, math.inf),
        "start": (0.0, edge_s),
        "end": (duration_s - edge_s, duration_s),
    }
    if name in fixed:
        return fixed[name]
    first_s = _seconds(found, "a", words, fallback="b")
    if first_s is None:
        return None
    if name in ("from_to", "range"):
        second_s = _seconds(found, "b", words, fallback="a")
        return None if second_s is None else (first_s, second_s)
    if name in ("offset_before", "offset_after"):
        second_s = _seconds(found, "b", words)
        sign = -1 if name == "offset_before" else 1
        return None if second_s is None else (second_s, max(0.0, second_s + sign * first_s))
    return {
        "after": (first_s, max(first_s, duration_s)),
        "to_end": (first_s, max(first_s, duration_s)),
        "after_first": (first_s, max(first_s, duration_s)),
        "before": (0.0, first_s),
        "from_start": (0.0, first_s),
        "before_last": (0.0, max(0.0, duration_s - first_s)),
        "before_end": _around(max(0.0, duration_s - first_s)),
        "first": (0.0, first_s),
        "last": (max(0.0, duration_s - first_s), duration_s),
    }.get(name, _around(first_s))


def _around(second_s: float) -> tuple[float, float]:
    return max(0.0, second_s - AT_MARGIN_S), second_s + AT_MARGIN_S


def _seconds(found: re.Match[str], name: str, words: LanguageWords, *, fallback: str = "") -> float | None:
    """Of the time called `name`; "between 10 and 20 seconds" gives its unit only once, with the second time."""
    given = found.groupdict()
    if given.get(f"{name}S") is not None:
        return int(given[f"{name}H"] or 0) * 3600 + int(given[f"{name}M"]) * 60 + int(given[f"{name}S"])
    if given.get(f"{name}P") is not None:
        return float(given[f"{name}P"] or 0) * (60.0 if given[f"{name}pm"] else 1.0)
    value = given.get(f"{name}V") or given.get(f"{name}N") or "1"
    unit_s = _unit_s(given, name) or (_unit_s(given, fallback) if fallback else None)
    if unit_s is None:
        return None
    return _number(value, words) * unit_s


def _unit_s(given: dict[str, str | None], name: str) -> float | None:
    if given.get(f"{name}P") is not None:
        return 60.0 if given[f"{name}pm"] else 1.0
    for unit, seconds in (("h", 3600.0), ("m", 60.0), ("s", 1.0)):
        if given.get(f"{name}u{unit}"):
            return seconds
    return None


def _number(text: str, words: LanguageWords) -> float:
    return float(words.numbers[text]) if text in words.numbers else float(text.replace(",", "."))


_CACHE: dict[tuple[str, str], re.Pattern[str]] = {}


def _compiled(pattern: str, words: LanguageWords) -> re.Pattern[str]:
    key = (words.code, pattern)
    if key not in _CACHE:
        filled = pattern.replace("{a}", _time("a", words)).replace("{b}", _time("b", words))
        filled = filled.replace("{u}", _unit_first("a", words)).replace("{w}", _unit("a", words))
        filled = filled.replace("{v}", rf"(?P<aV>\d+|{_numbers(words)})\s+")
        _CACHE[key] = re.compile(filled.replace("{d}", _length("a", words, needs_number=False)))
    return _CACHE[key]


def _time(name: str, words: LanguageWords) -> str:
    """A clock time, "minute 5", a length with its unit, or a bare number whose unit the other one gives."""
    number = rf"(?P<{name}N>\d+(?:[.,]\d+)?)"
    if name == "a":
        bare = rf"{number}(?![\d:.,]|\s*{_unit('x', words, is_named=False)})"
    else:
        bare = rf"{number}(?=\s*(?:[?,.:;!]?(?:\s|$)))(?!\s*[:]\d)(?!\s+{MARK_CLASS})"
    return f"(?:{_CLOCK.format(n=name)}|{_unit_first(name, words)}|{_length(name, words)}|{bare})"


def _unit_first(name: str, words: LanguageWords) -> str:
    minute, second = words.time_words.get("minute", "(?!)"), words.time_words.get("second", "(?!)")
    return rf"(?:(?P<{name}pm>{minute})|(?:{second}))\s+(?P<{name}P>\d+)"


def _length(name: str, words: LanguageWords, *, needs_number: bool = True) -> str:
    """ "3 s", "three seconds"; without a number ("the first minute") one of the unit is meant."""
    number = rf"(?P<{name}V>\d+(?:[.,]\d+)?|{_numbers(words)})\s*-?\s*"
    return (number if needs_number else f"(?:{number})?") + _unit(name, words)


def _numbers(words: LanguageWords) -> str:
    return "|".join(sorted(words.numbers, key=len, reverse=True)) or "(?!)"


def _unit(name: str, words: LanguageWords, *, is_named: bool = True) -> str:
    unit = words.time_words["units"]
    for letter in "hms":
        unit = unit.replace(f"(?P<{letter}>", f"(?P<{name}u{letter}>" if is_named else "(?:")
    edge = r"(?!\w)" if words.has_spaces else ""
    return unit + edge
