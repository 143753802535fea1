"""The server engine against a small server on loopback that speaks as vLLM does."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from inference.engines.openai import OpenAiEngine, OpenAiEngineOptions
from inference.engines.protocol import (
    BASE_WEIGHTS,
    GenerationDone,
    GenerationRequest,
    ImageInput,
    Message,
    SamplingOptions,
    TextDelta,
    complete,
)
from inference.errors import EngineFailed, PromptTooLong
from inference.progress import never_stop


class FakeServer(BaseHTTPRequestHandler):
    """Streams `words`, or answers with `failure` (status, body); remembers the last request."""

    words: ClassVar[list[str]] = ["A ", "hook ", "[[t=1-2]]."]
    failure: ClassVar[tuple[int, str] | None] = None
    asked: ClassVar[dict[str, Any]] = {}

    def do_POST(self) -> None:
        type(self).asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.failure is not None:
            self._send(self.failure[0], "application/json", self.failure[1].encode())
            return
        chunks = [_chunk({"content": word}) for word in self.words]
        chunks += [_chunk({}, finish="stop"), _chunk(None, usage={"prompt_tokens": 9, "completion_tokens": 3})]
        body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
        self._send(200, "text/event-stream", body.encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return


def _chunk(delta: dict[str, str] | None, *, finish: str | None = None, usage: Any = None) -> dict[str, Any]:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    total = None if usage is None else {**usage, "total_tokens": 12}
    return {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": choices,
        "usage": total,
    }


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAiEngine]:
    monkeypatch.setattr(FakeServer, "failure", None)
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    options = OpenAiEngineOptions(base_url=f"http://127.0.0.1:{server.server_port}/v1", model="m", max_retries=0)
    yield OpenAiEngine(options)
    server.shutdown()
    server.server_close()


def request(**more: Any) -> GenerationRequest:
    messages = (
        Message(role="system", text="Be brief."),
        Message(role="user", text="Clip 0-9 s.", is_shared=True),
        Message(role="user", text="What?"),
    )
    return GenerationRequest(messages=messages, options=SamplingOptions(max_tokens=7), **more)


def test_it_streams_text_and_ends_with_the_servers_counts(engine: OpenAiEngine) -> None:
    parts = list(engine.stream(request(), never_stop))

    assert [part.text for part in parts if isinstance(part, TextDelta)] == FakeServer.words
    assert isinstance(parts[-1], GenerationDone)
    assert (parts[-1].num_tokens, parts[-1].num_prompt_tokens) == (3, 9)


def test_frames_stand_before_the_question_with_their_second(engine: OpenAiEngine) -> None:
    complete(engine, request(images=(ImageInput(timestamp_s=3.0, jpeg=b"jpeg"),)))

    content = FakeServer.asked["messages"][1]["content"]
    assert content[0] == {"type": "text", "text": "Second 3:"}
    assert content[1]["image_url"]["url"].startswith("data:image/jpeg;base64,")
    assert content[2]["text"] == "Clip 0-9 s.\nWhat?"


def test_a_schema_asks_the_server_for_json(engine: OpenAiEngine) -> None:
    complete(engine, request(json_schema={"type": "object"}))

    assert FakeServer.asked["response_format"]["json_schema"]["schema"] == {"type": "object"}


def test_it_stops_when_asked(engine: OpenAiEngine) -> None:
    done = list(engine.stream(request(), lambda: True))[-1]

    assert isinstance(done, GenerationDone)
    assert done.finish_reason == "cancelled"


def test_a_stop_reaches_a_server_that_has_sent_nothing_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    hung, closed = threading.Event(), threading.Event()

    class Silent(FakeServer):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            hung.set()
            if self.connection.recv(1) == b"":
                closed.set()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    engine = OpenAiEngine(OpenAiEngineOptions(base_url=f"http://127.0.0.1:{server.server_port}/v1", model="m"))
    (done,) = list(engine.stream(request(), hung.is_set))
    assert isinstance(done, GenerationDone)
    assert done.finish_reason == "cancelled"
    assert closed.wait(10), "the connection was left open, so the server would go on writing"
    server.shutdown()
    server.server_close()


def test_an_answer_begun_is_continued_and_an_adapter_is_asked_for_by_name(engine: OpenAiEngine) -> None:
    complete(engine, request(prefix="First, the hook", adapter="round-3"))

    assert FakeServer.asked["model"] == "round-3"
    assert FakeServer.asked["messages"][-1] == {"role": "assistant", "content": "First, the hook"}
    assert FakeServer.asked["continue_final_message"] is True
    assert FakeServer.asked["add_generation_prompt"] is False


def test_the_base_weights_are_the_models_own_name(engine: OpenAiEngine) -> None:
    complete(engine, request(adapter=BASE_WEIGHTS))

    assert FakeServer.asked["model"] == "m"


def test_a_failing_server_is_an_engine_failure(engine: OpenAiEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeServer, "failure", (500, "{}"))

    with pytest.raises(EngineFailed, match="did not answer"):
        complete(engine, request())


def test_a_server_that_is_not_there_is_an_engine_failure() -> None:
    nowhere = OpenAiEngine(OpenAiEngineOptions(base_url="http://127.0.0.1:9/v1", model="m", max_retries=0))

    with pytest.raises(EngineFailed):
        complete(nowhere, request())


def test_a_prompt_past_the_servers_context_is_too_long(engine: OpenAiEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    body = json.dumps({"error": {"message": "maximum context length is 2048 tokens"}})
    monkeypatch.setattr(FakeServer, "failure", (400, body))

    with pytest.raises(PromptTooLong):
        complete(engine, request())
