import numpy as np
import pytest

from inference.vision.evaluation.metrics import (
    accuracy,
    average_precision,
    calibration_error,
    macro_f1,
    mean_average_precision,
)


def test_average_precision_of_a_ranking() -> None:
    truth = np.array([True, False, True, False])
    assert average_precision(truth, np.array([0.9, 0.8, 0.7, 0.1])) == pytest.approx((1 + 2 / 3) / 2)


def test_a_constant_score_has_the_precision_of_guessing() -> None:
    assert average_precision(np.array([True, False, False, False]), np.ones(4)) == pytest.approx(0.25)


def test_it_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import average_precision_score

    random = np.random.default_rng(0)
    truth, scores = random.random(200) < 0.3, random.integers(0, 20, 200).astype(float)
    assert average_precision(truth, scores) == pytest.approx(average_precision_score(truth, scores))


def test_labels_that_never_occur_do_not_count() -> None:
    truth = np.array([[True, False], [False, False]])
    assert mean_average_precision(truth, np.array([[0.9, 0.9], [0.1, 0.1]])) == 1.0


def test_accuracy_and_macro_f1() -> None:
    truth, guess = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    assert accuracy(truth, guess) == 0.75
    assert macro_f1(truth, guess) == pytest.approx((0.8 + 2 / 3) / 2)


def test_calibration_error_is_the_gap_between_said_and_found() -> None:
    truth = np.array([True, True, False, False])
    assert calibration_error(truth, np.full(4, 0.5)) == 0.0
    assert calibration_error(truth, np.full(4, 0.9)) == pytest.approx(0.4)
