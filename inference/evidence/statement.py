"""A sentence taken apart: which labels it says are there or not, and whether all of it was understood.

Rules, no language model. What the rules do not understand is never called supported, so a word too few in the tables
costs a "not verified", and no untrue sentence gets through by it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from inference.evidence.lanes import Key
from inference.evidence.mention import MarkedText, Mention
from inference.evidence.mentions import marked
from inference.evidence.ontology import find
from inference.evidence.plain_words import (
    DETERMINER_NEGATIONS,
    DETERMINERS,
    FINITE,
    INFERENCES,
    INSUFFICIENT,
    NEGATIONS,
    NEUTRAL,
    NO,
    ONLY,
    THROUGHOUT,
    TOUCH,
    YES,
)

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_SEPARATOR = re.compile(
    r"\s*(?:[,;:()]|\s[-–—]\s|\b(?:and|or|nor|but|however|although|though|while|whereas|yet)\b|(?=\bwithout\b))+\s*"
)
# "No" before these is an answer; before a bare noun it belongs to the noun.
_ANSWER = re.compile(r"^\W*([^\W\d_]+)(\s*[,.;:!–—-]+\s*|\s*$|\s+)")
_BEFORE_A_SENTENCE = re.compile(r"(?:no|not|there|the|it|a|an|i|we|this)\b")
_CONTRASTS = ("but", "however", "although", "though", "while", "whereas", "yet", ";")
# Said together they are seen together; a phase is when, the camera's place where.
_FRAMES = frozenset({"phase", "body"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """`of_work`: it speaks of work on a structure, not of its being in view."""

    mention: Mention
    is_negated: bool
    of_work: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """`answer`: the yes or no it begins with. `is_relation`: who does what to what, which no fact tells. `is_clear`:
    what is meant by each "not" is plain. `is_checkable` off: it claims nothing about what the picture shows."""

    answer: bool | None = None
    assertions: tuple[Assertion, ...] = ()
    unknown_words: tuple[str, ...] = ()
    is_relation: bool = False
    is_clear: bool = True
    is_only: bool = False
    is_throughout: bool = False
    is_either: bool = False
    is_checkable: bool = True

    @property
    def is_understood(self) -> bool:
        """Nothing is said but the assertions."""
        return not self.unknown_words and not self.is_relation


@dataclass(slots=True)
class _Clause:
    words: list[str]
    separator: str
    is_negated: bool = False
    is_clear: bool = True
    marks: list[int] = field(default_factory=list)

    @property
    def negations(self) -> list[int]:
        return [at for at, word in enumerate(self.words) if word in NEGATIONS]

    @property
    def is_finite(self) -> bool:
        return any(word in FINITE for word in self.words)

    @property
    def has_determiner(self) -> bool:
        return bool(self.marks) and self.marks[0] > 0 and self.words[self.marks[0] - 1] in DETERMINERS

    @property
    def is_predicate_negated(self) -> bool:
        return bool(self.marks) and any(
            at > self.marks[0] and self.words[at] not in DETERMINER_NEGATIONS for at in self.negations
        )


def read_statement(text: str, others: Iterable[Key] = ()) -> Statement:
    """`others`: labels that the timeline uses besides the ontology's everyday ones."""
    found = marked(text, others)
    answer, rest = _answer(_plain(found.text))
    clauses = _clauses(rest)
    words = [word for clause in clauses for word in clause.words if not MarkedText.is_mark(word)]
    named = [found.at(word) for clause in clauses for word in clause.words if MarkedText.is_mark(word)]
    unknown_words = _unknown(words, num_named=len(set(named)))
    is_either = _settle(clauses)
    said = set(words)
    return Statement(
        answer=answer,
        assertions=tuple(_assertions(clauses, found)),
        unknown_words=unknown_words,
        is_relation=_is_relation(clauses, found),
        is_clear=all(clause.is_clear for clause in clauses) and not _is_scoped(clauses, found, said),
        is_only=bool(said & ONLY),
        is_throughout=bool(said & THROUGHOUT),
        is_either=is_either,
        is_checkable=INSUFFICIENT not in text.lower() and not said & INFERENCES,
    )


def _plain(text: str) -> str:
    """Without mark-up; contractions in full."""
    text = re.sub(r"[*_`#>~|]+", " ", text)
    text = re.sub(r"\bcannot\b", "can not", re.sub(r"\bcan't\b", "can not", re.sub(r"n't\b", " not", text)))
    return text.replace("not only", "").replace("nothing but", "only").replace("at all", "")


def _answer(text: str) -> tuple[bool | None, str]:
    match = _ANSWER.match(text)
    word = match[1] if match else ""
    if match is None or word not in YES | NO:
        return None, text
    rest = text[match.end() :]
    if word == "no" and rest and not match[2].strip() and not _BEFORE_A_SENTENCE.match(rest):
        return None, text
    return word in YES, rest


