"""An explanation as its page draws it: steps with marks in words, citations as moments, and what is wrong first."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from webapp.conversations.models import Claim
from webapp.learning.models import Explanation
from webapp.learning.subjects import Subject
from webapp.lib.citation import Span, parts
from webapp.lib.display import clock
from webapp.lib.labels import label_words
from webapp.videos.models import Timeline
from webapp.videos.selectors import timeline_newest

KEY = re.compile(r"\b[FCS][1-9]\d{0,4}\b")
MARKS: Mapping[str, tuple[str, str]] = {
    "recomputed": ("success", "Recomputed"),
    "supported": ("success", "Supported"),
    "unsupported": ("unknown", "Not backed by the timeline"),
    "wrong": ("error", "Wrong"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    number: int
    html: SafeString
    mark: str
    icon: str
    words: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisView:
    """A sentence of the answer, and the facts behind its verdict."""

    text: str
    verdict: str
    chips: tuple[SafeString, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationView:
    """`is_stale`: the timeline was made anew since · `is_other`: the answer was given another revision."""

    explanation: Explanation
    steps: tuple[StepView, ...]
    rests_on: tuple[BasisView, ...]
    num_wrong: int
    is_stale: bool
    is_other: bool


def steps_drawn(explanation: Explanation | None) -> tuple[StepView, ...]:
    rows = explanation.steps if explanation else ()
    return tuple(_step(number, row) for number, row in enumerate(rows, start=1))


def explanation_view(explanation: Explanation | None, subject: Subject) -> ExplanationView | None:
    if explanation is None:
        return None
    steps = steps_drawn(explanation)
    newest = timeline_newest(subject.video.content)
    return ExplanationView(
        explanation=explanation,
        steps=steps,
        rests_on=basis_of(explanation.sheet),
        num_wrong=sum(step.mark == "wrong" for step in steps),
        is_stale=explanation.timeline_id is not None and explanation.timeline_id != _pk(newest),
        is_other=None not in (explanation.timeline_id, subject.timeline_id)
        and explanation.timeline_id != subject.timeline_id,
    )


def basis_of(sheet: Mapping[str, Any]) -> tuple[BasisView, ...]:
    """By code alone, from the sheet as it was: it stands before a model has written anything."""
    facts = {fact["id"]: fact for fact in sheet.get("facts", ())}
    return tuple(
        BasisView(
            text="".join(part.rstrip() for part in parts(claim["text"]) if isinstance(part, str)).strip(),
            verdict=str(Claim.Verdict(claim["verdict"]).label),
            chips=tuple(_fact_chip(facts[key]) for key in claim["facts"] if key in facts),
        )
        for claim in sheet.get("claims", ())
    )


def _fact_chip(fact: Mapping[str, Any]) -> SafeString:
    return _moment(label_words(fact["lane"], fact["label"]), fact["start_s"], fact["end_s"])


def _pk(timeline: Timeline | None) -> Any:
    return None if timeline is None else timeline.pk


def _step(number: int, row: Mapping[str, Any]) -> StepView:
    icon, words = MARKS.get(row["mark"], MARKS["unsupported"])
    return StepView(
        number=number, html=step_html(row), mark=row["mark"], icon=icon, words=words, note=row.get("note", "")
    )


def step_html(row: Mapping[str, Any]) -> SafeString:
    """The model's words with each key of the sheet as what it stands for; all else is escaped."""
    cites = {cite["key"]: cite for cite in row.get("cites", ())}
    drawn = (
        _moment("", part.start_s, part.end_s) if isinstance(part, Span) else _keyed(part, cites)
        for part in parts(row["text"])
    )
    return format_html_join("", "{}", ((part,) for part in drawn))


def _keyed(text: str, cites: Mapping[str, Mapping[str, Any]]) -> SafeString:
    pieces: list[str] = []
    end = 0
    for found in KEY.finditer(text):
        cite = cites.get(found[0])
        pieces += [text[end : found.start()], _chip(found[0], cite)]
        end = found.end() + _said_again(text[found.end() :], cite)
    return format_html_join("", "{}", ((piece,) for piece in [*pieces, text[end:]]))


def _said_again(after: str, cite: Mapping[str, Any] | None) -> int:
    """How many characters after a key repeat what its chip says already: "F1 hook: 8 - 3 = 5 s" names the hook once."""
    words = f" {cite['words']}" if cite else ""
    is_same = bool(words) and after.lower().startswith(words.lower())
    return len(words) if is_same and not after[len(words) : len(words) + 1].isalnum() else 0


def _chip(key: str, cite: Mapping[str, Any] | None) -> SafeString:
    if cite is None:
        return format_html("<span class='num'>{}</span>", key)
    if cite["start_s"] is None:
        return format_html("<span class='cited'>{}</span>", cite["words"])
    return _moment(cite["words"], cite["start_s"], cite["end_s"])


def _moment(words: str, start_s: float, end_s: float) -> SafeString:
    return format_html(
        '<button type="button" class="time-chip" data-seek-s="{}" data-seek-end-s="{}">{} {}–{}</button>',
        f"{start_s:.1f}",
        f"{end_s:.1f}",
        words,
        clock(start_s),
        clock(end_s),
    )
