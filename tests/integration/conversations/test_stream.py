"""The live text of an answer over websocket and SSE: late readers, two tabs, broken lines, strangers."""

import asyncio
import json
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from django.contrib.sessions.models import Session
from django.test import AsyncClient
from django.urls import reverse

from tests.environment import free_port
from tests.factories import MembershipFactory
from tests.integration.conversations.cast import WORKER, Cast, ask, begin
from tests.websocket import SocketClient
from webapp.accounts.actors import page_actor
from webapp.accounts.doors import session_open
from webapp.accounts.models import User
from webapp.accounts.services import member_deactivate
from webapp.accounts.sessions import LAST_SEEN_KEY, SIGNED_IN_KEY
from webapp.conversations import news
from webapp.conversations.models import Answer
from webapp.conversations.outcomes import AnswerOutcome, answer_finish
from webapp.conversations.routing import websocket_urlpatterns
from webapp.jobs.services import job_fail

Message = dict[str, Any]
TEXT = "Two clips are placed on the cystic duct [[t=6-12]]."


@sync_to_async
def socket(answer_id: uuid.UUID, user: User | None, *, after: str = "") -> SocketClient:
    url = f"/ws/answers/{answer_id}/" + (f"?after={after}" if after else "")
    return SocketClient(URLRouter(websocket_urlpatterns), url, user=user)


async def opened(answer: Answer, user: User, *, after: str = "") -> SocketClient:
    communicator = await socket(answer.pk, user, after=after)
    is_open, _ = await communicator.connect()
    assert is_open
    return communicator


async def heard_until_final(communicator: SocketClient) -> list[Message]:
    messages: list[Message] = []
    while not messages or messages[-1]["type"] not in {"final", "unavailable", "gone"}:
        messages.append(await communicator.next_message())
    return messages


def text_in(messages: list[Message]) -> str:
    """As the page puts it together."""
    text = ""
    for message in messages:
        if message["type"] == "restart":
            text = ""
        if message["type"] == "delta":
            assert message["offset"] <= len(text), "a gap"
            text = text[: message["offset"]] + message["text"]
    return text


def write(answer: Answer, text: str, *, offset: int = 0) -> None:
    for index, character in enumerate(text):
        assert news.announce(answer.pk, "delta", {"text": character, "offset": offset + index})


def end(answer: Answer, text: str = TEXT) -> None:
    outcome = AnswerOutcome(text=text, model_name="m", adapter="", ttft_s=0.1, num_tokens=9)
    assert answer_finish(answer.pk, outcome=outcome, claims=[], worker=WORKER)


def started(cast: Cast) -> Answer:
    answer = ask(cast)
    begin(answer)
    return answer


async def test_the_text_comes_as_it_is_written_and_ends_with_the_servers_html(live_cast: Cast) -> None:
    answer = await sync_to_async(started)(live_cast)
    communicator = await opened(answer, live_cast.alice)
    await sync_to_async(write)(answer, TEXT)
    await sync_to_async(end)(answer)
    messages = await heard_until_final(communicator)
    assert text_in(messages) == TEXT
    assert (messages[0]["type"], messages[-1]["status"]) == ("snapshot", "finished")
    assert 'class="time-chip"' in messages[-1]["html"]


async def test_a_page_reloaded_mid_answer_gets_everything_again(live_cast: Cast) -> None:
    answer = await sync_to_async(started)(live_cast)
    first = await opened(answer, live_cast.alice)
    await sync_to_async(write)(answer, TEXT[:20])
    await first.next_message()
    await first.disconnect()
    second = await opened(answer, live_cast.alice)
    await sync_to_async(write)(answer, TEXT[20:], offset=20)
    await sync_to_async(end)(answer)
    assert text_in(await heard_until_final(second)) == TEXT


async def test_two_tabs_hold_the_same_text(live_cast: Cast) -> None:
    answer = await sync_to_async(started)(live_cast)
    tabs = [await opened(answer, live_cast.alice) for _ in range(2)]
    await sync_to_async(write)(answer, TEXT)
    await sync_to_async(end)(answer)
    heard = [await heard_until_final(tab) for tab in tabs]
    assert text_in(heard[0]) == text_in(heard[1]) == TEXT
    assert heard[0][-1]["html"] == heard[1][-1]["html"]


async def test_a_dropped_line_goes_on_after_the_last_seq_without_loss_or_repeat(live_cast: Cast) -> None:
    answer = await sync_to_async(started)(live_cast)
    await sync_to_async(write)(answer, TEXT[:20])
    first = await opened(answer, live_cast.alice)
    before: list[Message] = []
    while text_in(before) != TEXT[:20]:
        before.append(await first.next_message())
    await first.disconnect()
    await sync_to_async(write)(answer, TEXT[20:], offset=20)
    await sync_to_async(end)(answer)
    # The row is final by now, so the rest is in the stream only for a reader who asks while it runs.
    second = await opened(answer, live_cast.alice, after=before[-1]["seq"])
    after = await heard_until_final(second)
    assert after[-1]["type"] == "final"
    assert not [message for message in after if message["type"] == "delta" and message["offset"] < 20]


