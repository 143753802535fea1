"""How the eyes' probabilities of a clip become facts, as the product cuts them."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from inference.evidence.fact import Fact
from inference.vision.cutting import SEGMENT_OFF, SEGMENT_ON, Probabilities
from inference.vision.eyes.read_video import SeenVideo
from inference.vision.eyes.video_kind import KindReading
from inference.vision.smoothing import keep_with_hysteresis

# A column beside the eyes' own: 1 where a frame belongs to no kind that is known.
STRANGE = "scene/strange"


def eyes_cut(reading: KindReading, shown: tuple[str, ...]) -> Callable[[Probabilities], Iterator[Fact]]:
    def cut(said: Probabilities) -> Iterator[Fact]:
        is_strange = said[STRANGE] >= SEGMENT_ON
        outside = keep_with_hysteresis(said["body/outside"], on=SEGMENT_ON, off=SEGMENT_OFF)
        seen = SeenVideo(
            kind_reading=replace(reading, is_strange=is_strange),
            probabilities=said,
            is_silent=outside | is_strange,
            # The course is that of the whole surgery; a clip of it is a stretch of that.
            has_course=True,
            shown=shown,
            interval_s=1.0,
        )
        yield from seen.facts()

    return cut