def _clauses(text: str) -> list[_Clause]:
    pieces, at, separator = [], 0, ""
    for match in _SEPARATOR.finditer(text):
        if match[0]:
            pieces.append((text[at : match.start()], separator))
            at, separator = match.end(), match[0].strip()
        elif match.start() > at:
            pieces.append((text[at : match.start()], separator))
            at, separator = match.end(), ""
    pieces.append((text[at:], separator))
    clauses = [_Clause(words=_words(piece), separator=separator) for piece, separator in pieces]
    for clause in clauses:
        clause.marks = [index for index, word in enumerate(clause.words) if MarkedText.is_mark(word)]
    return [clause for clause in clauses if clause.words]


def _words(text: str) -> list[str]:
    spaced = "".join(f" {character} " if MarkedText.is_mark(character) else character for character in text)
    return [
        word for piece in spaced.split() for word in ([piece] if MarkedText.is_mark(piece[0]) else _WORD.findall(piece))
    ]


def _unknown(words: Iterable[str], *, num_named: int) -> tuple[str, ...]:
    known = NEUTRAL | NEGATIONS | ONLY | THROUGHOUT | INFERENCES
    return tuple(word for word in words if word.removesuffix("'s") not in known or (word == "both" and num_named < 2))


def _settle(clauses: list[_Clause]) -> bool:
    """Decides for each clause whether it is negated, and whether that is plain; says if things are joined by "or"."""
    for before, clause in zip([None, *clauses], clauses, strict=False):
        own = clause.negations
        clause.is_negated = bool(own) or clause.separator.endswith("nor")
        clause.is_clear = len(own) < 2 and not _splits_marks(clause)
        if before is None or own or not before.is_negated or not clause.marks:
            continue
        _inherit(before, clause)
    _carry_back(clauses)
    return any(clause.separator.endswith("or") and clause.marks for clause in clauses[1:])


def _splits_marks(clause: _Clause) -> bool:
    """ "The hook is not on the liver": what is denied is not plain."""
    return any(clause.marks[0] < at < clause.marks[-1] for at in clause.negations) if clause.marks else False


def _inherit(before: _Clause, clause: _Clause) -> None:
    """ "No hook, grasper or clipper"; but "no hook is visible and a grasper is"."""
    if clause.separator.endswith(("or", "nor")):
        clause.is_negated = True
    elif clause.separator.endswith(_CONTRASTS) or clause.has_determiner or (before.is_finite and clause.is_finite):
        return
    else:
        clause.is_negated, clause.is_clear = True, clause.is_clear and not before.is_finite


def _carry_back(clauses: list[_Clause]) -> None:
    """ "A hook and a grasper are not visible": both are not."""
    is_carried, separator = False, ""
    for clause in reversed(clauses):
        is_list = clause.marks and not clause.negations and not clause.is_finite
        if clause.is_predicate_negated:
            is_carried = True
        elif is_carried and is_list and not separator.endswith(_CONTRASTS):
            clause.is_negated = True
        else:
            is_carried = False
        separator = clause.separator


def _assertions(clauses: Iterable[_Clause], found: MarkedText) -> list[Assertion]:
    said: dict[tuple[Mention, bool], Assertion] = {}
    for clause in clauses:
        for at in clause.marks:
            mention, is_touched = found.at(clause.words[at]), bool(TOUCH & set(clause.words))
            if mention.lane == "target" and not is_touched and find("anatomy", mention.label) is not None:
                mention = replace(mention, lane="anatomy")
            of_work = mention.lane != "target" or is_touched
            key = (mention, clause.is_negated)
            said.setdefault(key, Assertion(mention=mention, is_negated=clause.is_negated, of_work=of_work))
    return list(said.values())


def _is_relation(clauses: list[_Clause], found: MarkedText) -> bool:
    """Who does what to what: facts of single lanes do not tell it."""
    lanes = [{found.at(clause.words[at]).lane for at in clause.marks} - _FRAMES for clause in clauses]
    if any(len(each) > 1 for each in lanes):
        return True
    if not any("instrument" in each for each in lanes):
        return False
    return any(each == {"verb"} and _hangs_on(at, clauses) for at, each in enumerate(lanes))


def _hangs_on(at: int, clauses: list[_Clause]) -> bool:
    """ "A grasper is visible, retracting": no statement of its own, nor one of a list."""
    if clauses[at].is_finite:
        return False
    return any(clause.is_finite for clause in clauses[:at]) or not any(clause.is_finite for clause in clauses[at:])


def _is_scoped(clauses: list[_Clause], found: MarkedText, said: set[str]) -> bool:
    """Where a "not" may be meant of the "always", of the "only", of the phase or of the deed: denied is the whole."""
    negated = [clause for clause in clauses if clause.is_negated]
    if negated and said & (ONLY | THROUGHOUT):
        return True
    return any(len({found.at(clause.words[at]).lane for at in clause.marks}) > 1 for clause in negated)