async def test_a_reader_who_comes_back_while_it_runs_gets_only_what_is_new(live_cast: Cast) -> None:
    answer = await sync_to_async(started)(live_cast)
    await sync_to_async(write)(answer, TEXT[:20])
    seq = (await sync_to_async(last_seq)(answer)) or ""
    await sync_to_async(write)(answer, TEXT[20:], offset=20)
    communicator = await opened(answer, live_cast.alice, after=seq)
    messages = [await communicator.next_message() for _ in range(2)]
    assert messages[1]["type"] == "delta"
    assert (messages[1]["offset"], messages[1]["text"]) == (20, TEXT[20:])
    await communicator.disconnect()


def last_seq(answer: Answer) -> str:
    from webapp.lib import events

    return events.read_after(news.stream_key(answer.pk))[-1].seq


async def test_an_answer_that_starts_again_is_not_doubled(live_cast: Cast) -> None:
    answer = await sync_to_async(started)(live_cast)
    communicator = await opened(answer, live_cast.alice)
    await sync_to_async(write)(answer, "Half of an old ")
    await sync_to_async(news.announce)(answer.pk, "restart")
    await sync_to_async(write)(answer, TEXT)
    await sync_to_async(end)(answer)
    assert text_in(await heard_until_final(communicator)) == TEXT


async def test_a_killed_worker_ends_as_a_visible_failure_with_the_partial_text(live_cast: Cast) -> None:
    answer = await sync_to_async(started)(live_cast)
    communicator = await opened(answer, live_cast.alice)
    await sync_to_async(write)(answer, "Two clips")
    await sync_to_async(job_fail)(answer.job_id, code="worker_lost", message="Interrupted. Try again.", permanent=False)
    last = (await heard_until_final(communicator))[-1]
    assert last["status"] == "failed"
    assert "Two clips" in last["html"]
    assert "Interrupted. Try again." in last["html"]
    assert 'data-action="again"' in last["html"]


async def test_lost_news_of_the_end_is_made_up_for_by_the_row(live_cast: Cast, settings: Any) -> None:
    answer = await sync_to_async(started)(live_cast)
    communicator = await opened(answer, live_cast.alice)
    await sync_to_async(Answer.objects.filter(pk=answer.pk).update)(status="finished", text=TEXT)
    assert (await heard_until_final(communicator))[-1]["status"] == "finished"


async def test_without_redis_the_reader_is_told_to_look_at_the_row(live_cast: Cast, settings: Any) -> None:
    answer = await sync_to_async(started)(live_cast)
    settings.STREAMS_URL = f"redis://127.0.0.1:{free_port()}/2"
    communicator = await opened(answer, live_cast.alice)
    assert (await heard_until_final(communicator))[-1]["type"] == "unavailable"
    assert (await communicator.receive_output(timeout=5))["code"] == 4503


async def test_a_waiting_answer_tells_its_place(live_cast: Cast) -> None:
    answer = await sync_to_async(ask)(live_cast)
    communicator = await opened(answer, live_cast.alice)
    snapshot = await communicator.next_message()
    assert (snapshot["status"], snapshot["place"], snapshot["words"]) == ("queued", 1, "Queued, place 1")
    await communicator.disconnect()


async def test_an_administrator_who_owes_a_second_factor_opens_no_line_and_an_open_one_ends(
    live_cast: Cast, settings: Any
) -> None:
    answer = await sync_to_async(started)(live_cast)
    communicator = await opened(answer, live_cast.alice)
    await sync_to_async(live_cast.alice.memberships.update)(role="admin")
    settings.ADMINS_NEED_SECOND_FACTOR = True
    is_open, _ = await (await socket(answer.pk, live_cast.alice)).connect()
    assert not is_open
    await sync_to_async(write)(answer, TEXT)
    assert (await heard_until_final(communicator))[-1]["type"] == "gone"


@pytest.mark.parametrize("who", ["bob", "charlie"])
async def test_a_stranger_is_not_let_in(live_cast: Cast, who: str) -> None:
    answer = await sync_to_async(started)(live_cast)
    is_open, code = await (await socket(answer.pk, getattr(live_cast, who))).connect()
    assert (is_open, code) == (False, 4404)


async def test_who_is_signed_out_is_not_let_in(live_cast: Cast) -> None:
    answer = await sync_to_async(started)(live_cast)
    assert await (await socket(answer.pk, None)).connect() == (False, 4401)


