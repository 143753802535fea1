"""A language model behind an OpenAI-compatible server, such as vLLM: streamed, cancellable, with JSON schemas.

Frames go as JPEG images with their time written before them. The server keeps prefixes itself.
"""

import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import openai

from inference.engines.protocol import (
    FinishReason,
    GenerationDone,
    GenerationRequest,
    ImageInput,
    TextDelta,
    VisualKind,
)
from inference.errors import EngineFailed, PromptTooLong
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
    visual_kind: VisualKind = "images"
    has_json_schema = True
    adapter = ""

    def __init__(self, options: OpenAiEngineOptions) -> None:
        self.name = options.model
        self._client = openai.OpenAI(
            base_url=options.base_url,
            api_key=options.api_key,
            timeout=options.timeout_s,
            max_retries=options.max_retries,
        )

    def stream(self, request: GenerationRequest, should_stop: StopCheck) -> Iterator[TextDelta | GenerationDone]:
        if request.visual is not None:
            raise EngineFailed("A language model server takes images, not embeddings.")
        asked_at_s = time.perf_counter()
        try:
            chunks = self._client.chat.completions.create(**_body(self.name, request))
            with chunks:
                yield from _read(chunks, asked_at_s=asked_at_s, should_stop=should_stop)
        except openai.BadRequestError as error:
            if "context length" in str(error):
                raise PromptTooLong("The question is too long for the language model server.") from error
            raise EngineFailed(f"The language model server refused the question: {error}") from error
        except openai.OpenAIError as error:
            raise EngineFailed(f"The language model server did not answer: {error}") from error


def _body(model: str, request: GenerationRequest) -> dict[str, Any]:
    options = request.options
    body: dict[str, Any] = {
        "model": model,
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
        data = base64.b64encode(image.jpeg).decode("ascii")
        parts.append({"type": "text", "text": f"Second {image.timestamp_s:.0f}:"})
        parts.append({"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{data}"}})
    return parts


def _read(chunks: Any, *, asked_at_s: float, should_stop: StopCheck) -> Iterator[TextDelta | GenerationDone]:
    ttft_s, num_tokens, num_prompt, num_cached = 0.0, 0, 0, 0
    reason: FinishReason = "stop"
    for chunk in chunks:
        if should_stop():
            reason = "cancelled"
            break
        for choice in chunk.choices:
            if choice.finish_reason == "length":
                reason = "length"
            if choice.delta.content:
                ttft_s = ttft_s or time.perf_counter() - asked_at_s
                num_tokens += 1
                yield TextDelta(text=choice.delta.content)
        if chunk.usage is not None:
            num_tokens, num_prompt = chunk.usage.completion_tokens, chunk.usage.prompt_tokens
            details = chunk.usage.prompt_tokens_details
            num_cached = (details.cached_tokens or 0) if details is not None else 0
    yield GenerationDone(
        finish_reason=reason,
        num_tokens=num_tokens,
        ttft_s=ttft_s,
        num_prompt_tokens=num_prompt,
        num_cached_tokens=num_cached,
    )
