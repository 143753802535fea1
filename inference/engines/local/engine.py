"""The language model in this process: batched, with kept prefixes, streaming and cancelling between tokens."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from inference.engines.chat_format import ChatFormat
from inference.engines.local.answers import PendingAnswer
from inference.engines.local.batcher import Batcher
from inference.engines.local.encoding import Tokenizer, fit_chat
from inference.engines.protocol import GenerationDone, GenerationRequest, TextDelta, VisualKind
from inference.errors import EngineFailed
from inference.progress import StopCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalEngineOptions:
    """`context_tokens` bounds prompt and answer together; `max_prefix_bytes` what is kept of videos' prefixes."""

    context_tokens: int = 2048
    max_batch: int = 16
    max_prefix_bytes: int = 192 * 1024**2

    def __post_init__(self) -> None:
        if self.context_tokens < 16 or self.max_batch < 1 or self.max_prefix_bytes < 0:
            raise ValueError("context_tokens >= 16, max_batch >= 1 and max_prefix_bytes >= 0 are needed")


class LocalEngine:
    """`model`: a causal language model of transformers, adapter merged, in evaluation mode."""

    visual_kind: VisualKind = "embeddings"
    has_json_schema = False

    def __init__(
        self,
        *,
        model: Any,
        tokenizer: Tokenizer,
        chat_format: ChatFormat,
        name: str,
        adapter: str = "",
        options: LocalEngineOptions | None = None,
    ) -> None:
        self.name = name
        self.adapter = adapter
        self._options = options or LocalEngineOptions()
        self._tokenizer = tokenizer
        self._format = chat_format
        self._end_ids = _end_ids(model)
        self.batcher = Batcher(
            model=model, max_batch=self._options.max_batch, max_prefix_bytes=self._options.max_prefix_bytes
        )

    def stream(self, request: GenerationRequest, should_stop: StopCheck) -> Iterator[TextDelta | GenerationDone]:
        """Raises PromptTooLong at once if the question cannot fit, EngineFailed if the model fails."""
        if request.json_schema is not None or request.images:
            raise EngineFailed("The model in this process takes neither images nor a JSON schema.")
        chat = fit_chat(
            request,
            chat_format=self._format,
            tokenizer=self._tokenizer,
            max_prompt_tokens=self._options.context_tokens - request.options.max_tokens,
        )
        answer = PendingAnswer(
            chat=chat,
            visual=request.visual,
            options=request.options,
            tokenizer=self._tokenizer,
            end_ids=self._end_ids,
            stop=self._format.stop,
        )
        self.batcher.submit(answer)
        return answer.read(should_stop)


def _end_ids(model: Any) -> frozenset[int]:
    given = model.config.eos_token_id
    if given is None:
        return frozenset()
    return frozenset(given if isinstance(given, list | tuple) else [given])
