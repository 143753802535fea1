"""Sentences of an answer while it is written: each is given on once it is whole, with the citations behind it."""

import re

# A full stop, then perhaps citations, then a space and a new beginning; a lone citation belongs to what it follows.
_END = re.compile(r"[.!?。！？](?:\s*\[\[[^\]\n]{0,40}\]\])*(?=\s+[^\s\[]|\s*\n)")


class SentenceStream:
    """Feed it deltas; what is not yet whole is held back."""

    def __init__(self) -> None:
        self._held = ""

    def push(self, text: str) -> list[str]:
        self._held += text
        sentences: list[str] = []
        while found := _END.search(self._held):
            sentences.append(self._held[: found.end()].strip())
            self._held = self._held[found.end() :].lstrip()
        return [sentence for sentence in sentences if sentence]

    def flush(self, *, is_cut_off: bool) -> list[str]:
        """The last sentence; one that the token limit cut is none."""
        rest, self._held = self._held.strip(), ""
        is_whole = re.search(r"[.!?。！？](?:\s*\[\[[^\]\n]{0,40}\]\])*$", rest) is not None
        if not rest or (is_cut_off and not is_whole):
            return []
        return [rest]
