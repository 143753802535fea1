"""Redis Streams as news: ordered, replayable, and honest when Redis is away."""

import asyncio
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from tests.environment import free_port
from webapp.lib import events
from webapp.lib.events import Event, EventsUnavailable


@pytest.fixture
def key() -> str:
    return f"test:{uuid.uuid4()}"


@pytest.fixture
def no_redis(settings: Any) -> None:
    settings.STREAMS_URL = f"redis://127.0.0.1:{free_port()}/2"


def test_events_come_back_in_order_with_rising_seq(key: str) -> None:
    seqs = [events.publish(key, "delta", {"text": text}) for text in ("a", "é", "🩺")]
    found = events.read_after(key)
    assert [event.data["text"] for event in found] == ["a", "é", "🩺"]
    assert [event.seq for event in found] == seqs


def test_reading_goes_on_after_a_seq(key: str) -> None:
    seq = events.publish(key, "delta", {"text": "a"})
    events.publish(key, "done")
    assert [event.type for event in events.read_after(key, seq)] == ["done"]


def test_a_stream_expires(key: str) -> None:
    events.publish(key, "delta")
    assert 0 < events._client(events.settings.STREAMS_URL).ttl(key) <= events.KEEP_S


async def test_following_replays_then_waits_then_hears(key: str) -> None:
    await sync_to_async(events.publish)(key, "delta", {"text": "before"})
    batches: list[list[Event]] = []
    async for batch in events.follow(key, block_s=0.1):
        batches.append(batch)
        if len(batches) == 2:
            await sync_to_async(events.publish)(key, "done")
        if batch and batch[-1].type == "done":
            break
    assert [event.type for batch in batches for event in batch] == ["delta", "done"]
    assert [] in batches


async def test_two_followers_hear_the_same(key: str) -> None:
    async def hear() -> list[str]:
        heard: list[str] = []
        async for batch in events.follow(key, block_s=0.1):
            heard.extend(event.type for event in batch)
            if "done" in heard:
                return heard
        return heard

    listening = [asyncio.create_task(hear()) for _ in range(2)]
    for event_type in ("delta", "delta", "done"):
        await sync_to_async(events.publish)(key, event_type)
    assert await asyncio.gather(*listening) == [["delta", "delta", "done"]] * 2


def test_a_flag_is_seen_and_lowered(key: str) -> None:
    assert not events.is_flagged(key)
    events.raise_flag(key)
    assert events.is_flagged(key)
    events.lower_flag(key)
    assert not events.is_flagged(key)


@pytest.mark.usefixtures("no_redis")
def test_without_redis_publishing_and_reading_say_so(key: str) -> None:
    for call in (lambda: events.publish(key, "delta"), lambda: events.read_after(key)):
        with pytest.raises(EventsUnavailable):
            call()
    assert not events.is_reachable()
    assert not events.is_flagged(key)


@pytest.mark.usefixtures("no_redis")
async def test_without_redis_following_says_so(key: str) -> None:
    with pytest.raises(EventsUnavailable):
        async for _ in events.follow(key, block_s=0.1):
            pass
