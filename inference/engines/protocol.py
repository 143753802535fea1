"""What every language engine takes and gives, whether it runs in this process or on a server.

A request is a chat. Messages marked `is_shared` are the same for every question on a video: an engine may keep
its work on them. Visual input is embeddings (for the engine in this process), timed images (for a server), or none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from torch import Tensor

from inference.progress import StopCheck, never_stop

# Where the visual tokens go in a message's text.
VISUAL_SLOT = "<video>"
# The name of no adapter: the model as it was published.
BASE_WEIGHTS = ""

Role = Literal["system", "user", "assistant"]
FinishReason = Literal["stop", "length", "cancelled"]
# "none": the model reads text alone.
VisualKind = Literal["embeddings", "images", "none"]


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
    """Greedy by default. `temperature` 0 means greedy; `stop` strings end the answer and are not part of it.

    `with_log_probabilities`: GenerationDone then tells each token and how likely the model itself found it.
    """

    max_tokens: int = 256
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    with_log_probabilities: bool = False

    def __post_init__(self) -> None:
        if self.max_tokens < 1:
            raise ValueError("max_tokens must be at least 1")
        if self.temperature < 0 or not 0 < self.top_p <= 1:
            raise ValueError("temperature must be >= 0 and top_p in (0, 1]")


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """`json_schema` asks for an answer that fits the schema; only engines with `has_json_schema` accept it.

    `prefix` is how the answer begins: the model continues it, and what is streamed comes after it. `adapter` names
    the fine-tuning that answers: None is the engine's own, BASE_WEIGHTS the model without any.
    """

    messages: tuple[Message, ...]
    visual: VisualInput | None = None
    images: tuple[ImageInput, ...] = ()
    options: SamplingOptions = SamplingOptions()
    json_schema: Mapping[str, Any] | None = None
    prefix: str = ""
    adapter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationDone:
    """`num_cached_tokens` of the `num_prompt_tokens` needed no work. `ttft_s`: from the call to the first token.

    `log_probabilities`: one a token, natural logarithm, of the model's own distribution (no temperature, no schema);
    empty unless asked for. `token_ids` beside them where the engine knows them.
    """

    finish_reason: FinishReason
    num_tokens: int
    ttft_s: float
    num_prompt_tokens: int = 0
    num_cached_tokens: int = 0
    log_probabilities: tuple[float, ...] = ()
    token_ids: tuple[int, ...] = ()


class LanguageEngine(Protocol):
    """`stream` may be called from many threads at once; it yields deltas, then one GenerationDone."""

    @property
    def name(self) -> str: ...

    @property
    def adapter(self) -> str: ...

    @property
    def visual_kind(self) -> VisualKind:
        """Raises EngineFailed where that has to be asked of a server that cannot be reached."""
        ...

    @property
    def has_json_schema(self) -> bool: ...

    def stream(self, request: GenerationRequest, should_stop: StopCheck) -> Iterator[TextDelta | GenerationDone]:
        """Raises EngineFailed or PromptTooLong."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A whole answer. Cut off by the token limit it is no whole one: whoever parses it looks at `is_cut_off` first."""

    text: str
    done: GenerationDone

    @property
    def is_cut_off(self) -> bool:
        return self.done.finish_reason == "length"


def complete(engine: LanguageEngine, request: GenerationRequest, should_stop: StopCheck = never_stop) -> Completion:
    """The whole text at once, for callers who do not stream. Raises EngineFailed or PromptTooLong."""
    parts = list(engine.stream(request, should_stop))
    text = "".join(part.text for part in parts if isinstance(part, TextDelta))
    return Completion(text=text, done=next(part for part in parts if isinstance(part, GenerationDone)))


class Sampler(Protocol):
    """Several answers to one request; what training by outcome needs of an engine."""

    def sample(self, request: GenerationRequest, num_samples: int, should_stop: StopCheck) -> list[Completion]:
        """In order; the n-th sample of a seeded request is the same in every call."""
        ...
