"""What the owner is told of a copy that differs from what the file says of itself. Nothing else words these."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from inference.media.source_times import Jump

if TYPE_CHECKING:
    from inference.media.tracks import Track

MAX_JUMPS_NAMED = 3
ENDED_AT_THE_LIMIT = (
    "The recording's clock contradicts its pictures. The copy ends at {clock}, which is as long as its pictures last."
)


def note_of_tracks(taken: "Track", tracks: Sequence["Track"]) -> tuple[str, ...]:
    """Which track was taken, where there are several."""
    if len(tracks) < 2:
        return ()
    size = f"{taken.width_px} \u00d7 {taken.height_px}, {taken.codec}"
    return (f"The file holds {len(tracks)} video tracks. This is track {taken.number} ({size}).",)


def notes_of_jumps(jumps: Sequence[Jump]) -> tuple[str, ...]:
    """A sentence for each of the first jumps of the recording's clock, and one for the rest."""
    notes = [_note_of_jump(jump) for jump in jumps[:MAX_JUMPS_NAMED]]
    if len(jumps) > MAX_JUMPS_NAMED:
        notes.append(f"The clock jumps at {len(jumps) - MAX_JUMPS_NAMED} more places.")
    return tuple(notes)


def note_of_limit(duration_s: float) -> str:
    return ENDED_AT_THE_LIMIT.format(clock=_clock(duration_s))


def note_of_missing(missing_s: float) -> str:
    return f"{_in_words(missing_s)} of the recording could not be decoded and are not shown."


def _note_of_jump(jump: Jump) -> str:
    size, at = _in_words(abs(jump.by_s)), _clock(jump.at_s)
    if jump.is_passing:
        return f"The recording's clock is off by {size} for a moment at {at}; the pictures were kept in their order."
    if jump.by_s > 0:
        return f"The recording's clock jumps ahead by {size} at {at}; the gap was left out."
    return f"The recording's clock jumps back by {size} at {at}; the pictures were kept in their order."


def _in_words(seconds: float) -> str:
    """52 -> "52 s", 200 -> "3 min 20 s", 49994 -> "13 h 53 min"."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return _pair(whole // 60, "min", whole % 60, "s")
    minutes = round(seconds / 60)
    return _pair(minutes // 60, "h", minutes % 60, "min")


def _pair(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit} {small} {small_unit}" if small else f"{large} {large_unit}"


def _clock(seconds: float) -> str:
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
