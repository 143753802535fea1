"""News of long-running work, kept in Redis Streams so that who comes late, or comes back, misses nothing.

A stream holds a piece of work's events in order; an event's `seq` is its stream id, so "everything after seq" is one
read. The database row stays the truth: a stream is capped, expires, and may be gone altogether.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import redis
import redis.asyncio
from django.conf import settings
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from webapp.lib.errors import ServiceUnavailable

START = "0-0"
MAX_EVENTS = 20_000
KEEP_S = 6 * 3600
BLOCK_S = 1.0
CONNECT_TIMEOUT_S = 1.0
READ_TIMEOUT_S = 2.0
REPLAY_COUNT = 500


class EventsUnavailable(ServiceUnavailable):
    """Live news cannot be reached right now."""

    default_code = "events_unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`seq` orders the events of one stream and is never used twice in it."""

    seq: str
    type: str
    data: dict[str, Any] = field(default_factory=dict)


def publish(key: str, event_type: str, data: dict[str, Any] | None = None) -> str:
    """Appends an event and returns its seq. Raises EventsUnavailable; the caller decides whether news matters."""
    fields: dict[Any, Any] = {"type": event_type, "data": json.dumps(data or {}, ensure_ascii=False)}
    try:
        with _client(settings.STREAMS_URL).pipeline(transaction=False) as pipe:
            pipe.xadd(key, fields, maxlen=MAX_EVENTS, approximate=True)
            pipe.expire(key, KEEP_S)
            seq, _ = pipe.execute()
    except RedisError as error:
        raise EventsUnavailable from error
    return str(seq)


def read_after(key: str, seq: str = START) -> list[Event]:
    """Every kept event after `seq`, oldest first. Raises EventsUnavailable."""
    try:
        rows: Any = _client(settings.STREAMS_URL).xrange(key, min=f"({seq}")
    except RedisError as error:
        raise EventsUnavailable from error
    return [_event(row) for row in rows]


async def follow(key: str, seq: str = START, *, block_s: float = BLOCK_S) -> AsyncIterator[list[Event]]:
    """Batches of events after `seq`, for ever; an empty batch when nothing came for `block_s`.

    Raises EventsUnavailable as soon as Redis cannot be reached.
    """
    client = redis.asyncio.Redis.from_url(
        settings.STREAMS_URL,
        decode_responses=True,
        protocol=2,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=block_s + READ_TIMEOUT_S,
    )
    try:
        while True:
            streams: Any = await client.xread({key: seq}, count=REPLAY_COUNT, block=int(block_s * 1000))
            batch = [_event(row) for _, rows in streams or [] for row in rows]
            seq = batch[-1].seq if batch else seq
            yield batch
    except (RedisError, OSError) as error:
        raise EventsUnavailable from error
    finally:
        await client.aclose()


def is_reachable() -> bool:
    try:
        return bool(_client(settings.STREAMS_URL).ping())
    except RedisError:
        return False


def forget(key: str) -> None:
    """The stream is gone at once instead of at its expiry. Silent without Redis: then it goes at its expiry."""
    try:
        _client(settings.STREAMS_URL).delete(key)
    except RedisError:
        return


def raise_flag(key: str, *, keep_s: int = 600) -> None:
    """Sets a short-lived sign for another process. Silent without Redis: a flag only ever hastens what a row says."""
    try:
        _client(settings.STREAMS_URL).set(f"flag:{key}", "1", ex=keep_s)
    except RedisError:
        return


def lower_flag(key: str) -> None:
    try:
        _client(settings.STREAMS_URL).delete(f"flag:{key}")
    except RedisError:
        return


def is_flagged(key: str) -> bool:
    try:
        return bool(_client(settings.STREAMS_URL).exists(f"flag:{key}"))
    except RedisError:
        return False


def note(key: str, text: str, *, keep_s: int) -> None:
    """What a process says of itself, for as long as it goes on saying it. Silent without Redis."""
    try:
        _client(settings.STREAMS_URL).set(f"note:{key}", text, ex=keep_s)
    except RedisError:
        return


def noted(key: str) -> str | None:
    """None: nobody says so any more, or Redis is away."""
    try:
        found: Any = _client(settings.STREAMS_URL).get(f"note:{key}")
    except RedisError:
        return None
    return None if found is None else str(found)


def is_seq(text: str) -> bool:
    """Whether a client's word can be a stream id: two whole numbers of a sane length."""
    milliseconds, dash, number = text.partition("-")
    return dash == "-" and all(part.isascii() and part.isdigit() and len(part) < 20 for part in (milliseconds, number))


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        decode_responses=True,
        protocol=2,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=READ_TIMEOUT_S,
        # One try again covers a connection that died while idle; more would hold up the work that brings the news.
        retry=Retry(NoBackoff(), 1),
    )


def _event(row: Any) -> Event:
    seq, fields = row
    return Event(seq=seq, type=fields["type"], data=json.loads(fields["data"]))
