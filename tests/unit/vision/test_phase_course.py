"""The course of an operation: frames, readers and the usual order together."""

import numpy as np
import pytest

from inference.vision.eyes.phase_course import confidence_of, decoded, sharpened
from inference.vision.outputs import PHASES
from inference.vision.smoothing import Values
from inference.vision.training.phase_settings import by_clips
from tests.unit.vision.test_eyes import settings

CALOT, CLIPPING, LIVER_BED = 1, 2, 3


def said(phases: list[int], strength: float = 4.0) -> Values:
    """Logits of frames that each say one phase."""
    return strength * np.eye(len(PHASES))[phases]


def unsure(count: int) -> Values:
    return np.full((count, len(PHASES)), 1 / len(PHASES))


def test_in_a_short_clip_frames_tell_the_phase_where_readers_are_unsure() -> None:
    course = decoded(said([CLIPPING] * 30), unsure(30), np.arange(30.0))
    assert (course.argmax(axis=1) == CLIPPING).all()
    assert course[:, CLIPPING].min() > 0.6


def test_some_frames_against_the_usual_order_are_read_over() -> None:
    phases = [CALOT] * 60 + [LIVER_BED] * 3 + [CALOT] * 60 + [CLIPPING] * 20 + [LIVER_BED] * 60
    course = decoded(said(phases, 2.0), unsure(len(phases)), np.arange(0.0, 4.0 * len(phases), 4.0))
    assert set(course[:120].argmax(axis=1)) == {CALOT}
    assert course[-40:].argmax(axis=1).tolist() == [LIVER_BED] * 40


def test_frames_that_lie_closer_count_no_more() -> None:
    phases = [CALOT] * 25 + [LIVER_BED] * 25
    sparse = decoded(said(phases), unsure(50), np.arange(0.0, 200.0, 4.0))
    dense = decoded(said(np.repeat(phases, 4).tolist()), unsure(200), np.arange(200.0))
    np.testing.assert_allclose(dense[::4].max(axis=1), sparse.max(axis=1), atol=0.05)


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
