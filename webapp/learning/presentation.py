"""An explanation as its page draws it: steps with marks in words, citations as moments, and what is wrong first."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from webapp.conversations.models import Answer
from webapp.learning.models import Explanation
from webapp.lib.display import clock
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
class ExplanationView:
    """`is_stale`: the timeline was made anew since · `is_other`: the answer was given another revision."""

    explanation: Explanation
    steps: tuple[StepView, ...]
    num_wrong: int
    is_stale: bool
    is_other: bool


def explanation_view(explanation: Explanation | None, answer: Answer) -> ExplanationView | None:
    if explanation is None:
        return None
    steps = tuple(_step(number, row) for number, row in enumerate(explanation.steps, start=1))
    newest = timeline_newest(answer.question.conversation.video.content)
    return ExplanationView(
        explanation=explanation,
        steps=steps,
        num_wrong=sum(step.mark == "wrong" for step in steps),
        is_stale=explanation.timeline_id is not None and explanation.timeline_id != _pk(newest),
        is_other=None not in (explanation.timeline_id, answer.timeline_id)
        and explanation.timeline_id != answer.timeline_id,
    )


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
    parts, end = [], 0
    for found in KEY.finditer(row["text"]):
        parts.append(conditional_escape(row["text"][end : found.start()]))
        parts.append(_chip(found[0], cites.get(found[0])))
        end = found.end()
    parts.append(conditional_escape(row["text"][end:]))
    return mark_safe("".join(parts))  # noqa: S308 - each part is escaped above


def _chip(key: str, cite: Mapping[str, Any] | None) -> SafeString:
    if cite is None:
        return format_html("<span class='num'>{}</span>", key)
    if cite["start_s"] is None:
        return format_html("<span class='cited'>{}</span>", cite["words"])
    return format_html(
        '<button type="button" class="time-chip" data-seek-s="{}" data-seek-end-s="{}">{} {}–{}</button>',
        f"{cite['start_s']:.1f}",
        f"{cite['end_s']:.1f}",
        cite["words"],
        clock(cite["start_s"]),
        clock(cite["end_s"]),
    )
