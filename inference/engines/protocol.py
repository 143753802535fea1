"""What every language engine takes and gives, whether it runs in this process or on a server.

A request is a chat. Messages marked `is_shared` are the same for every question on a video: an engine may keep
its work on them. Visual input is either embeddings (for the engine in this process) or timed images (for a server).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from torch import Tensor

from inference.progress import StopCheck, never_stop

# Where the visual tokens go in a message's text.
VISUAL_SLOT = "<video>"

Role = Literal["system", "user", "assistant"]
FinishReason = Literal["stop", "length", "cancelled"]
VisualKind = Literal["embeddings", "images"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    role: Role
    text: str
    is_shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VisualInput:
    """`embeddings`: (L, D) in the language model's width, start and end rows included. Same key, same rows."""

    key: str
    embeddings: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageInput:
    timestamp_s: float
    jpeg: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingOptions:
    """Greedy by default. `temperature` 0 means greedy; `stop` strings end the answer and are not part of it."""

    max_tokens: int = 256
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.max_tokens < 1:
            raise ValueError("max_tokens must be at least 1")
        if self.temperature < 0 or not 0 < self.top_p <= 1:
            raise ValueError("temperature must be >= 0 and top_p in (0, 1]")


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """`json_schema` asks for an answer that fits the schema; only engines with `has_json_schema` accept it."""

    messages: tuple[Message, ...]
    visual: VisualInput | None = None
    images: tuple[ImageInput, ...] = ()
    options: SamplingOptions = SamplingOptions()
    json_schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationDone:
    """`num_cached_tokens` of the `num_prompt_tokens` needed no work. `ttft_s`: from the call to the first token."""

    finish_reason: FinishReason
    num_tokens: int
    ttft_s: float
    num_prompt_tokens: int = 0
    num_cached_tokens: int = 0


class LanguageEngine(Protocol):
    """`stream` may be called from many threads at once; it yields deltas, then one GenerationDone."""

    @property
    def name(self) -> str: ...

    @property
    def adapter(self) -> str: ...

    @property
    def visual_kind(self) -> VisualKind: ...

    @property
    def has_json_schema(self) -> bool: ...

    def stream(self, request: GenerationRequest, should_stop: StopCheck) -> Iterator[TextDelta | GenerationDone]:
        """Raises EngineFailed or PromptTooLong."""
        ...


def complete(engine: LanguageEngine, request: GenerationRequest, should_stop: StopCheck = never_stop) -> str:
    """The whole text at once, for callers who do not stream."""
    return "".join(part.text for part in engine.stream(request, should_stop) if isinstance(part, TextDelta))
