"""Intervals are drawn over groups, and differences over the same items."""

import math

import pytest

from inference.lab.paired import interval, paired_difference


def test_the_mean_is_of_all_values_and_the_interval_holds_it() -> None:
    found = interval({"a": [1.0, 1.0, 1.0], "b": [0.0]})
    assert found.mean == 0.75
    assert (found.low, found.high) == (0.0, 1.0)
    assert found.row() == [0.75, 0.0, 1.0]


def test_what_is_the_same_everywhere_has_no_width() -> None:
    found = interval({name: [0.25, 0.25] for name in "abc"})
    assert (found.mean, found.low, found.high) == (0.25, 0.25, 0.25)


def test_a_group_stands_or_falls_together() -> None:
    """Eight values of two groups are two draws, not eight: the interval is as wide as the groups are apart."""
    apart = interval({"a": [1.0] * 4, "b": [0.0] * 4})
    mixed = interval({str(number): [float(number % 2)] for number in range(8)})
    assert apart.high - apart.low > mixed.high - mixed.low


def test_nothing_is_no_figure() -> None:
    assert math.isnan(interval({}).mean)
    assert math.isnan(interval({"a": []}).low)


def test_a_difference_is_taken_item_by_item() -> None:
    found = paired_difference({"a": [1.0, 0.0], "b": [1.0]}, {"a": [0.0, 0.0], "b": [1.0]})
    assert found.mean == pytest.approx(1 / 3)
    assert (found.low, found.high) == (0.0, 0.5)


def test_other_items_are_no_pair() -> None:
    with pytest.raises(ValueError, match="same items"):
        paired_difference({"a": [1.0]}, {"a": [1.0, 0.0]})
