"""A label named in a text, and a text in which such names are marked."""

from dataclasses import dataclass

from inference.evidence.lanes import EXCLUSIVE_LANES, Key

# One private character stands for one mention while a sentence is taken apart.
FIRST_MARK = 0xE000
MAX_MENTIONS = 0x1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    lane: str
    label: str

    @property
    def key(self) -> Key:
        return self.lane, self.label

    @property
    def is_exclusive(self) -> bool:
        return self.lane in EXCLUSIVE_LANES


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedText:
    """`text` in small letters, each mention in it one private character; `mentions` in the order they stand."""

    text: str
    mentions: tuple[Mention, ...]

    def at(self, mark: str) -> Mention:
        return self.mentions[ord(mark) - FIRST_MARK]

    @staticmethod
    def is_mark(character: str) -> bool:
        return len(character) == 1 and FIRST_MARK <= ord(character) < FIRST_MARK + MAX_MENTIONS
