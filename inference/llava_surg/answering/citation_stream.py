"""Streamed text with every citation whole and inside the video: a half-written one is held back."""

from inference.evidence.citation import canonical, unfinished_at


class CitationStream:
    def __init__(self, duration_s: float) -> None:
        self._duration_s = duration_s
        self._held = ""

    def push(self, text: str) -> str:
        """What of the text so far can be shown."""
        self._held += text
        cut = unfinished_at(self._held)
        shown, self._held = self._held[:cut], self._held[cut:]
        return canonical(shown, self._duration_s)

    def flush(self) -> str:
        """The rest; a citation that never ended is dropped: half a time points nowhere."""
        shown, self._held = self._held, ""
        return canonical(shown, self._duration_s)
