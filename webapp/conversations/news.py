"""The live news of one answer: its stream, what may be written there, and what can be recovered from it.

restart   the answer begins anew: forget what was shown
state     {"state": "looking" | "writing", "start_s", "end_s"}
delta     {"text", "offset"}: `offset` counts the characters before it, so a reader notices a gap or a repeat
done | stopped | failed   the row is final; read it
"""

import logging
import uuid
from typing import Any, Literal

from webapp.lib import events
from webapp.lib.events import Event, EventsUnavailable

logger = logging.getLogger(__name__)

AnswerId = uuid.UUID | str
NewsType = Literal["restart", "state", "delta", "done", "stopped", "failed"]
FINAL_TYPES = frozenset({"done", "stopped", "failed"})


def stream_key(answer_id: AnswerId) -> str:
    return f"answer:{answer_id}"


def stop_key(answer_id: AnswerId) -> str:
    return f"answer-stop:{answer_id}"


def announce(answer_id: AnswerId, news_type: NewsType, data: dict[str, Any] | None = None) -> bool:
    """Appends to the stream. False without Redis: the row is the truth, and readers look at it from time to time."""
    try:
        events.publish(stream_key(answer_id), news_type, data)
    except EventsUnavailable:
        logger.warning("no news of the answer, Redis did not answer: %s %s", answer_id, news_type)
        return False
    return True


def recover_text(answer_id: AnswerId) -> str:
    """What was streamed since the last restart; empty if the stream is gone."""
    try:
        return text_of(events.read_after(stream_key(answer_id)))
    except EventsUnavailable:
        return ""


def forget(answer_id: AnswerId) -> None:
    """The answer is gone; its words are nowhere else."""
    events.forget(stream_key(answer_id))
    events.lower_flag(stop_key(answer_id))


def text_of(news: list[Event]) -> str:
    """The text that a reader of these events would hold. What comes after a gap is not guessed at."""
    text = ""
    for event in news:
        if event.type == "restart":
            text = ""
        elif event.type == "delta" and int(event.data["offset"]) <= len(text):
            text = text[: int(event.data["offset"])] + str(event.data["text"])
    return text
