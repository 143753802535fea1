"""Leaves out sentences an answer has already said, while it streams: small models like to say a thing twice.

Only text that may yet become a repetition is held back, so a new sentence arrives as it is written.
"""

SENTENCE_ENDS = (".", "!", "?")


class RepeatFilter:
    """One answer's; push text in order, then flush once."""

    def __init__(self) -> None:
        self._said: set[str] = set()
        self._sentence = ""
        self._held = ""

    def push(self, text: str) -> str:
        """What of the text so far can be shown."""
        return "".join(self._one(char) for char in text)

    def flush(self) -> str:
        """The rest; nothing where it repeats what was said."""
        rest = "" if self._sentence.strip() in self._said else self._held
        self._said.add(self._sentence.strip())
        self._sentence = self._held = ""
        return rest

    def _one(self, char: str) -> str:
        ended = self.flush() if char.isspace() and self._sentence.endswith(SENTENCE_ENDS) else ""
        self._sentence += char
        self._held += char
        begun = self._sentence.lstrip()
        if any(said.startswith(begun) for said in self._said):
            return ended
        shown, self._held = self._held, ""
        return ended + shown
