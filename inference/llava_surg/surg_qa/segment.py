"""A stretch of speech with its times."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One cue. `score` is the mean confidence of its words, None where the format carries none."""

    start_s: float
    end_s: float
    text: str
    score: float | None = None
