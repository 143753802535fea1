"""From an engine's text to an answer's: citations whole and inside the video, nothing twice; can it tell?"""

import time
from collections.abc import Iterator

from inference.engines.protocol import GenerationDone, TextDelta
from inference.evidence.plain_words import INSUFFICIENT
from inference.llava_surg.answering.citation_stream import CitationStream
from inference.llava_surg.answering.repeat_filter import RepeatFilter
from inference.llava_surg.schema import AnswerDelta, AnswerDone


def relay(
    parts: Iterator[TextDelta | GenerationDone], *, duration_s: float, asked_at_s: float, model_name: str, adapter: str
) -> Iterator[AnswerDelta | AnswerDone]:
    """Yields deltas, then one AnswerDone. `asked_at_s`: time.perf_counter() when the question came."""
    citations, repeats, opening, ttft_s = CitationStream(duration_s), RepeatFilter(), "", 0.0
    for part in parts:
        if isinstance(part, GenerationDone):
            text = repeats.push(citations.flush()) + repeats.flush()
        else:
            text = repeats.push(citations.push(part.text))
        if text:
            ttft_s = ttft_s or time.perf_counter() - asked_at_s
            opening = (opening + text)[: 2 * len(INSUFFICIENT)]
            yield AnswerDelta(text=text)
        if isinstance(part, GenerationDone):
            yield AnswerDone(
                model_name=model_name,
                adapter=adapter,
                ttft_s=ttft_s,
                num_tokens=part.num_tokens,
                was_stopped=part.finish_reason != "stop",
                is_insufficient=opening.lower().lstrip().startswith(INSUFFICIENT),
            )
