"""Smoothing, calibration and the cutting of segments, on numbers a person can check."""

import numpy as np
import pytest

from inference.vision.outputs import PHASES
from inference.vision.phase_order import is_whole_operation, phase_positions, phase_rates_per_s, position_evidence
from inference.vision.smoothing import forward_backward, gaussian_smooth, keep_with_hysteresis, runs_of, scales_smooth
from inference.vision.training.calibrate import fit_platt


def test_smoothing_weighs_neighbours_by_their_distance_in_time() -> None:
    smoothed = gaussian_smooth(np.array([[0.0], [1.0], [5.0]]), np.array([0.0, 1.0, 100.0]), 1.0)
    near = np.exp(-0.5)
    np.testing.assert_allclose(smoothed[:, 0], [near / (1 + near), 1 / (1 + near), 5.0])


def test_no_smoothing_leaves_values_alone() -> None:
    values = np.array([[1.0], [2.0]])
    np.testing.assert_array_equal(gaussian_smooth(values, np.array([0.0, 1.0]), 0.0), values)


def test_one_doubtful_frame_does_not_change_the_phase() -> None:
    evidence = np.log(np.array([[0.9, 0.1], [0.9, 0.1], [0.3, 0.7], [0.9, 0.1], [0.9, 0.1]]))
    rates = np.array([[0.0, 0.01], [0.01, 0.0]])
    posterior = forward_backward(evidence, np.arange(5.0), rates)
    assert posterior.argmax(axis=1).tolist() == [0, 0, 0, 0, 0]
    np.testing.assert_allclose(posterior.sum(axis=1), 1)


def test_the_posterior_equals_summing_over_all_paths() -> None:
    evidence = np.log(np.array([[0.6, 0.4], [0.2, 0.8], [0.7, 0.3]]))
    stay = (1 + np.exp(-0.4)) / 2  # two states, each turning into the other 0.2 times a second, one second apart
    change = 1 - stay
    step = np.array([[stay, change], [change, stay]])
    paths = np.einsum("a,ab,b,bc,c->abc", np.exp(evidence[0]), step, np.exp(evidence[1]), step, np.exp(evidence[2]))
    expected = np.stack([paths.sum(axis=axes) for axes in ((1, 2), (0, 2), (0, 1))]) / paths.sum()
    posterior = forward_backward(evidence, np.arange(3.0), np.array([[0.0, 0.2], [0.2, 0.0]]))
    np.testing.assert_allclose(posterior, expected, atol=1e-6)


def test_phases_follow_their_order_more_often_than_not() -> None:
    rates = phase_rates_per_s(200.0)
    assert rates.argmax(axis=1).tolist()[:3] == [1, 2, 3]
    assert (np.diag(rates) == 0).all()


def test_nothing_leads_back_to_before_the_duct_was_cut() -> None:
    rates = phase_rates_per_s(200.0, is_cut_once=True)
    before, after = slice(0, 3), slice(3, None)
    assert rates[after, before].max() < 1e-3 * min(rates[after, after][rates[after, after] > 0].min(), rates[1, 2])
    assert rates[2, 1] > 0.01 * rates[2, 3]


def test_positions_are_used_for_whole_operations_only() -> None:
    times_s = np.linspace(0, 1000, 100)
    phases = (np.arange(100) * len(PHASES)) // 100
    positions = phase_positions([(times_s, phases)])
    np.testing.assert_allclose(positions.sum(axis=1), 1)
    assert position_evidence(times_s, positions)[[0, -1]].argmax(axis=1).tolist() == [0, len(PHASES) - 1]
    assert is_whole_operation(times_s)
    assert not is_whole_operation(times_s / 100)


def test_runs_and_hysteresis() -> None:
    probability = np.array([0.4, 0.6, 0.4, 0.1, 0.4, 0.4])
    mask = keep_with_hysteresis(probability, on=0.5, off=0.35)
    assert runs_of(mask) == [(0, 3)]


def test_platt_scaling_finds_the_frequency_behind_a_score() -> None:
    random = np.random.default_rng(0)
    scores = random.normal(size=4000) * 3
    truth = random.random(4000) < 1 / (1 + np.exp(-(0.5 * scores - 1)))
    (slope, offset), loss = fit_platt(scores, truth)
    assert (slope, offset) == (pytest.approx(0.5, abs=0.08), pytest.approx(-1, abs=0.15))
    assert loss < np.log(2)


def test_over_several_widths_near_neighbours_count_most_and_far_ones_still_count() -> None:
    values, times_s = np.zeros((201, 1)), np.arange(201.0)
    values[100] = 1.0
    wide = scales_smooth(values, times_s, 2.0)[:, 0]
    narrow = gaussian_smooth(values, times_s, 2.0)[:, 0]
    assert wide[100] > wide[104] > wide[130] > 0
    assert narrow[130] == 0.0
    np.testing.assert_array_equal(scales_smooth(values, times_s, 0.0), values)
