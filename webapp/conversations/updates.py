"""An answer as a sequence of messages, for websocket and SSE alike.

snapshot   the row, first of all                  final        the row is final, with its HTML; the last one
restart, state, delta   as in news.py, with `seq`  unavailable  live news is gone; look at the row instead; the last
ping       nothing new; state, place, waited_s    gone         removed, or not theirs to read; the last one
"""

import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.db import OperationalError

from webapp.conversations.news import FINAL_TYPES, stream_key
from webapp.conversations.presentation import answer_state
from webapp.conversations.readers import Reader
from webapp.conversations.selectors import answer_get
from webapp.lib import events
from webapp.lib.errors import ApplicationError
from webapp.lib.events import Event, EventsUnavailable

Message = dict[str, Any]
CHECK_EVERY_S = 1.0
LAST_TYPES = frozenset({"final", "unavailable", "gone"})
UNAVAILABLE = "Live text cannot be reached right now. The answer appears here as it is saved."


async def answer_updates(
    reader: Reader, *, after: str = events.START, block_s: float = events.BLOCK_S
) -> AsyncIterator[Message]:
    """Replays what came after `after`, then follows. Ends after a message of LAST_TYPES.

    Within CHECK_EVERY_S + block_s of losing the right to read, also while text keeps coming.
    """
    answer_id, checked_at_s = reader.answer_id, time.monotonic()
    state = await _state(answer_id)
    yield state
    if state["type"] in LAST_TYPES:
        return
    try:
        async for batch in events.follow(stream_key(answer_id), after, block_s=block_s):
            if time.monotonic() - checked_at_s >= CHECK_EVERY_S:
                checked_at_s = time.monotonic()
                refusal = await sync_to_async(_refusal)(reader)
                if refusal is not None:
                    yield {"type": "gone", "message": refusal.message}
                    return
            async for message in _messages(answer_id, batch):
                yield message
                if message["type"] in LAST_TYPES:
                    return
    except EventsUnavailable:
        yield {"type": "unavailable", "message": UNAVAILABLE}


def _refusal(reader: Reader) -> ApplicationError | None:
    """A database that does not answer cannot have taken anybody's right away either."""
    try:
        return reader.refusal()
    except OperationalError:
        return None


async def _messages(answer_id: uuid.UUID, batch: list[Event]) -> AsyncIterator[Message]:
    for message in joined(batch):
        if message["type"] not in FINAL_TYPES:
            yield message
    if batch and not any(event.type in FINAL_TYPES for event in batch):
        return
    # Quiet, or said to be final: the row decides. News of an earlier attempt may say final where the row does not.
    state = await _state(answer_id)
    if state["type"] in LAST_TYPES:
        yield state
    elif not batch:
        yield {"type": "ping"} | {name: state[name] for name in ("status", "words", "place", "waited_s")}


def joined(batch: list[Event]) -> list[Message]:
    """One message per event, but neighbouring deltas as one: a late reader gets its replay in a piece."""
    messages: list[Message] = []
    for event in batch:
        last = messages[-1] if messages else None
        if event.type == "delta" and last and _continues(last, event):
            last["text"] += event.data["text"]
            last["seq"] = event.seq
        else:
            messages.append({"type": event.type, "seq": event.seq, **event.data})
    return messages


def _continues(last: Message, event: Event) -> bool:
    return bool(last["type"] == "delta" and last["offset"] + len(last["text"]) == event.data["offset"])


@sync_to_async
def _state(answer_id: uuid.UUID) -> Message:
    answer = answer_get(answer_id)
    if answer is None:
        return {"type": "gone", "message": "This answer was removed."}
    return answer_state(answer)
