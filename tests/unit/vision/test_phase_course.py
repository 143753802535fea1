"""The course of an operation: frames, readers, the clip applier and the usual order together."""

import numpy as np
import pytest

from inference.vision.eyes.phase_course import confidence_of, decoded, sharpened
from inference.vision.eyes.phase_evidence import CLIP_S, applier_evidence, frame_worth, less_constant, look_worth
from inference.vision.eyes.phase_reader import CELL_S
from inference.vision.outputs import EYES_NAMES, PHASES, columns_of
from inference.vision.smoothing import Values
from inference.vision.training.phase_settings import by_clips
from tests.unit.vision.test_eyes import settings

CALOT, CLIPPING, LIVER_BED = 1, 2, 3


def said(phases: list[int], strength: float = 4.0) -> Values:
    """What frames say that each tell one phase and see no clip applier : (T, C), columns EYES_NAMES"""
    rows = np.full((len(phases), len(EYES_NAMES)), -6.0)
    rows[:, columns_of("phase", EYES_NAMES)] = strength * np.eye(len(PHASES))[phases]
    return rows


def every_cell_s(count: int) -> Values:
    return np.arange(count) * CELL_S


def unsure(count: int) -> Values:
    return np.full((count, len(PHASES)), 1 / len(PHASES))


def test_in_a_short_clip_frames_tell_the_phase_where_readers_are_unsure() -> None:
    course = decoded(said([CLIPPING] * 30), unsure(30), np.arange(30.0))
    assert (course.argmax(axis=1) == CLIPPING).all()
    assert course[:, CLIPPING].min() > 0.6


def test_some_frames_against_the_usual_order_are_read_over() -> None:
    phases = [CALOT] * 60 + [LIVER_BED] * 3 + [CALOT] * 60 + [CLIPPING] * 20 + [LIVER_BED] * 60
    course = decoded(said(phases, 2.0), unsure(len(phases)), every_cell_s(len(phases)))
    assert set(course[:120].argmax(axis=1)) == {CALOT}
    assert course[-40:].argmax(axis=1).tolist() == [LIVER_BED] * 40


def test_frames_that_lie_closer_count_no_more() -> None:
    phases = [CALOT] * 25 + [LIVER_BED] * 25
    sparse = decoded(said(phases), unsure(50), every_cell_s(50))
    dense = decoded(said(np.repeat(phases, 4).tolist()), unsure(200), np.arange(200.0))
    np.testing.assert_allclose(dense[::4].max(axis=1), sparse.max(axis=1), atol=0.05)


def test_where_the_duct_was_clipped_tells_the_dissections_apart_in_a_recording_that_looks_like_one_of_them() -> None:
    """An hour in which Calot's triangle looks like a liver bed: what is cut between the two says which is which."""
    phases = [LIVER_BED] * 700 + [CLIPPING] * 20 + [LIVER_BED] * 180
    rows = said(phases, 2.0)
    rows[700:720, EYES_NAMES.index("instrument/clipper")] = 6.0
    course = decoded(rows, unsure(len(phases)), every_cell_s(len(phases))).argmax(axis=1)
    assert (course[5:690] == CALOT).all()
    assert (course[702:718] == CLIPPING).all()
    assert (course[730:] == LIVER_BED).all()


def test_minutes_that_look_like_what_came_before_the_cut_lead_nowhere_back() -> None:
    phases = [CALOT] * 60 + [CLIPPING] * 20 + [LIVER_BED] * 60 + [CALOT] * 50 + [LIVER_BED] * 60
    course = decoded(said(phases, 2.0), unsure(len(phases)), every_cell_s(len(phases))).argmax(axis=1)
    assert (course[90:] == LIVER_BED).all()


@pytest.mark.parametrize("phase", [CALOT, LIVER_BED])
def test_a_part_of_an_operation_without_its_clips_is_told_as_it_looks(phase: int) -> None:
    course = decoded(said([phase] * 225, 2.0), unsure(225), every_cell_s(225))
    assert (course.argmax(axis=1) == phase).mean() > 0.95


def test_the_look_of_an_hour_in_which_the_duct_is_clipped_counts_as_much_as_that_of_a_clip() -> None:
    held, never = np.zeros(900), np.zeros(900)
    held[700:720] = 1.0
    assert look_worth(held, 3600.0) * 3600.0 == pytest.approx(CLIP_S)
    assert look_worth(never, 3600.0) == 1.0
    assert look_worth(held[:8], CLIP_S) == look_worth(np.ones(8), CLIP_S) == 1.0


@pytest.mark.parametrize(("minutes", "expected"), [(0.5, 1.0), (20, 1.0), (40, 0.5), (100, 0.2)])
def test_a_recording_longer_than_twenty_minutes_is_worth_twenty(minutes: float, expected: float) -> None:
    assert frame_worth(60.0 * minutes) == pytest.approx(expected)


def test_one_mistaken_frame_is_no_applier() -> None:
    mistaken = np.zeros(900)
    mistaken[100] = 1.0
    assert look_worth(mistaken, 3600.0) > 0.3


def test_a_look_that_counts_less_moves_nothing_between_other_phases() -> None:
    frame = np.log(np.array([[0.1, 0.15, 0.05, 0.5, 0.1, 0.05, 0.05]]))
    np.testing.assert_allclose(less_constant(frame, 1.0), frame)
    changed, dissections = less_constant(frame, 0.1), [CALOT, LIVER_BED]
    assert changed[0, LIVER_BED] - changed[0, CALOT] == pytest.approx(0.1 * np.log(0.5 / 0.15))
    assert np.exp(changed[0, dissections]).sum() == pytest.approx(0.65)
    np.testing.assert_allclose(np.delete(changed, dissections, axis=1), np.delete(frame, dissections, axis=1))


def test_an_applier_speaks_for_clipping_and_its_absence_a_little_against_it() -> None:
    seen, none = applier_evidence(np.array([1.0, 0.0]))
    assert seen[CLIPPING] - np.delete(seen, CLIPPING).max() > 3.0
    assert 0.0 < np.delete(none, CLIPPING).max() - none[CLIPPING] < 1.0


@pytest.mark.parametrize(("duration_s", "expected"), [(5.0, 0.5), (32.0, 0.5), (600.0, 1.0), (9000.0, 1.0)])
def test_a_clip_is_told_as_surely_as_clips_were_right(duration_s: float, expected: float) -> None:
    own = settings(phase_confidence=1.0, clip_confidence=0.5)
    assert confidence_of(duration_s, own) == pytest.approx(expected)
    assert 0.5 < confidence_of(120.0, own) < 1.0


def test_a_higher_power_makes_surer_and_moves_no_phase() -> None:
    course = np.array([[0.5, 0.3, 0.2], [0.2, 0.2, 0.6]])
    surer = sharpened(course, 2.0)
    assert surer.argmax(axis=1).tolist() == course.argmax(axis=1).tolist()
    assert (surer.max(axis=1) > course.max(axis=1)).all()
    np.testing.assert_allclose(surer.sum(axis=1), 1.0)


def test_each_clip_of_a_recording_is_judged_by_itself() -> None:
    lengths = by_clips(np.array([0.0, 31.0, 32.0, 40.0, 100.0]), lambda own: np.full((own.sum(), 1), own.sum()))
    assert lengths[:, 0].tolist() == [2, 2, 2, 2, 1]
