"""What a server sends back, read chunk by chunk; the reader can stop it while nothing has come yet."""

import time
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

import openai

from inference.engines.protocol import FinishReason, GenerationDone, TextDelta
from inference.errors import EngineFailed, InferenceError, PromptTooLong
from inference.progress import StopCheck

# How long a stop may go unseen while the server sends nothing.
STOP_POLL_S = 0.1
_REASONS: dict[str, FinishReason] = {"length": "length"}


@dataclass(slots=True)
class _Counts:
    ttft_s: float = 0.0
    num_tokens: int = 0
    num_prompt: int = 0
    num_cached: int = 0
    reason: FinishReason = "stop"
    log_probabilities: list[float] = field(default_factory=list)

    def done(self, reason: FinishReason | None = None) -> GenerationDone:
        return GenerationDone(
            finish_reason=reason or self.reason,
            num_tokens=self.num_tokens,
            ttft_s=self.ttft_s,
            num_prompt_tokens=self.num_prompt,
            num_cached_tokens=self.num_cached,
            log_probabilities=tuple(self.log_probabilities),
        )


class ServerReply:
    """`pump` runs in the event loop and fills, `read` in the caller's thread and empties."""

    def __init__(self) -> None:
        self._asked_at_s = time.perf_counter()
        self._counts = _Counts()
        self._out: SimpleQueue[TextDelta | GenerationDone | InferenceError] = SimpleQueue()

    async def pump(self, opening: Awaitable[Any]) -> None:
        """`opening` gives the stream of chunks. Cancelling closes the connection, which stops the server."""
        try:
            async with await opening as chunks:
                async for chunk in chunks:
                    self._take(chunk)
            self._out.put(self._counts.done())
        except Exception as error:
            self._out.put(_failure(error))

    def read(self, should_stop: StopCheck) -> Iterator[TextDelta | GenerationDone]:
        """Raises EngineFailed or PromptTooLong."""
        while not should_stop():
            try:
                part = self._out.get(timeout=STOP_POLL_S)
            except Empty:
                continue
            if isinstance(part, InferenceError):
                raise part
            yield part
            if isinstance(part, GenerationDone):
                return
        yield self._counts.done("cancelled")

    def _take(self, chunk: Any) -> None:
        for choice in chunk.choices:
            if choice.finish_reason:
                self._counts.reason = _REASONS.get(choice.finish_reason, "stop")
            if choice.logprobs is not None and choice.logprobs.content:
                self._counts.log_probabilities += [token.logprob for token in choice.logprobs.content]
            if choice.delta.content:
                self._counts.ttft_s = self._counts.ttft_s or time.perf_counter() - self._asked_at_s
                self._counts.num_tokens += 1
                self._out.put(TextDelta(text=choice.delta.content))
        if chunk.usage is not None:
            self._count(chunk.usage)

    def _count(self, usage: Any) -> None:
        self._counts.num_tokens, self._counts.num_prompt = usage.completion_tokens, usage.prompt_tokens
        details = usage.prompt_tokens_details
        self._counts.num_cached = (details.cached_tokens or 0) if details is not None else 0


def _failure(error: Exception) -> InferenceError:
    if isinstance(error, openai.BadRequestError):
        if "context length" in str(error):
            return PromptTooLong("The question is too long for the language model server.")
        return EngineFailed(f"The language model server refused the question: {error}")
    return EngineFailed(f"The language model server did not answer: {error}")
