"""Token ids to text as it can be shown: whole characters only, nothing of a stop string."""

from collections.abc import Sequence
from typing import Protocol

REPLACEMENT = "\ufffd"
# Enough ids before the new one for a byte-level tokeniser to put spaces right; keeps the work per token constant.
NUM_CONTEXT_IDS = 8


class Decodes(Protocol):
    def decode(self, token_ids: Sequence[int], *, skip_special_tokens: bool) -> str: ...


class StreamDecoder:
    """Holds back a character whose bytes are spread over several tokens until it is whole."""

    def __init__(self, tokenizer: Decodes) -> None:
        self._tokenizer = tokenizer
        self._token_ids: list[int] = []
        self._num_shown_ids = 0

    def push(self, token_id: int) -> str:
        self._token_ids.append(token_id)
        text = self._pending()
        if not text or text.endswith(REPLACEMENT):
            return ""
        self._num_shown_ids = len(self._token_ids)
        return text

    def flush(self) -> str:
        """What is left, a broken character shown as the replacement sign."""
        text = self._pending()
        self._num_shown_ids = len(self._token_ids)
        return text

    def _pending(self) -> str:
        start = max(0, self._num_shown_ids - NUM_CONTEXT_IDS)
        shown = self._decode(self._token_ids[start : self._num_shown_ids])
        return self._decode(self._token_ids[start:])[len(shown) :]

    def _decode(self, token_ids: Sequence[int]) -> str:
        return self._tokenizer.decode(token_ids, skip_special_tokens=True)


class StopFilter:
    """Lets text through except from the first stop string on; holds back an end that may still become one."""

    def __init__(self, stop: tuple[str, ...]) -> None:
        self._stop = stop
        self._held = ""
        self.is_stopped = False

    def push(self, text: str) -> str:
        if self.is_stopped:
            return ""
        self._held += text
        found = [at for at in (self._held.find(stop) for stop in self._stop) if at >= 0]
        if found:
            self.is_stopped = True
            return self._release(min(found), drop_rest=True)
        return self._release(len(self._held) - self._num_maybe(), drop_rest=False)

    def flush(self) -> str:
        return "" if self.is_stopped else self._release(len(self._held), drop_rest=True)

    def _release(self, num_chars: int, *, drop_rest: bool) -> str:
        text = self._held[:num_chars]
        self._held = "" if drop_rest else self._held[num_chars:]
        return text

    def _num_maybe(self) -> int:
        """Length of the longest end of the held text that begins a stop string."""
        longest = max((len(stop) for stop in self._stop), default=0)
        for num_chars in range(min(longest - 1, len(self._held)), 0, -1):
            if any(stop.startswith(self._held[-num_chars:]) for stop in self._stop):
                return num_chars
        return 0
