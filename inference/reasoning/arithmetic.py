"""What a step computes, computed again: sums, differences, comparisons of plain numbers. Nothing runs as code."""

import re
from dataclasses import dataclass

_NUMBER = r"-?\d{1,7}(?:\.\d{1,4})?"
_TERM = rf"{_NUMBER}(?:\s*(?:s|sec|seconds|points?))?"
_EXPRESSION = re.compile(rf"(?<![\d.])({_TERM}(?:\s*[-+*]\s*{_TERM}){{1,11}})\s*=\s*({_NUMBER})", re.IGNORECASE)
_COMPARISON = re.compile(rf"(?<![\d.])({_NUMBER})\s*(?:s\s*)?(<=|>=|<|>)\s*({_NUMBER})(?![\d.])")
_SYMBOLS = re.compile(r"\d{1,7}(?:\.\d{1,4})?|[-+*]")
# Sheets round to a tenth, so a sum of a few may be off by as much.
ROUNDING = 0.051


@dataclass(frozen=True, slots=True, kw_only=True)
class Computation:
    """`shown`: as the step has it · `operands`: what went in · `value`: what comes out, by code."""

    shown: str
    operands: tuple[float, ...]
    stated: float
    value: float
    is_right: bool


def computations(text: str) -> list[Computation]:
    """Every "a + b - c = d" and "a < b" of a text."""
    sums = [_summed(found[0], found[1], found[2]) for found in _EXPRESSION.finditer(text)]
    return [*sums, *(_compared(found) for found in _COMPARISON.finditer(text))]


def _summed(shown: str, expression: str, stated: str) -> Computation:
    symbols = _SYMBOLS.findall(expression)
    value, operands, sign = 0.0, [], 1.0
    product: float | None = None
    pending = "+"
    for symbol in symbols:
        if symbol in "+-*":
            pending = symbol
            continue
        number = float(symbol)
        operands.append(number)
        if pending == "*" and product is not None:
            product *= number
        else:
            value += sign * (product or 0.0)
            product, sign = number, (-1.0 if pending == "-" else 1.0)
    value += sign * (product or 0.0)
    right = abs(value - float(stated)) <= ROUNDING
    return Computation(shown=shown, operands=tuple(operands), stated=float(stated), value=value, is_right=right)


def _compared(found: re.Match[str]) -> Computation:
    one, other = float(found[1]), float(found[3])
    holds = {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[found[2]]
    return Computation(shown=found[0], operands=(one, other), stated=1.0, value=float(holds), is_right=holds)
