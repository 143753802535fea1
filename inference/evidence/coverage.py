"""Stretches of time: what they have in common, what is left of one without others."""

from collections.abc import Iterable, Sequence

from inference.evidence.citation import Span

# A moment is given a length, so that it can be covered.
SHORTEST_S = 1e-3


def length_s(span: Span) -> float:
    return max(span.end_s - span.start_s, SHORTEST_S)


def overlap_s(one: Span, other: Span) -> float:
    return max(0.0, min(one.start_s + length_s(one), other.end_s) - max(one.start_s, other.start_s))


def joined(spans: Iterable[Span]) -> list[Span]:
    """In order; those that touch or overlap become one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start_s, one.end_s)):
        if found and span.start_s <= found[-1].end_s:
            found[-1] = Span(start_s=found[-1].start_s, end_s=max(found[-1].end_s, span.end_s))
        else:
            found.append(span)
    return found


def without(span: Span, gaps: Iterable[Span]) -> list[Span]:
    """What is left of a span."""
    left, at_s = [], span.start_s
    for gap in joined(gaps):
        if gap.start_s > at_s:
            left.append(Span(start_s=at_s, end_s=min(gap.start_s, span.end_s)))
        at_s = max(at_s, gap.end_s)
    if at_s < span.end_s:
        left.append(Span(start_s=at_s, end_s=span.end_s))
    return [one for one in left if one.end_s > one.start_s]


def share(span: Span, covering: Sequence[Span], *, edge_s: float = 0.0) -> float:
    """In [0, 1]: how much of `span` is covered; `edge_s`: how far each covering stretch may be off."""
    wide = joined(Span(start_s=one.start_s - edge_s, end_s=one.end_s + edge_s) for one in covering)
    return min(1.0, sum(overlap_s(span, one) for one in wide) / length_s(span))
