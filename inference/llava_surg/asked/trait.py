"""What changes the meaning of a question beside its intent: "only", "all the time", "which ... most", "not"."""

from enum import StrEnum


class Trait(StrEnum):
    NEGATED = "negated"
    ONLY = "only"
    THROUGHOUT = "throughout"
    # At the same time.
    TOGETHER = "together"
    FIRST = "first"
    LAST = "last"
    MOST = "most"
    LEAST = "least"
    COUNT = "count"
    # All but the labels it names.
    EXCEPT = "except"
    # Work on a structure, which is more than its being in view.
    WORK = "work"
    # "Answer yes or no."
    ONE_WORD = "one_word"
    # It begins with "which", "where", "show me": a "yes" would answer something else.
    OPEN = "open"


# Of several labels of a lane one is asked for.
CHOOSING = frozenset({Trait.FIRST, Trait.LAST, Trait.MOST, Trait.LEAST})
