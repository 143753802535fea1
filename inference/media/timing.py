"""How long a recording is, judged by its packets. Neither the header nor the recorder's clock decides it.

A picture stands until the next one comes. Where that takes longer than a picture can be thought to stand, the clock has
jumped (it was set, two recordings were joined, a byte was damaged), and the gap is no part of the recording. A slow or
variable rate is not a gap: recorders leave out pictures that repeat, and slides stand for long. So a longer stand is
believed where the pictures around it stand about as long, where the recording's rate varies anyway, where the packet
itself states it, or where there is sound all the while.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from inference.media.packet_times import PacketTimes, Seconds

# ffmpeg's own threshold for the same question (its option dts_delta_threshold).
LONGEST_HOLD_S = 10.0
LONGEST_VARIABLE_HOLD_S = 30.0
LONGEST_SLOW_HOLD_S = 60.0
# Neighbours at least this part as long make a long stand a slow rate.
SLOW_NEIGHBOUR = 0.1
# From this share of distances on that are so far from the usual one, and from this many, the rate varies.
VARIABLE_SHARE, VARIABLE_BY, LEAST_VARIABLE = 0.05, 0.5, 20
# Of so many packets on either side, a damaged time is near at most so many (itself included).
NEIGHBOURS, MOST_DAMAGED_TOGETHER, NEAR_S = 12, 3, 0.25
SOUND_COVERS = 0.9
# No codec's packet of sound is longer; a larger statement is damage.
LONGEST_SOUND_PACKET_S = 1.0
# Clocks are counted in ticks, so what is believed gets a little room.
TICK_ROOM = 1.01
SLACK_S = 1.0
# Bare streams state no times at all; their rate is an assumption.
UNTIMED_FACTOR = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """duration_s : what the packets give. longest_hold_s : a longer step of the clock is a jump.

    limit_s : no copy may become longer, whatever the clock does. is_timed : the packets state times.
    """

    duration_s: float
    longest_hold_s: float
    limit_s: float
    is_timed: bool


def find_timing(pictures: PacketTimes, sound: Sequence[PacketTimes], *, frame_s: float) -> Timing:
    """frame_s : how long a picture stands at the usual rate."""
    order = shown_order(pictures)
    if not order.size:
        duration_s = pictures.num_packets * frame_s
        limit_s = UNTIMED_FACTOR * duration_s + SLACK_S
        return Timing(duration_s=duration_s, longest_hold_s=LONGEST_HOLD_S, limit_s=limit_s, is_timed=False)
    usual_s = max(frame_s, usual_step_s(pictures) or 0.0)
    off_s = _off_by_s(pictures.starts_s(), usual_s=usual_s)
    order = order[off_s[order] == 0]
    starts_s, lasts_s = pictures.starts_s()[order], pictures.lasts_s[order]
    steps_s = np.diff(starts_s)
    longest_hold_s = _longest_hold_s(steps_s, starts_s, sound)
    if off_s.any():
        # ffmpeg meets the damaged times one by one: none of them may pass for a picture that stands.
        longest_hold_s = min(longest_hold_s, float(np.abs(off_s[off_s != 0]).min()) / 2)
    is_jump = (steps_s < 0) | (steps_s > longest_hold_s)
    last_s = usual_s if np.isnan(lasts_s[-1]) or lasts_s[-1] > longest_hold_s else float(lasts_s[-1])
    duration_s = float(steps_s[~is_jump].sum()) + frame_s * int(is_jump.sum()) + last_s
    limit_s = duration_s + frame_s * int((steps_s == 0).sum()) + 2 * usual_s + SLACK_S
    return Timing(duration_s=duration_s, longest_hold_s=longest_hold_s, limit_s=limit_s, is_timed=True)


def usual_step_s(pictures: PacketTimes, *, share: float = 0.5) -> float | None:
    """The distance of two pictures that `share` of them do not exceed (the median); None where no times are stated."""
    steps_s = np.diff(pictures.starts_s()[shown_order(pictures)])
    steps_s = steps_s[steps_s > 0]
    return float(np.quantile(steps_s, share)) if steps_s.size else None


def shown_order(pictures: PacketTimes) -> NDArray[np.intp]:
    """Indices of the packets with a time, as they are shown: by time, but never across a jump of the decoding clock."""
    starts_s = pictures.starts_s()
    stretch = np.cumsum(_is_break(pictures.decoded_s))
    order = np.lexsort((starts_s, stretch)).astype(np.intp)
    return order[~np.isnan(starts_s[order])]


def _off_by_s(starts_s: Seconds, *, usual_s: float) -> Seconds:
    """(N,) seconds that a packet's time is off, in the order of the file; 0 for those that have company.

    A clock that jumps takes all later packets along; a damaged byte takes one, or a few.
    """
    off_s = np.zeros(len(starts_s))
    if len(starts_s) <= 2 * NEIGHBOURS:
        return off_s
    near_s = max(NEAR_S, MOST_DAMAGED_TOGETHER * usual_s)
    around_s = sliding_window_view(np.pad(starts_s, NEIGHBOURS, constant_values=np.nan), 2 * NEIGHBOURS + 1)
    away_s = around_s - starts_s[:, None]
    is_alone = (np.abs(away_s) < near_s).sum(axis=1) <= MOST_DAMAGED_TOGETHER
    # Slides are alone too, but each comes after those before it and before those after it.
    is_before_earlier = (away_s[:, :NEIGHBOURS] > near_s).sum(axis=1) > NEIGHBOURS / 2
    is_after_later = (away_s[:, NEIGHBOURS + 1 :] < -near_s).sum(axis=1) > NEIGHBOURS / 2
    is_off = is_alone & (is_before_earlier | is_after_later)
    off_s[is_off] = -np.nanmedian(away_s[is_off], axis=1)
    off_s[np.abs(off_s) < max(SLACK_S, NEIGHBOURS * usual_s / 2)] = 0
    return off_s


def _is_break(decoded_s: Seconds) -> NDArray[np.bool_]:
    breaks = np.zeros(len(decoded_s), dtype=np.bool_)
    stated = np.flatnonzero(~np.isnan(decoded_s))
    steps_s = np.diff(decoded_s[stated])
    forward_s = steps_s[steps_s > 0]
    if forward_s.size:
        longest_s = max(SLACK_S, 2 * float(np.median(forward_s)) / SLOW_NEIGHBOUR)
        # Small steps back are how containers that state no decoding time number reordered pictures.
        breaks[stated[1:]] = np.abs(steps_s) > longest_s
    return breaks


def _longest_hold_s(steps_s: Seconds, starts_s: Seconds, sound: Sequence[PacketTimes]) -> float:
    believed = [LONGEST_HOLD_S]
    covered = [_covered(track) for track in sound]
    forward_s = steps_s[steps_s > 0]
    if forward_s.size and _varies(forward_s):
        believed.append(LONGEST_VARIABLE_HOLD_S)
    for number in np.flatnonzero(steps_s > LONGEST_HOLD_S).tolist():
        step_s = float(steps_s[number])
        is_slow = step_s <= LONGEST_SLOW_HOLD_S and _is_slow_passage(steps_s, number)
        if is_slow or any(_sounds(starts_s[number], starts_s[number] + step_s, track) for track in covered):
            believed.append(step_s)
    return TICK_ROOM * max(believed)


def _varies(forward_s: Seconds) -> bool:
    usual_s = float(np.median(forward_s))
    is_odd = np.abs(forward_s - usual_s) > VARIABLE_BY * usual_s
    return int(is_odd.sum()) >= LEAST_VARIABLE and float(is_odd.mean()) >= VARIABLE_SHARE


def _is_slow_passage(steps_s: Seconds, number: int) -> bool:
    around_s = np.concatenate((steps_s[max(0, number - 2) : number], steps_s[number + 1 : number + 3]))
    return int((around_s >= SLOW_NEIGHBOUR * steps_s[number]).sum()) >= min(2, len(steps_s) - 1)


def _sounds(start_s: float, end_s: float, covered: tuple[Seconds, Seconds]) -> bool:
    starts_s, until_s = covered
    first, last = np.searchsorted(starts_s, (start_s, end_s))
    return float(until_s[last] - until_s[first]) >= SOUND_COVERS * (end_s - start_s)


def _covered(track: PacketTimes) -> tuple[Seconds, Seconds]:
    """Packets' starts in order, (N,) seconds, and how long there was sound before each and after the last, (N+1,)."""
    starts_s = np.sort(track.starts_s()[~np.isnan(track.starts_s())])
    lasts_s = np.minimum(np.diff(starts_s), LONGEST_SOUND_PACKET_S)
    return starts_s, np.concatenate(([0.0], np.cumsum(lasts_s), [lasts_s.sum()]))[: len(starts_s) + 1]
