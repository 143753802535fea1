"""The grammar of citations, by the vectors that the web and the browser are tested with too."""

import math

import pytest

from inference.evidence.citation import Span, canonical, parts, spans, unfinished_at, without
from inference.llava_surg.answering.citation_stream import CitationStream
from tests.vectors import CitationVector, citation_vectors, limit_s

VECTORS = citation_vectors()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: repr(vector.text))
def test_a_text_is_cut_at_its_citations(vector: CitationVector) -> None:
    found = [[one.start_s, one.end_s] if isinstance(one, Span) else one for one in parts(vector.text, limit_s(vector))]

    assert found == vector.parts


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: repr(vector.text))
def test_what_is_written_anew_says_the_same_and_stays(vector: CitationVector) -> None:
    once, read = canonical(vector.text, limit_s(vector)), spans(vector.text, limit_s(vector))

    assert spans(once) == [Span(start_s=round(one.start_s, 1), end_s=round(one.end_s, 1)) for one in read]
    assert canonical(once) == once


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: repr(vector.text))
def test_a_stream_shows_the_same_however_it_was_cut(vector: CitationVector, size: int) -> None:
    stream = CitationStream(limit_s(vector))
    shown = [stream.push(vector.text[at : at + size]) for at in range(0, len(vector.text), size)]

    assert "".join(shown) + stream.flush() == canonical(vector.text, limit_s(vector))
    assert not any("[[t" in text and "]]" not in text for text in shown)


def test_words_alone_hold_no_citation() -> None:
    assert without("A hook [[t=3-8]] and more [[t=a]].") == "A hook  and more."


@pytest.mark.parametrize(
    ("text", "at"), [("a [[t=3", 1), ("a [", 1), ("a [[t=3-8]]", 11), ("a [x", 4), ("a ", 1), ("a", 1), ("[" * 9, 7)]
)
def test_only_a_tail_that_may_become_a_citation_is_held_back(text: str, at: int) -> None:
    assert unfinished_at(text) == at


@pytest.mark.parametrize("text", ["[[t=" * 20_000, "[" * 100_000, " " * 100_000 + "x", "[[t=1-2" + " " * 100_000])
def test_a_text_made_to_be_slow_is_read_in_time(text: str) -> None:
    assert parts(text, math.inf) is not None
    assert unfinished_at(text) <= len(text)