async def test_whose_session_has_run_out_is_not_let_in(live_cast: Cast) -> None:
    answer = await sync_to_async(started)(live_cast)
    communicator = await socket(answer.pk, live_cast.alice)
    await sync_to_async(age_sessions)(LAST_SEEN_KEY)
    assert await communicator.connect() == (False, 4401)


async def test_an_answer_that_is_not_there_is_not_found(live_cast: Cast) -> None:
    assert await (await socket(uuid.uuid4(), live_cast.alice)).connect() == (False, 4404)


def age_sessions(key: str) -> None:
    for row in Session.objects.all():
        session = session_open(row.session_key)
        session[key] = 0
        session.save()


def deactivate(cast: Cast) -> None:
    hospital = cast.alice.memberships.get().hospital
    member_deactivate(
        actor=page_actor(MembershipFactory(hospital=hospital, role="admin").user), member=cast.alice.memberships.get()
    )


def leave_hospital(cast: Cast) -> None:
    cast.video.owner = cast.bob
    cast.video.department = None
    cast.video.save()


def change_password(cast: Cast) -> None:
    cast.alice.set_password("another-long-one-73")
    cast.alice.save()


LOSSES = [
    (deactivate, 4401),
    (leave_hospital, 4404),
    (change_password, 4401),
    (lambda _cast: age_sessions(SIGNED_IN_KEY), 4401),
]


@pytest.mark.parametrize("is_writing", [True, False])
@pytest.mark.parametrize(("lose", "code"), LOSSES)
async def test_a_socket_ends_soon_after_the_right_to_read(live_cast: Cast, lose, code: int, is_writing: bool) -> None:
    answer = await sync_to_async(started)(live_cast)
    communicator = await opened(answer, live_cast.alice)
    assert (await communicator.next_message())["type"] == "snapshot"
    await sync_to_async(lose)(live_cast)
    messages: list[Message] = []
    while not messages or messages[-1]["type"] != "gone":
        if is_writing:
            await sync_to_async(write)(answer, ".", offset=len(messages))
            await asyncio.sleep(0.01)
        messages.append(await communicator.next_message())
        assert len(messages) < 500
    assert (await communicator.receive_output(timeout=5))["code"] == code


@pytest.mark.parametrize(("lose", "_code"), LOSSES)
async def test_sse_ends_soon_after_the_right_to_read(live_cast: Cast, async_client: AsyncClient, lose, _code) -> None:
    answer = await sync_to_async(started)(live_cast)
    await async_client.aforce_login(live_cast.alice)
    response: Any = await async_client.get(reverse("answer_events", args=[answer.pk]))
    await sync_to_async(lose)(live_cast)
    messages = [json.loads(part.decode().split("data: ", 1)[1]) async for part in response.streaming_content]
    assert messages[-1]["type"] == "gone"
    assert len(messages) <= 4


async def sse_until_final(client: AsyncClient, answer: Answer, **headers: str) -> list[Message]:
    """Reads the stream and ends the answer once a delta came, so that the end comes live."""
    response: Any = await client.get(reverse("answer_events", args=[answer.pk]), headers=headers)
    assert response["Content-Type"] == "text/event-stream"
    messages: list[Message] = []
    async for part in response.streaming_content:
        lines = dict(line.split(": ", 1) for line in part.decode().strip().splitlines())
        messages.append(json.loads(lines["data"]) | {"id": lines.get("id")})
        if messages[-1]["type"] == "delta":
            await sync_to_async(end)(answer)
    return messages


async def test_sse_tells_the_same(live_cast: Cast, async_client: AsyncClient) -> None:
    answer = await sync_to_async(started)(live_cast)
    await async_client.aforce_login(live_cast.alice)
    await sync_to_async(write)(answer, TEXT)
    messages = await sse_until_final(async_client, answer)
    assert text_in(messages) == TEXT
    assert messages[-1]["type"] == "final"
    assert messages[1]["id"] == messages[1]["seq"]


async def test_sse_goes_on_after_the_last_event_id(live_cast: Cast, async_client: AsyncClient) -> None:
    answer = await sync_to_async(started)(live_cast)
    await async_client.aforce_login(live_cast.alice)
    await sync_to_async(write)(answer, TEXT[:20])
    seq = await sync_to_async(last_seq)(answer)
    await sync_to_async(write)(answer, TEXT[20:], offset=20)
    messages = await sse_until_final(async_client, answer, **{"Last-Event-ID": seq})
    assert "".join(message["text"] for message in messages if message["type"] == "delta") == TEXT[20:]


@pytest.mark.parametrize("who", ["bob", "charlie"])
async def test_sse_does_not_let_a_stranger_in(live_cast: Cast, async_client: AsyncClient, who: str) -> None:
    answer = await sync_to_async(started)(live_cast)
    await async_client.aforce_login(getattr(live_cast, who))
    response = await async_client.get(
        reverse("answer_events", args=[answer.pk]), headers={"Accept": "application/json"}
    )
    assert response.status_code == 404
