"""Stand-ins that keep the same protocols as the real parts, but need no weights and no waiting."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from inference.errors import InferenceError
from inference.llava_surg.schema import AnswerDelta, AnswerDone, AnswerRequest
from inference.progress import StopCheck

FAKE_MODEL = "fake-model"
FAKE_ADAPTER = "fake-adapter"
DEFAULT_WORDS = ("A ", "grasper ", "is ", "visible ", "[[t=6.", "0-12.5", "]].")


@dataclass(kw_only=True)
class FakeAnswerer:
    """A VideoAnswerer that writes `words`, one delta each, and remembers what it was asked.

    `before_word(index)` runs before each word: a test can wait, stop the answer or break Redis there.
    """

    words: Sequence[str] = DEFAULT_WORDS
    delay_s: float = 0.0
    error: InferenceError | None = None
    is_insufficient: bool = False
    before_word: Callable[[int], None] = lambda _index: None
    requests: list[AnswerRequest] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.words)

    def stream(self, request: AnswerRequest, should_stop: StopCheck) -> Iterator[AnswerDelta | AnswerDone]:
        self.requests.append(request)
        num_tokens = 0
        for index, word in enumerate(self.words):
            self.before_word(index)
            if should_stop():
                yield self._done(num_tokens, was_stopped=True)
                return
            time.sleep(self.delay_s)
            num_tokens += 1
            yield AnswerDelta(text=word)
        if self.error is not None:
            raise self.error
        yield self._done(num_tokens)

    def _done(self, num_tokens: int, *, was_stopped: bool = False) -> AnswerDone:
        return AnswerDone(
            model_name=FAKE_MODEL,
            adapter=FAKE_ADAPTER,
            ttft_s=0.01,
            num_tokens=num_tokens,
            was_stopped=was_stopped,
            is_insufficient=self.is_insufficient,
        )


def slow_answerer(*, delay_s: float = 0.05, num_words: int = 200) -> FakeAnswerer:
    return FakeAnswerer(words=[f"word{index} " for index in range(num_words)], delay_s=delay_s)


def failing_answerer(error: InferenceError, *, words: Sequence[str] = ("It ", "broke ")) -> FakeAnswerer:
    return FakeAnswerer(words=words, error=error)


def insufficient_answerer() -> FakeAnswerer:
    return FakeAnswerer(words=("Not enough evidence ", "in these seconds."), is_insufficient=True)
