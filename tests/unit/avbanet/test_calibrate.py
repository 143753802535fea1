import numpy as np

from inference.avbanet.calibrate import (
    expected_calibration_error,
    expected_trust,
    fitted_temperature,
    net_trust_score,
    risk_coverage,
    shares,
)

RANDOM = np.random.default_rng(5)
TRUE_LOGITS = RANDOM.normal(0, 1.5, (4000, 3))
TRUTH = np.array([RANDOM.choice(3, p=row) for row in shares(TRUE_LOGITS)])


def test_the_temperature_undoes_what_was_too_sure() -> None:
    assert 3.5 < fitted_temperature(4 * TRUE_LOGITS, TRUTH) < 4.6


def test_true_probabilities_have_no_calibration_error_and_sharpened_ones_have() -> None:
    assert expected_calibration_error(shares(TRUE_LOGITS), TRUTH) < 0.03
    assert expected_calibration_error(shares(5 * TRUE_LOGITS), TRUTH) > 0.15


def test_trust_is_high_where_the_sure_are_right() -> None:
    sure = np.array([[0.9, 0.1], [0.1, 0.9]])
    assert net_trust_score(sure, np.array([0, 1])) == 0.9
    assert np.isclose(net_trust_score(sure, np.array([1, 0])), 0.1)
    assert np.isclose(expected_trust(np.array([0.9, 0.1])), 0.82)


def test_answering_fewer_is_less_often_wrong() -> None:
    risks = risk_coverage(shares(TRUE_LOGITS), TRUTH)
    assert list(risks.values()) == sorted(risks.values(), reverse=True)
