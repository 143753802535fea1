"""Whole characters, whole stop strings."""

import pytest

from inference.engines.local.text_stream import StopFilter, StreamDecoder
from tests.fakes_engine import ByteTokenizer


def test_a_character_over_several_tokens_is_shown_once_whole() -> None:
    decoder = StreamDecoder(ByteTokenizer())
    shown = [decoder.push(byte) for byte in "é→😀x".encode()]

    assert [text for text in shown if text] == ["é", "→", "😀", "x"]


def test_a_broken_character_at_the_end_is_shown_as_such() -> None:
    decoder = StreamDecoder(ByteTokenizer())
    for byte in "ab😀".encode()[:-1]:
        decoder.push(byte)

    assert decoder.flush() == "\ufffd"


@pytest.mark.parametrize("size", [1, 2, 5])
def test_a_stop_string_is_found_however_it_is_cut(size: int) -> None:
    text, stop = "The end<|stop|>never", StopFilter(("<|stop|>",))
    shown = "".join(stop.push(text[at : at + size]) for at in range(0, len(text), size)) + stop.flush()

    assert shown == "The end"
    assert stop.is_stopped


def test_what_only_looks_like_a_stop_string_is_shown_in_the_end() -> None:
    stop = StopFilter(("<|stop|>",))

    assert stop.push("a <|st") == "a "
    assert stop.push("ar") == "<|star"
    assert stop.flush() == ""
