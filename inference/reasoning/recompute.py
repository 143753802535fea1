"""Each step held against the sheet by code: recomputed, supported, unsupported or wrong. A wrong step stays as it is.

recomputed: it computes (a sum, a difference, a count, an order, a duration) from what it cites or what steps before it
found, and code finds the same. supported: it says what the facts it cites say. unsupported: it says more than those, or
cites nothing. wrong: it computes falsely, cites what is not there, or says otherwise than what it cites.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from inference.evidence.certainty import certainty
from inference.evidence.lanes import Key
from inference.evidence.mentions import mentions
from inference.evidence.ontology import spoken
from inference.reasoning.arithmetic import ROUNDING, Computation, computations
from inference.reasoning.sheet import Entry, ReasoningSheet, keys_in

Mark = Literal["recomputed", "supported", "unsupported", "wrong"]
MAX_CITES = 3
_NUMBER = re.compile(r"(?<![\w.])\d{1,7}(?:\.\d{1,4})?(?![\w.]*\d)")
_RANGE = re.compile(r"\b([FCS][1-9]\d{0,4})\b[^\n;,]{0,40}?(\d{1,6}\.\d)\s*(?:-|to)\s*(\d{1,6}\.\d)(?!\s*=)")
_COUNT = re.compile(r"\b(\d{1,3})\s+(?:times?|facts?|stretch(?:es)?)\b|\bcount\s*=?\s*(\d{1,3})\b", re.IGNORECASE)
_FACTS_OF = re.compile(r"\bfacts? of ([a-z][a-z ]{1,60})", re.IGNORECASE)
_ORDER = re.compile(
    r"\b([FCS][1-9]\d{0,4})\b[^.;\n]{0,30}?\b(before|after)\b[^.;\n]{0,20}?\b([FCS][1-9]\d{0,4})\b", re.IGNORECASE
)
_SURE = re.compile(r"\b(F[1-9]\d{0,4})\b[^.;\n]{0,40}?, (sure|likely|unsure)\b")
_SILENCE = re.compile(r"\b(not looked for|looked for and not seen)\b", re.IGNORECASE)
_SCORE = re.compile(r"\b(S[1-9]\d{0,3}) (?:[a-z]+ ){0,4}(\d{1,3}(?:\.\d)?)\b")
_DURATION = re.compile(r"\b([FCS][1-9]\d{0,4})\b[^.;\n]{0,20}?\blasts?\s+(\d{1,6}(?:\.\d)?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedStep:
    """`entries`: what it cites · `note`: why it is marked so, in a sentence for a reader."""

    index: int
    text: str
    mark: Mark
    note: str
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class _Finding:
    mark: Mark
    note: str


class StepChecker:
    """Of one chain: results of steps may be used by later ones, so steps are checked in their order."""

    def __init__(self, sheet: ReasoningSheet, *, rules: Sequence[float] = ()) -> None:
        """`rules`: numbers that the question itself gives, such as a scale's bounds."""
        self._by_key = sheet.by_key()
        self._seen = {fact.key for fact in sheet.evidence.facts}
        self._watched = set(sheet.evidence.watch.labels) if sheet.evidence.watch.looked else set()
        self._known = self._seen | self._watched
        self._found: set[float] = set(rules)
        self._num_checked = 0

    def check(self, text: str) -> CheckedStep:
        keys = keys_in(text)
        entries = tuple(self._by_key[key] for key in keys if key in self._by_key)
        finding = self._judged(text, keys, entries)
        computed = computations(text)
        if finding.mark in ("recomputed", "supported"):
            self._found |= {one.stated for one in computed}
        self._found |= {number for entry in entries for number in entry.numbers}
        self._num_checked += 1
        return CheckedStep(
            index=self._num_checked - 1, text=text, mark=finding.mark, note=finding.note, entries=entries
        )

    def _judged(self, text: str, keys: Sequence[str], entries: Sequence[Entry]) -> _Finding:
        missing = [key for key in keys if key not in self._by_key]
        if missing:
            return _Finding("wrong", f"{missing[0]} is not on the sheet.")
        if len(keys) > MAX_CITES and not _COUNT.search(text):
            return _Finding("unsupported", f"It cites {len(keys)} things at once.")
        if silence := _SILENCE.search(text):
            return self._silence(text, is_watched="not seen" in silence[1].lower())
        computed = computations(text)
        if false := next((one for one in computed if not one.is_right), None):
            return _Finding("wrong", _told(false))
        contradiction = self._contradiction(text, entries)
        if contradiction:
            return _Finding("wrong", contradiction)
        unbacked = self._unbacked(text, entries, computed)
        if unbacked:
            return _Finding("unsupported", unbacked)
        if computed or _COUNT.search(text) or _ORDER.search(text) or _DURATION.search(text):
            return _Finding("recomputed", "Code finds the same.")
        if entries:
            return _Finding("supported", "It says what it cites.")
        return _Finding("unsupported", "It cites nothing.")

    def _contradiction(self, text: str, entries: Sequence[Entry]) -> str:
        found = self._other_range(text) or self._other_duration(text) or self._other_order(text)
        found = found or self._other_score(text) or self._other_certainty(text)
        return found or _count(text, entries) or _other_thing(text, entries)

    def _silence(self, text: str, *, is_watched: bool) -> _Finding:
        """What is said of a thing that no fact tells of: that somebody looks for it, or that nobody does."""
        named = {mention.key for mention in mentions(text, self._known)}
        if named & self._seen:
            return _Finding("wrong", "The sheet has facts of it.")
        if is_watched and not named & self._watched:
            return _Finding("wrong" if named else "unsupported", "Nobody looks for it.")
        if not is_watched and named & self._watched:
            return _Finding("wrong", "It is looked for.")
        return _Finding("supported", "No fact tells of it.")

    def _other_range(self, text: str) -> str:
        for key, start, end in _RANGE.findall(text):
            entry = self._by_key[key]
            if entry.span is not None and (entry.span.start_s, entry.span.end_s) != (float(start), float(end)):
                return f"{key} is {entry.span.start_s:.1f}-{entry.span.end_s:.1f} s."
        return ""

    def _other_duration(self, text: str) -> str:
        for key, stated in _DURATION.findall(text):
            span = self._by_key[key].span
            if span is not None and abs(span.end_s - span.start_s - float(stated)) > ROUNDING:
                return f"{key} lasts {span.end_s - span.start_s:.1f} s."
        return ""

    def _other_order(self, text: str) -> str:
        for one, word, other in _ORDER.findall(text):
            first, second = self._by_key[one].span, self._by_key[other].span
            if first is None or second is None:
                continue
            is_before = first.start_s < second.start_s
            if is_before != (word.lower() == "before"):
                return f"{one} begins at {first.start_s:.1f} s and {other} at {second.start_s:.1f} s."
        return ""

    def _other_score(self, text: str) -> str:
        for key, stated in _SCORE.findall(text):
            item = self._by_key[key].item
            if item is not None and item.score != float(stated):
                return f"{key} is {item.score:g}."
        return ""

    def _other_certainty(self, text: str) -> str:
        for key, stated in _SURE.findall(text):
            fact = self._by_key[key].fact
            if fact is not None and certainty(fact.probability) != stated:
                return f"{key} is {certainty(fact.probability)}."
        return ""

    def _unbacked(self, text: str, entries: Sequence[Entry], computed: Sequence[Computation]) -> str:
        """A number or a label that neither what it cites nor a step before it tells."""
        told = self._found | {number for entry in entries for number in entry.numbers}
        results = {one.stated for one in computed}
        durations = {round(e.span.end_s - e.span.start_s, 1) for e in entries if e.span is not None}
        counted = {float(len(entries))} | {float(found[0] or found[1]) for found in _COUNT.findall(text)}
        for number in map(float, _NUMBER.findall(text)):
            if not any(abs(number - known) <= 1e-6 for known in told | results | durations | counted):
                return f"{number:g} stands neither in what it cites nor in a step before."
        return self._unbacked_label(text, entries)

    def _unbacked_label(self, text: str, entries: Sequence[Entry]) -> str:
        if not entries:
            return ""
        said = {mention.key for mention in mentions(text, self._known)}
        cited = {entry.fact.key for entry in entries if entry.fact is not None}
        named = " ".join(name for entry in entries for name in entry.names)
        for lane, label in sorted(said - cited):
            if spoken(lane, label).lower() not in named and not _same_word((lane, label), cited):
                return f"What it cites does not tell of {spoken(lane, label)}."
        return ""


def _count(text: str, entries: Sequence[Entry]) -> str:
    """A stated count of what it cites."""
    for one, other in _COUNT.findall(text):
        if entries and int(one or other) != len(entries):
            return f"It cites {len(entries)}, not {one or other}."
    return ""


def _other_thing(text: str, entries: Sequence[Entry]) -> str:
    """Whatever is counted as "facts of" something has to be of it, each of them."""
    for said in _FACTS_OF.findall(text):
        for entry in entries:
            is_named = entry.fact is not None or entry.item is not None
            if is_named and not any(said.lower().startswith(name) for name in entry.names):
                return f"{entry.key} is {entry.names[0]}."
    return ""


def _same_word(key: Key, cited: set[Key]) -> bool:
    """Lanes share words: a grasper as an instrument is none of its verbs."""
    return any(spoken(*key) == spoken(*other) for other in cited)


def _told(computation: Computation) -> str:
    if computation.stated == 1.0 and any(sign in computation.shown for sign in "<>"):
        return f"{computation.shown} does not hold."
    return f"{computation.shown} is false: it is {computation.value:g}."
