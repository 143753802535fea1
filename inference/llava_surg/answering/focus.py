"""Coarse to fine: over a long video the timeline of the whole says where to look closer.

A question that names a time or a stretch is taken at its word, and so is a chosen window. Any other is looked at where
the timeline has what it names, from the first place to the last; about the whole where it has nothing of the kind.
"""

from collections.abc import Sequence
from dataclasses import replace

from inference.evidence.fact import Fact
from inference.evidence.mentions import mentions
from inference.llava_surg.answering.routing import Window, route_question
from inference.llava_surg.schema import AnswerRequest

# A shorter video is looked at whole: its visual tokens still tell its parts apart.
LONG_VIDEO_S = 600.0
MARGIN_S = 15.0
# A stretch of more than half the video is no closer look.
MOST_OF_VIDEO = 0.5


def focus(request: AnswerRequest) -> Window:
    """The seconds to show the model, absolute and inside the video."""
    window = route_question(
        request.question,
        duration_s=request.duration_s,
        chosen=(request.window_start_s, request.window_end_s),
    )
    if window.route != "whole" or request.duration_s < LONG_VIDEO_S:
        return window
    return _closer(window, _named(request.question, request.facts))


def _named(question: str, facts: Sequence[Fact]) -> list[Fact]:
    keys = {mention.key for mention in mentions(question, {(fact.lane, fact.label) for fact in facts})}
    return [fact for fact in facts if (fact.lane, fact.label) in keys]


def _closer(window: Window, facts: Sequence[Fact]) -> Window:
    if not facts:
        return window
    start_s = max(window.start_s, min(fact.start_s for fact in facts) - MARGIN_S)
    end_s = min(window.end_s, max(fact.end_s for fact in facts) + MARGIN_S)
    if end_s - start_s > MOST_OF_VIDEO * (window.end_s - window.start_s):
        return window
    return replace(window, start_s=start_s, end_s=end_s, route="found")
