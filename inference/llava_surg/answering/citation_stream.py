"""Streamed text with every citation whole and inside the video: a half-written one is held back."""

from inference.llava_surg.answering.claims import clamp_citations

OPEN, CLOSE = "[[", "]]"
# A citation is short; what is longer without its end is shown as it is.
MAX_HELD_CHARS = 40


class CitationStream:
    def __init__(self, duration_s: float) -> None:
        self._duration_s = duration_s
        self._held = ""

    def push(self, text: str) -> str:
        self._held += text
        cut = self._safe_length()
        shown, self._held = self._held[:cut], self._held[cut:]
        return clamp_citations(shown, self._duration_s)

    def flush(self) -> str:
        """A citation that never ended is dropped: half a time points nowhere."""
        shown, self._held = self._held, ""
        opened = shown.rfind(OPEN)
        if opened >= 0 and CLOSE not in shown[opened:]:
            shown = shown[:opened].rstrip()
        return clamp_citations(shown, self._duration_s)

    def _safe_length(self) -> int:
        opened = self._held.rfind(OPEN)
        if opened >= 0 and CLOSE not in self._held[opened:] and len(self._held) - opened <= MAX_HELD_CHARS:
            return opened
        return len(self._held) - (1 if self._held.endswith("[") else 0)
