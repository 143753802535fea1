"""English as it is typed between two operations: "whats", "r used", "the op", and slips of one letter."""

import re
from collections.abc import Iterable

from inference.evidence.mentions import mentions

_SHORT = {
    "whats": "what is",
    "what's": "what is",
    "wheres": "where is",
    "hows": "how is",
    "thats": "that is",
    "theres": "there is",
    "isnt": "isn't",
    "arent": "aren't",
    "wasnt": "wasn't",
    "werent": "weren't",
    "doesnt": "doesn't",
    "didnt": "didn't",
    "dont": "don't",
    "hasnt": "hasn't",
    "cant": "can't",
    "u": "you",
    "r": "are",
    "ur": "your",
    "pls": "please",
    "plz": "please",
    "ppl": "people",
    "op": "operation",
    "pt": "patient",
    "b4": "before",
    "gonna": "going to",
    "wanna": "want to",
    "instr": "instruments",
    "lap chole": "laparoscopic cholecystectomy",
    "chole": "cholecystectomy",
}
# After "post" and "pre" it is another word; "pre op" is no operation.
_WRITTEN = re.compile(
    r"(?<![\w'-])(?<!post )(?<!pre )(?:"
    + "|".join(sorted(map(re.escape, _SHORT), key=len, reverse=True))
    + r")(?![\w'-])"
)
_WORD = re.compile(r"[a-z]+")
# A word of fewer letters is too near to too many others.
MIN_LETTERS = 6
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# What slips are taken for: words that are asked with most. All others may be words of their own.
_OFTEN_TEXT = """
visible instrument instruments surgeon describe happens happening gallbladder operation appears appear picture between
seconds minutes dissection dissecting clipping cutting retracting coagulating aspirating bleeding grasper scissors
bipolar irrigator clipper specimen critical structure structures compare duration longest
"""
_OFTEN = frozenset(_OFTEN_TEXT.split())


def written_out(text: str, known: Iterable[str]) -> str:
    """`text` in small letters. A word that is none of `known` becomes the one from which a single slip parts it."""
    words = frozenset(known)
    return _WORD.sub(lambda found: _corrected(found[0], words), _WRITTEN.sub(lambda found: _SHORT[found[0]], text))


def _corrected(word: str, known: frozenset[str]) -> str:
    if len(word) < MIN_LETTERS or word in known or mentions(word):
        return word
    near = {one for one in _one_slip_away(word) & _OFTEN if one[0] == word[0]}
    return near.pop() if len(near) == 1 else word


def _one_slip_away(word: str) -> set[str]:
    """One letter left out, put in, mistaken, or two in the wrong order."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    found = {left + right[1:] for left, right in cuts if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    found |= {left + letter + right[1:] for left, right in cuts if right for letter in _LETTERS}
    return found | {left + letter + right for left, right in cuts for letter in _LETTERS}
