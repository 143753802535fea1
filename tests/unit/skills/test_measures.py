"""Kappa, item estimates and their intervals by hand-made numbers."""

import pytest
from sklearn.metrics import cohen_kappa_score

from inference.avbanet.score import CODES, FORMAT
from webapp.skills import scores
from webapp.skills.agreement import agreement, weighted_kappa
from webapp.skills.items import ScoredReference, interval, item_estimate, level_set
from webapp.skills.strongest import strongest

PAIRS = [(0, 0), (1, 1), (2, 1), (0, 2), (2, 2), (1, 0), (2, 2), (0, 0)]


def test_kappa_is_that_of_a_library() -> None:
    ones, others = zip(*PAIRS, strict=True)
    assert weighted_kappa(PAIRS, num_ranks=3) == pytest.approx(
        cohen_kappa_score(ones, others, labels=[0, 1, 2], weights="quadratic")
    )


def test_kappa_is_one_for_agreement_and_nothing_for_a_single_rank_or_few() -> None:
    assert weighted_kappa([(0, 0), (2, 2), (1, 1)], num_ranks=3) == 1
    assert weighted_kappa([(1, 1)] * 9, num_ranks=3) is None
    assert agreement(PAIRS[:4], num_ranks=3).kappa is None
    assert agreement(PAIRS, num_ranks=3).num_pairs == 8


def test_an_item_has_the_scores_of_the_references_it_resembles() -> None:
    references = [
        ScoredReference(level="novice", item_scores={"flow": 1}),
        ScoredReference(level="novice", item_scores={"flow": 2}),
        ScoredReference(level="expert", item_scores={"flow": 5}),
    ]
    found = item_estimate("flow", probabilities={"novice": 0.2, "expert": 0.8}, references=references)
    assert found.shares == pytest.approx({1: 0.1, 2: 0.1, 5: 0.8})
    assert found.expected == pytest.approx(4.3)
    assert (found.low, found.high) == (5, 5)


def test_an_item_that_a_level_has_no_score_for_has_a_reason() -> None:
    references = [ScoredReference(level="novice", item_scores={"flow": 1})]
    found = item_estimate("flow", probabilities={"novice": 0.2, "expert": 0.8}, references=references)
    assert (found.expected, found.shares) == (None, {})
    assert "expert" in found.reason


def test_the_interval_is_the_shortest_that_holds_four_fifths() -> None:
    assert interval({1: 0.1, 2: 0.3, 3: 0.5, 5: 0.1}) == (2, 3)
    assert level_set({"low": 0.45, "middle": 0.1, "high": 0.45}) == ["low", "high"]


def test_web_and_library_know_the_same_reasons_and_format() -> None:
    assert set(scores.CODE_WORDS) == set(CODES)
    assert scores.FORMAT == FORMAT


def test_the_strongest_seconds_are_not_neighbours() -> None:
    evidence = [{"start_s": float(second), "end_s": second + 1.0, "margin": 0.1} for second in range(40)]
    for second, margin in ((10, 3.0), (11, -2.9), (12, 2.8), (30, -1.0), (31, 0.9)):
        evidence[second]["margin"] = margin
    starts = [part["start_s"] for part in strongest(evidence, at_most=3)]
    assert starts[:2] == [10.0, 30.0]
    assert all(abs(one - other) >= 5 for one in starts for other in starts if one != other)
    assert strongest(evidence[:3], at_most=6) == [evidence[0]]
