"""A conversation as a file to keep: what was asked, what was answered at which seconds, and how far it holds.

It leaves the house, so each answer carries its verdicts and that it was written by AI, as the page shows them. What is
exported is the branch that is shown.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.conversations.models import Answer, Claim
from webapp.conversations.presentation import ai_mark, describe_state, looked_at
from webapp.conversations.rendering import clock_range
from webapp.conversations.selectors import claims_for_answer
from webapp.conversations.thread import Turn
from webapp.lib.citation import Span, parts, written
from webapp.lib.intended_use import INTENDED_USE
from webapp.lib.paper import LINE_MM, MUTED, Paper
from webapp.videos.models import Video

PURPOSE = f"Made by Debrief. {INTENDED_USE}"
MARKDOWN_MEANS = str.maketrans({character: f"\\{character}" for character in "\\`*_{}[]<>#|"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """`write` makes the whole file of a video's turns."""

    ending: str
    content_type: str
    write: Callable[[Video, Sequence[Turn], datetime], bytes]


def as_markdown(video: Video, turns: Sequence[Turn], at: datetime) -> bytes:
    lines = [f"# {video.title.translate(MARKDOWN_MEANS)}", "", f"*{_about(video, at)}*", ""]
    for turn in turns:
        lines += [f"## {_line(turn.question.text).translate(MARKDOWN_MEANS)}", ""]
        if _window(turn):
            lines += [f"*About {looked_at(turn.answer)} only.*", ""]
        # What a model wrote is Markdown already.
        lines += [_told(turn.answer), ""]
        lines += [f"- {_checked(claim).translate(MARKDOWN_MEANS)}" for claim in claims_for_answer(turn.answer)]
        lines += ["", f"*{ai_mark(turn.answer)}*", ""]
    return _ended([*lines, f"*{PURPOSE}*"])


def as_text(video: Video, turns: Sequence[Turn], at: datetime) -> bytes:
    lines = [video.title, _about(video, at), ""]
    for turn in turns:
        about = f" (about {looked_at(turn.answer)} only)" if _window(turn) else ""
        lines += [f"Question{about}: {turn.question.text}", "", f"Answer: {_told(turn.answer)}", ""]
        lines += [f"- {_checked(claim)}" for claim in claims_for_answer(turn.answer)]
        lines += [ai_mark(turn.answer), ""]
    return _ended([*lines, PURPOSE])


def as_json(video: Video, turns: Sequence[Turn], at: datetime) -> bytes:
    """Times in seconds from the start of the video that the page plays."""
    content = {
        "video": {"id": str(video.pk), "title": video.title, "duration_s": video.content.duration_s},
        "exported_at": at.isoformat(),
        "purpose": PURPOSE,
        "turns": [_turn(turn) for turn in turns],
    }
    return _ended([json.dumps(content, ensure_ascii=False, indent=2)])


def as_pdf(video: Video, turns: Sequence[Turn], at: datetime) -> bytes:
    """Raises InvalidInput for letters that our type does not have."""
    paper = Paper("Conversation", foot_words=PURPOSE)
    paper.add_page()
    paper.require_letters(as_text(video, turns, at).decode())
    paper.say(video.title, size=16, is_bold=True)
    paper.say(_about(video, at), colour=MUTED)
    for turn in turns:
        paper.heading(_line(turn.question.text))
        if _window(turn):
            paper.say(f"About {looked_at(turn.answer)} only.", colour=MUTED)
        paper.say(_told(turn.answer).replace("**", ""))
        for claim in claims_for_answer(turn.answer):
            paper.say(f"– {_checked(claim)}", size=8.5)
        paper.say(ai_mark(turn.answer), size=8, colour=MUTED)
        paper.ln(LINE_MM / 2)
    return bytes(paper.output())


EXPORTS = {
    "pdf": Export(ending="pdf", content_type="application/pdf", write=as_pdf),
    "markdown": Export(ending="md", content_type="text/markdown; charset=utf-8", write=as_markdown),
    "text": Export(ending="txt", content_type="text/plain; charset=utf-8", write=as_text),
    "json": Export(ending="json", content_type="application/json", write=as_json),
}


def _turn(turn: Turn) -> dict[str, Any]:
    answer = turn.answer
    text_parts = parts(answer.text, _duration_s(answer))
    return {
        "question": turn.question.text,
        "asked_at": turn.question.created_at.isoformat(),
        "window_s": _window(turn),
        "answer": "".join(written(part) if isinstance(part, Span) else part for part in text_parts),
        "citations": [[part.start_s, part.end_s] for part in text_parts if isinstance(part, Span)],
        "status": answer.status,
        "is_insufficient": answer.is_insufficient,
        "claims": [_claim(claim) for claim in claims_for_answer(answer)],
        "written_by": {"model": answer.model_name, "adapter": answer.adapter, "is_ai": True},
        "mark": ai_mark(answer),
    }


def _claim(claim: Claim) -> dict[str, Any]:
    span = [claim.start_s, claim.end_s] if claim.start_s is not None else None
    return {"text": claim.text, "span_s": span, "verdict": claim.verdict}


def _told(answer: Answer) -> str:
    """The text with its times as a clock shows them, or why there is none."""
    text = ""
    for part in parts(answer.text, _duration_s(answer)):
        text = text + part if isinstance(part, str) else f"{text.rstrip()} ({clock_range(part.start_s, part.end_s)})"
    text = text.strip()
    state = "" if answer.status == Answer.Status.FINISHED and text else f"[{describe_state(answer)}]"
    reason = answer.error_message if answer.status == Answer.Status.FAILED else ""
    return " ".join(part for part in (text, state, reason) if part)


def _checked(claim: Claim) -> str:
    at = (
        f" ({clock_range(claim.start_s, claim.end_s)})" if claim.start_s is not None and claim.end_s is not None else ""
    )
    return f"{claim.get_verdict_display()}: {_line(claim.text)}{at}"


def _about(video: Video, at: datetime) -> str:
    length = clock_range(0.0, video.content.duration_s or 0.0)
    facts = [video.procedure, f"operated on {video.operated_on:%Y-%m-%d}" if video.operated_on else "", length]
    return "; ".join([*(fact for fact in facts if fact), f"exported {at:%Y-%m-%d %H:%M}"])


def _window(turn: Turn) -> list[float] | None:
    start_s, end_s = turn.question.window_start_s, turn.question.window_end_s
    return None if start_s is None or end_s is None else [start_s, end_s]


def _duration_s(answer: Answer) -> float:
    return answer.question.conversation.video.content.duration_s or float("inf")


def _line(text: str) -> str:
    return " ".join(text.split())


def _ended(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines).rstrip() + "\n").encode()
