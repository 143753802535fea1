"""From the encoder's log to the source's own times, and to where its clock jumps."""

from pathlib import Path

import numpy as np
import pytest

from inference.media.notes import notes_of_jumps
from inference.media.source_times import Jump, find_jumps, read_source_times, source_times, write_source_times

FPS = 25.0
NO_TIME = -9223372036854775808


def logged(path: Path, ticks: list[int]) -> Path:
    path.write_text("".join(f"{number} {tick} 1/1000\n" for number, tick in enumerate(ticks)))
    return path


def test_ticks_are_kept_to_the_last(tmp_path: Path) -> None:
    times_s = source_times(logged(tmp_path / "log", [50_001_480, 50_001_520]), start_time_s=0.0, num_frames=2, fps=FPS)
    assert times_s.tolist() == [50_001.48, 50_001.52]


def test_frames_without_a_time_follow_the_last_one_that_has_one(tmp_path: Path) -> None:
    log = logged(tmp_path / "log", [NO_TIME, 80, NO_TIME, 160, NO_TIME])
    times_s = source_times(log, start_time_s=9.0, num_frames=5, fps=FPS)
    assert times_s == pytest.approx([0.04, 0.08, 0.12, 0.16, 0.2])


def test_a_source_without_times_counts_from_its_start(tmp_path: Path) -> None:
    times_s = source_times(logged(tmp_path / "log", [NO_TIME] * 3), start_time_s=0.04, num_frames=3, fps=FPS)
    assert times_s == pytest.approx([0.04, 0.08, 0.12])


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_source_times(np.array([0.5, 0.54]), tmp_path / "pts.safetensors")
    assert read_source_times(tmp_path / "pts.safetensors").tolist() == [0.5, 0.54]


def test_a_regular_clock_and_pictures_that_stand_are_no_jumps() -> None:
    regular_s = np.arange(100) / FPS
    standing_s = np.where((regular_s > 1.0) & (regular_s < 3.0), 1.0, regular_s)
    assert find_jumps(regular_s, fps=FPS) == []
    assert find_jumps(standing_s, fps=FPS) == []


def test_a_jump_is_told_with_its_place_and_size() -> None:
    times_s = np.arange(1500) / FPS
    times_s[775:] += 14 * 3600
    (jump,) = find_jumps(times_s, fps=FPS)
    assert (jump.at_s, round(jump.by_s), jump.is_passing) == (31.0, 50400, False)
    assert notes_of_jumps([jump]) == ("The recording's clock jumps ahead by 14 h at 0:31; the gap was left out.",)


def test_a_wrong_time_that_passes_is_told_once() -> None:
    times_s = np.arange(300) / FPS
    times_s[100:102] += 10_860
    (note,) = notes_of_jumps(find_jumps(times_s, fps=FPS))
    assert (
        note == "The recording's clock is off by 3 h 1 min for a moment at 0:04; the pictures were kept in their order."
    )


def test_many_jumps_are_counted_not_listed() -> None:
    notes = notes_of_jumps([Jump(at_s=float(number), by_s=-90.0) for number in range(100)])
    assert notes[0] == "The recording's clock jumps back by 1 min 30 s at 0:00; the pictures were kept in their order."
    assert notes[3:] == ("The clock jumps at 97 more places.",)
