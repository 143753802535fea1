"""Captions that roll: each cue says the last line again and adds one. What was said once is kept once.

Only neighbours in time count, and only what is repeated word for word at the seam: the end of the last cue at the
beginning of the next.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from inference.llava_surg.surg_qa.segment import Segment

# Rolling captions follow one another without a gap; live ones overlap.
MAX_GAP_S = 0.3
# Two words may repeat by chance ("and then", "and then"); three, or a whole cue, do not.
MIN_WORDS = 3


def without_repeats(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Segments in the order of time, each with only what its predecessor had not said."""
    before: Segment | None = None
    held: Segment | None = None
    for segment in segments:
        new = _new_words(before, segment)
        if new or before is None or held is None:
            if held is not None:
                yield held
            held = replace(segment, text=new or segment.text)
        else:
            held = replace(held, end_s=max(held.end_s, segment.end_s))
        before = segment
    if held is not None:
        yield held


def _new_words(before: Segment | None, segment: Segment) -> str:
    if before is None or segment.start_s - before.end_s > MAX_GAP_S:
        return segment.text
    said, words = before.text.split(), segment.text.split()
    for num in range(min(len(said), len(words)), 0, -1):
        if said[-num:] == words[:num] and (num >= MIN_WORDS or (num == len(said) and num > 1)):
            return " ".join(words[num:])
    return segment.text
