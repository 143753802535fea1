"""A language model behind an OpenAI-compatible server, such as vLLM: streamed, cancellable, with JSON schemas.

Frames go as JPEG images with their time written before them. The server keeps prefixes itself.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import openai

from inference.engines.event_loop import LoopThread
from inference.engines.protocol import (
    BASE_WEIGHTS,
    GenerationDone,
    GenerationRequest,
    ImageInput,
    TextDelta,
    VisualKind,
)
from inference.engines.server_images import image_part, takes_images
from inference.engines.server_reply import ServerReply
from inference.errors import EngineFailed
from inference.progress import StopCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAiEngineOptions:
    """`base_url` ends in /v1. A server without keys takes any."""

    base_url: str
    model: str
    api_key: str = "none"
    timeout_s: float = 120.0
    max_retries: int = 1


class OpenAiEngine:
    """One model name of a server; the server may hold adapters under names of their own (vLLM's LoRA)."""

    has_json_schema = True
    adapter = BASE_WEIGHTS

    def __init__(self, options: OpenAiEngineOptions) -> None:
        self.name = options.model
        self._client = openai.AsyncOpenAI(
            base_url=options.base_url,
            api_key=options.api_key,
            timeout=options.timeout_s,
            max_retries=options.max_retries,
        )
        self._loop = LoopThread(f"server-{options.model}")
        self._probing = threading.Lock()
        self._visual_kind: VisualKind | None = None

    @property
    def visual_kind(self) -> VisualKind:
        """Asked of the server once: no list of models says whether one takes images. Raises EngineFailed."""
        with self._probing:
            if self._visual_kind is None:
                self._visual_kind = "images" if self._loop.result(takes_images(self._client, self.name)) else "none"
            return self._visual_kind

    def stream(self, request: GenerationRequest, should_stop: StopCheck) -> Iterator[TextDelta | GenerationDone]:
        """Raises EngineFailed or PromptTooLong. A stop ends the request even before the server sent anything."""
        if request.visual is not None:
            raise EngineFailed("A language model server takes images, not embeddings.")
        reply = ServerReply()
        pump = self._loop.submit(reply.pump(self._client.chat.completions.create(**_body(self.name, request))))
        try:
            yield from reply.read(should_stop)
        finally:
            pump.cancel()

    def load_adapter(self, name: str, folder: Path) -> None:
        """Loads or replaces an adapter while the server runs; `folder` as the server sees it. Raises EngineFailed."""
        self._manage("load_lora_adapter", {"lora_name": name, "lora_path": str(folder), "load_inplace": True})

    def unload_adapter(self, name: str) -> None:
        """Raises EngineFailed, also for a name that is not loaded."""
        self._manage("unload_lora_adapter", {"lora_name": name})

    def _manage(self, call: str, body: dict[str, Any]) -> None:
        try:
            self._loop.result(self._client.post(f"/{call}", body=body, cast_to=httpx2.Response))
        except openai.OpenAIError as error:
            raise EngineFailed(f"The language model server refused the adapter: {error}") from error


def _body(model: str, request: GenerationRequest) -> dict[str, Any]:
    options = request.options
    body: dict[str, Any] = {
        "model": request.adapter or model,
        "messages": _messages(request),
        "max_tokens": options.max_tokens,
        "temperature": options.temperature,
        "top_p": options.top_p,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if options.seed is not None:
        body["seed"] = options.seed
    if options.stop:
        body["stop"] = list(options.stop)
    if request.json_schema is not None:
        schema = {"name": "answer", "strict": True, "schema": dict(request.json_schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if options.with_log_probabilities:
        body["logprobs"] = True
    if request.prefix:
        body["messages"].append({"role": "assistant", "content": request.prefix})
        body["extra_body"] = {"continue_final_message": True, "add_generation_prompt": False}
    return body


def _messages(request: GenerationRequest) -> list[dict[str, Any]]:
    """Neighbours of one role are joined; the images stand before the text of the first question."""
    joined: list[dict[str, Any]] = []
    for message in request.messages:
        if joined and joined[-1]["role"] == message.role:
            joined[-1]["content"] += "\n" + message.text
        else:
            joined.append({"role": message.role, "content": message.text})
    if request.images:
        first = next(message for message in joined if message["role"] == "user")
        first["content"] = [*_image_parts(request.images), {"type": "text", "text": first["content"]}]
    return joined


def _image_parts(images: tuple[ImageInput, ...]) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for image in images:
        parts += [{"type": "text", "text": f"Second {image.timestamp_s:.0f}:"}, image_part(image.jpeg)]
    return parts
