"""Sums in steps are computed again, whatever they are made of; nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.reasoning.arithmetic import computations

tenths = st.integers(0, 9999).map(lambda number: number / 10)


@given(st.lists(tenths, min_size=2, max_size=8), st.data())
def test_a_right_sum_is_right_and_one_that_is_off_is_not(numbers: list[float], data: st.DataObject) -> None:
    signs = [data.draw(st.sampled_from("+-")) for _ in numbers[1:]]
    shown = f"{numbers[0]:.1f}" + "".join(
        f" {sign} {number:.1f}" for sign, number in zip(signs, numbers[1:], strict=True)
    )
    total = numbers[0] + sum(
        number if sign == "+" else -number for sign, number in zip(signs, numbers[1:], strict=True)
    )
    (right,) = computations(f"F1 hook: {shown} = {total:.1f} s")
    (off,) = computations(f"{shown} = {total + 0.3:.1f}")
    assert right.is_right
    assert right.operands == tuple(numbers)
    assert not off.is_right


@pytest.mark.parametrize(
    ("text", "rights"),
    [
        ("2 * 3 + 4 = 10", [True]),
        ("4 + 2 * 3 = 18", [False]),
        ("5.0 s + 3.5 s = 8.5 s", [True]),
        ("3.0 < 8.0", [True]),
        ("9 <= 2", [False]),
        ("F1 3.0-8.0 s", []),
        ("a = 3", []),
        ("__import__('os').system('x') = 3", []),
        ("", []),
    ],
)
def test_only_plain_numbers_are_computed_with(text: str, rights: list[bool]) -> None:
    assert [one.is_right for one in computations(text)] == rights
