"""Answers by a model behind a server: frames of the window as images, the timeline as text, the same citations.

Frames come from the request's samples, one picture a second; the on-screen text that was found in them is covered.
A model that reads text alone answers by the timeline.
"""

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from PIL import Image

from inference.engines.protocol import GenerationRequest, ImageInput, LanguageEngine, Message, SamplingOptions
from inference.evidence.unwatched import with_unwatched
from inference.evidence.watched import NOT_KNOWN, Watched, kind_of
from inference.llava_surg.answering.focus import focus
from inference.llava_surg.answering.prompt import SYSTEM, question_messages
from inference.llava_surg.answering.relay import relay
from inference.llava_surg.answering.routing import Window
from inference.llava_surg.answering.timeline_text import timeline_text, watched_text
from inference.llava_surg.schema import AnswerDelta, AnswerDone, AnswerRequest
from inference.media.frames import Frame, read_samples
from inference.progress import StopCheck
from inference.screen_text.covering import TextCover
from inference.screen_text.found import SCREEN_TEXT_NAME, ScreenText

JPEG_QUALITY = 85


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedOptions:
    num_frames: int = 16
    max_tokens: int = 512
    max_history_turns: int = 12


class ServedAnswerer:
    """Thread-safe. `watched`: what the timeline's heads look for."""

    def __init__(
        self, *, engine: LanguageEngine, watched: Watched = NOT_KNOWN, options: ServedOptions | None = None
    ) -> None:
        self._engine = engine
        self._watched = watched
        self._options = options or ServedOptions()

    def stream(self, request: AnswerRequest, should_stop: StopCheck) -> Iterator[AnswerDelta | AnswerDone]:
        asked_at_s = time.perf_counter()
        window = focus(request)
        generation = GenerationRequest(
            messages=self._messages(request, window),
            images=self._images(request, window),
            options=SamplingOptions(max_tokens=self._options.max_tokens),
        )
        yield from relay(
            self._engine.stream(generation, should_stop),
            duration_s=request.duration_s,
            asked_at_s=asked_at_s,
            model_name=self._engine.name,
            adapter=self._engine.adapter,
        )

    def _images(self, request: AnswerRequest, window: Window) -> tuple[ImageInput, ...]:
        if request.samples_path is None or self._engine.visual_kind != "images":
            return ()
        return window_images(request.samples_path, window, num_frames=self._options.num_frames)

    def _messages(self, request: AnswerRequest, window: Window) -> tuple[Message, ...]:
        span = (window.start_s, window.end_s)
        facts = with_unwatched(request.facts, request.question, watched=self._watched, window=span)
        seen = timeline_text(facts, start_s=window.start_s, end_s=window.end_s)
        kind = kind_of(request.facts, self._watched)
        looked_for = watched_text(self._watched.labels_for(kind)) if request.facts else ""
        timeline = f"{seen}\n{looked_for}".rstrip()
        recent = request.history[-self._options.max_history_turns :]
        return (
            Message(role="system", text=SYSTEM, is_shared=True),
            Message(role="user", text=timeline, is_shared=True),
            *question_messages(request.question, recent),
        )


def window_images(samples: Path, window: Window, *, num_frames: int) -> tuple[ImageInput, ...]:
    """At most `num_frames` frames, spread evenly over the window's seconds; none if the samples are gone."""
    if not samples.is_file():
        return ()
    first, last = int(window.start_s), max(int(window.start_s) + 1, int(window.end_s))
    num_kept = min(num_frames, last - first)
    wanted = {first + (2 * index + 1) * (last - first) // (2 * num_kept) for index in range(num_kept)}
    frames = islice(read_samples(samples), first, last)
    covered = _cover(samples.with_name(SCREEN_TEXT_NAME))
    return tuple(
        ImageInput(timestamp_s=timestamp_s, jpeg=_jpeg(covered(timestamp_s, frame)))
        for timestamp_s, frame in frames
        if round(timestamp_s) in wanted
    )


def _cover(screen_text: Path) -> TextCover:
    """Covers nothing where on-screen text was never looked for. Raises FeaturesStale if what was found is damaged."""
    return TextCover(ScreenText.load(screen_text) if screen_text.exists() else ScreenText("", ()))


def _jpeg(frame: Frame) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(frame).save(buffer, format="JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()
