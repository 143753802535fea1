"""What goes into an answer and what comes out: plain values that cross package borders.

Time is seconds from the start of the proxy. A citation in an answer's text is `[[t=63.2-71.0]]`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from inference.evidence.fact import Fact
from inference.evidence.verdict import CheckedClaim
from inference.progress import StopCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRequest:
    """`features_path` is the video's feature store file, `samples_path` its track of one picture a second, for models
    that look at pictures; a window of None means the whole video."""

    features_path: Path
    samples_path: Path | None = None
    duration_s: float
    question: str
    history: tuple[Turn, ...] = ()
    window_start_s: float | None = None
    window_end_s: float | None = None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDelta:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDone:
    """The last thing a stream yields. `was_stopped`: should_stop said so, or the token limit was met.

    `claims`: of an answer whose sentences were checked before they were told; None where nobody has checked yet.
    """

    model_name: str
    adapter: str
    ttft_s: float
    num_tokens: int
    was_stopped: bool = False
    is_insufficient: bool = False
    claims: tuple[CheckedClaim, ...] | None = None


class VideoAnswerer(Protocol):
    def stream(self, request: AnswerRequest, should_stop: StopCheck) -> Iterator[AnswerDelta | AnswerDone]:
        """Yields deltas, then one AnswerDone. Raises an InferenceError if no answer can be made."""
        ...
