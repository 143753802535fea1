"""Stand-ins that keep the same protocols as the real parts, but need no weights and no waiting."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from inference.engines.protocol import GenerationDone, GenerationRequest, TextDelta, VisualKind
from inference.errors import EngineFailed, InferenceError
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


@dataclass(kw_only=True)
class FakeSurgQaEngine:
    """A LanguageEngine for the Surg-QA pipeline: a few rules instead of a model, always the same answer.

    `extract` and `write` may be replaced to misbehave; `fail_after` calls it raises, as a server that went away.
    """

    name: str = FAKE_MODEL
    adapter: str = ""
    visual_kind: VisualKind = "images"
    has_json_schema: bool = True
    extract: Callable[[str], str] = lambda speech: json.dumps(fake_extraction(speech))
    write: Callable[[list[dict[str, Any]]], str] = lambda statements: json.dumps(fake_pairs(statements))
    fail_after: int | None = None
    requests: list[GenerationRequest] = field(default_factory=list)

    def stream(self, request: GenerationRequest, should_stop: StopCheck) -> Iterator[TextDelta | GenerationDone]:
        self.requests.append(request)
        if self.fail_after is not None and len(self.requests) > self.fail_after:
            raise EngineFailed("the fake server went away")
        asked = json.loads(request.messages[-1].text)
        yield TextDelta(text=self.extract(asked["speech"]) if "speech" in asked else self.write(asked["statements"]))
        yield GenerationDone(finish_reason="stop", num_tokens=1, ttft_s=0.0)


def fake_extraction(speech: str) -> dict[str, Any]:
    """Each sentence is a statement; its kind goes by a key word."""
    found: dict[str, Any] = {"usable": True, "observation": [], "reason": [], "plan": [], "deduction": []}
    for sentence in (part.strip() for part in speech.split(".") if len(part.strip()) > 8):
        text = sentence.lower()
        kind = "reason" if "because" in text else "plan" if "next" in text else "observation"
        found["deduction" if "careful" in text else kind].append({"text": sentence + ".", "evidence": sentence})
    return found


def fake_pairs(statements: list[dict[str, Any]]) -> dict[str, Any]:
    asks = {"observation": "What is done here?", "reason": "Why is this done?", "plan": "What comes next?"}
    return {
        "pairs": [
            {
                "statement": row["number"],
                "question": asks.get(row["kind"], "What should be minded?"),
                "answer": row["text"],
            }
            for row in statements
        ]
    }
