"""Whether a server's model takes pictures is asked of the server, once, and by what it does."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from inference.engines.openai import OpenAiEngine, OpenAiEngineOptions
from inference.errors import EngineFailed


@contextmanager
def server(*, images: int, text: int = 200) -> Iterator[tuple[OpenAiEngine, list[Any]]]:
    """Answers with these statuses to messages with and without pictures; the list holds what it was asked."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(body)
            has_images = isinstance(body["messages"][0]["content"], list)
            reply = json.dumps({"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": []})
            self.send_response(images if has_images else text)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply.encode())

        def log_message(self, *_: Any) -> None:
            return

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{listening.server_port}/v1"
    yield OpenAiEngine(OpenAiEngineOptions(base_url=url, model="m", max_retries=0)), asked
    listening.shutdown()
    listening.server_close()


def test_a_server_that_reads_the_picture_is_asked_once_and_gets_pictures() -> None:
    with server(images=200) as (engine, asked):
        assert [engine.visual_kind, engine.visual_kind] == ["images", "images"]
        assert len(asked) == 1
        assert asked[0]["messages"][0]["content"][0]["image_url"]["url"].startswith("data:image/jpeg;base64,")


@pytest.mark.parametrize("status", [400, 422, 500])
def test_one_that_refuses_the_picture_and_takes_a_word_reads_text_alone(status: int) -> None:
    with server(images=status) as (engine, _asked):
        assert engine.visual_kind == "none"


def test_one_that_refuses_everything_is_in_trouble_and_asked_again_later() -> None:
    with server(images=400, text=400) as (engine, asked):
        for _ in range(2):
            with pytest.raises(EngineFailed, match="refuses every question"):
                _ = engine.visual_kind
        assert len(asked) == 4


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_door_that_is_shut_says_nothing_of_pictures(status: int) -> None:
    with server(images=status) as (engine, _asked), pytest.raises(EngineFailed, match="did not answer"):
        _ = engine.visual_kind
