"""The language model in this process: batched, with kept prefixes, streaming and cancelling between tokens."""

import threading
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

from inference.engines.chat_format import ChatFormat
from inference.engines.local.adapters import Adapters
from inference.engines.local.answers import PendingAnswer
from inference.engines.local.batcher import Batcher, Hold
from inference.engines.local.encoding import Tokenizer, fit_chat
from inference.engines.local.grammar import Constraint, Grammar
from inference.engines.protocol import BASE_WEIGHTS, GenerationDone, GenerationRequest, TextDelta, VisualKind
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
    """`model`: a causal language model of transformers in evaluation mode.

    `adapter` names what is merged into it, if anything. With `adapters` a request may name one of those instead: each
    has a batch and kept prefixes of its own, and they compute in turn. `grammar` makes answers fit a JSON schema.
    """

    visual_kind: VisualKind = "embeddings"

    def __init__(
        self,
        *,
        model: Any,
        tokenizer: Tokenizer,
        chat_format: ChatFormat,
        name: str,
        adapter: str = BASE_WEIGHTS,
        adapters: Adapters | None = None,
        grammar: Grammar | None = None,
        options: LocalEngineOptions | None = None,
    ) -> None:
        self.name = name
        self.adapter = adapter
        self._options = options or LocalEngineOptions()
        self._tokenizer = tokenizer
        self._format = chat_format
        self._end_ids = end_ids(model)
        self._model = model
        self._adapters = adapters
        self._grammar = grammar
        self._batchers: dict[str, Batcher] = {}
        self._adding = threading.Lock()

    @property
    def has_json_schema(self) -> bool:
        return self._grammar is not None

    @property
    def batcher(self) -> Batcher:
        """The batch of the engine's own adapter."""
        return self._batcher(self.adapter)

    def stream(self, request: GenerationRequest, should_stop: StopCheck) -> Iterator[TextDelta | GenerationDone]:
        """Raises PromptTooLong at once if the question cannot fit, EngineFailed if the model fails."""
        if request.images:
            raise EngineFailed("The model in this process takes no images.")
        batcher = self._batcher(self.adapter if request.adapter is None else request.adapter)
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
            constraint=self._constraint(request),
        )
        batcher.submit(answer)
        return answer.read(should_stop)

    def _constraint(self, request: GenerationRequest) -> Constraint | None:
        if request.json_schema is None:
            return None
        if self._grammar is None:
            raise EngineFailed("This model cannot be held to a JSON schema.")
        return self._grammar.constraint(request.json_schema)

    def _batcher(self, adapter: str) -> Batcher:
        """Raises EngineFailed for an adapter that is neither merged nor loaded."""
        with self._adding:
            if adapter not in self._batchers:
                self._batchers[adapter] = Batcher(
                    model=self._model,
                    max_batch=self._options.max_batch,
                    max_prefix_bytes=self._options.max_prefix_bytes,
                    hold=self._hold(adapter),
                )
            return self._batchers[adapter]

    def _hold(self, adapter: str) -> Hold:
        if self._adapters is None or adapter == self.adapter != BASE_WEIGHTS:
            if adapter != self.adapter:
                raise EngineFailed(f"The adapter {adapter or 'of no name'} is not loaded.")
            return nullcontext
        return partial(self._adapters.using, adapter)


def end_ids(model: Any) -> frozenset[int]:
    """Tokens that end an answer, as the model's configuration names them."""
    given = model.config.eos_token_id
    if given is None:
        return frozenset()
    return frozenset(given if isinstance(given, list | tuple) else [given])
