"""One answer on its way through the batch: what came in, what was said, and the queue its reader waits on."""

import time
from collections.abc import Iterator
from queue import Empty, SimpleQueue

from inference.engines.local.encoding import EncodedChat, Tokenizer
from inference.engines.local.grammar import Constraint
from inference.engines.local.text_stream import StopFilter, StreamDecoder
from inference.engines.local.token_choice import Choice, TokenChoice
from inference.engines.protocol import FinishReason, GenerationDone, SamplingOptions, TextDelta, VisualInput
from inference.errors import EngineFailed
from inference.progress import StopCheck

# How long a cancel may go unseen while no token arrives.
STOP_POLL_S = 0.1


class PendingAnswer:
    """Written by the engine's thread, read by the caller's; `cancel` goes the other way."""

    def __init__(
        self,
        *,
        chat: EncodedChat,
        visual: VisualInput | None,
        options: SamplingOptions,
        tokenizer: Tokenizer,
        end_ids: frozenset[int],
        stop: tuple[str, ...],
        constraint: Constraint | None = None,
    ) -> None:
        self.chat = chat
        self.visual = visual
        self.choice = TokenChoice(options, constraint)
        self.num_tokens = 0
        self.num_prompt_tokens = 0
        self.num_cached_tokens = 0
        self.last_token = 0
        self.is_cancelled = False
        self.is_finished = False
        self._max_tokens = options.max_tokens
        self._end_ids = end_ids
        self._decoder = StreamDecoder(tokenizer)
        self._stop = StopFilter((*options.stop, *stop))
        self._asked_at_s = time.perf_counter()
        self._ttft_s = 0.0
        self._token_ids: list[int] = []
        self._log_probabilities: list[float] = []
        self._out: SimpleQueue[TextDelta | GenerationDone | EngineFailed] = SimpleQueue()

    @property
    def num_prompt_rows(self) -> int:
        visual = 0 if self.visual is None else int(self.visual.embeddings.shape[0])
        return self.chat.shared.num_tokens(visual) + self.chat.rest.num_tokens(visual)

    def accept(self, choice: Choice) -> None:
        """Takes the next token; may finish the answer."""
        token_id = choice.token_id
        if self.num_tokens == 0:
            self._ttft_s = time.perf_counter() - self._asked_at_s
        self.num_tokens += 1
        self.last_token = token_id
        self._token_ids.append(token_id)
        if choice.log_probability is not None:
            self._log_probabilities.append(choice.log_probability)
        if token_id in self._end_ids:
            self.finish("stop")
            return
        self._emit(self._stop.push(self._decoder.push(token_id)))
        if self._stop.is_stopped:
            self.finish("stop")
        elif self.num_tokens >= self._max_tokens:
            self.finish("length")

    def finish(self, reason: FinishReason) -> None:
        if not self._stop.is_stopped:
            self._emit(self._stop.push(self._decoder.flush()) + self._stop.flush())
        self.is_finished = True
        self._out.put(
            GenerationDone(
                finish_reason=reason,
                num_tokens=self.num_tokens,
                ttft_s=self._ttft_s,
                num_prompt_tokens=self.num_prompt_tokens,
                num_cached_tokens=self.num_cached_tokens,
                log_probabilities=tuple(self._log_probabilities),
                token_ids=tuple(self._token_ids),
            )
        )

    def fail(self, error: EngineFailed) -> None:
        self.is_finished = True
        self._out.put(error)

    def read(self, should_stop: StopCheck) -> Iterator[TextDelta | GenerationDone]:
        """Yields until done; a reader that goes away cancels the answer."""
        try:
            while True:
                if should_stop():
                    self.is_cancelled = True
                try:
                    part = self._out.get(timeout=STOP_POLL_S)
                except Empty:
                    continue
                if isinstance(part, EngineFailed):
                    raise part
                yield part
                if isinstance(part, GenerationDone):
                    return
        finally:
            self.is_cancelled = True

    def _emit(self, text: str) -> None:
        if text:
            self._out.put(TextDelta(text=text))
