"""What a question is about, in its own words: for a refusal that names it."""

import re

from inference.evidence.mention import MarkedText
from inference.evidence.mentions import mentions
from inference.llava_surg.asked.language import ENGLISH
from inference.llava_surg.asked.spelled import numbers
from inference.llava_surg.asked.words import MARK_CLASS, LanguageWords

MAX_CHARS = 80
_MARKUP = re.compile(r"[\[\]{}<>`*_#|~^$=\\\"“”„«»]+")
_EDGES = " ?!.,;:¿¡？！。，'"
# A quoted phrase stays part of the sentence that quotes it.
_SENTENCE_END = re.compile(r"\s*[.!?…]+\s+(?=\S)")
_WORD = re.compile(r"[\w'’\-/.]+")
# "A second hook", "two hooks", "another hook": more than whether a hook is seen.
_QUALIFIERS = frozenset(
    {"second", "third", "another", "other", "different", "same", "more", "extra", "additional", "first", "last"}
)
_COUNTED = re.compile(rf"\b(second|third|another|other|different|same|more|extra|additional|\d+)\s*{MARK_CLASS}")
# Known words that name something, and say nothing alone.
_THINGS_TEXT = """
clip clips camera lens image picture tissue tissues organ organs hand hands instrument instruments tool tools field view
phase step
"""
_THINGS = frozenset(_THINGS_TEXT.split())
# Of whom a single word is said: "surgeon fast".
_PEOPLE = frozenset({"surgeon", "operator", "patient", "assistant", "team"})
_PARTICLES = frozenset({"off", "out", "up", "away", "apart", "back", "behind", "inside", "down", "over", "open"})
_OTHER_PEOPLE = re.compile(r"\b(second|third|another|other|new|different)\s+(?:surgeon|operator|person|team|hand)s?\b")
_DETERMINERS = frozenset({"the", "a", "an", "of", "this"})


def named_part(question: str, words: LanguageWords) -> str:
    """The question from its first to its last word that carries something, without markup; all of it if none does."""
    plain = whole_phrase(question)
    if not words.has_spaces:
        return shortened(plain)
    found = list(_WORD.finditer(plain))
    carrying = [place for place, word in enumerate(found) if _carries(word[0], words)]
    if not carrying:
        return shortened(plain)
    first, last = carrying[0], carrying[-1]
    if all(_qualifies(found[place][0]) for place in carrying):
        return shortened(plain)
    while first > 0 and _qualifies(found[first - 1][0]):
        first -= 1
    while first > 0 and _is_named_with(found[first - 1][0], plain[found[first].start() : found[last].end()], words):
        first -= 1
    last = _completed(found, last, words)
    first, last = _with_neighbours(found, first, last, words)
    return shortened(plain[found[first].start() : found[last].end()])


def _with_neighbours(found: list[re.Match[str]], first: int, last: int, words: LanguageWords) -> tuple[int, int]:
    """English: the thing that an unknown word is said of ("camera steady", "clip slipped"), and what belongs to a verb
    ("pulled out", "safe to clip")."""
    if words.code != ENGLISH:
        return first, last
    things = _THINGS | _PEOPLE if first == last else _THINGS
    while first > 0 and _key(found[first - 1][0]) in things:
        first -= 1
    while last + 1 < len(found) and _key(found[last + 1][0]) in _PARTICLES:
        last += 1
    return first, last


def _is_named_with(before: str, phrase: str, words: LanguageWords) -> bool:
    """ "Clip" says nothing by itself and names something in "clip applier"."""
    if words.labels:
        return False
    longer = {mention.key for mention in mentions(f"{before} {phrase}")}
    return bool(longer - {mention.key for mention in mentions(phrase)} - {mention.key for mention in mentions(before)})


def _qualifies(word: str) -> bool:
    return word.lower() in _QUALIFIERS or word.lower() in numbers() or word.isdigit()


def _completed(found: list[re.Match[str]], last: int, words: LanguageWords) -> int:
    """The place of the last word of a phrase: "handling of the tissue", not "handling"."""
    place = last + 1
    while place < len(found) and _key(found[place][0]) in _DETERMINERS | words.names:
        last = place if _key(found[place][0]) in words.names else last
        place += 1
    return last


def whole_phrase(question: str) -> str:
    """The question in one piece, without markup and marks at its ends."""
    plain = " ".join(_MARKUP.sub(" ", question).split()).strip(_EDGES)
    return _SENTENCE_END.sub(", ", plain)


def words_in(text: str, words: LanguageWords) -> list[str]:
    """Words and mentions; characters where a language has no spaces."""
    if not words.has_spaces:
        return re.findall(r"[\u4e00-\u9fff]|[a-z]{2,}|" + MARK_CLASS, text)
    return [word[0] for word in re.finditer(rf"[\w'’\-/.]+|{MARK_CLASS}", text)]


def counted_labels(rest: str) -> list[str]:
    return [found[1] for found in _COUNTED.finditer(rest)]


def other_people(question: str) -> list[str]:
    """ "The second surgeon": nobody is told apart."""
    return [found[0] for found in _OTHER_PEOPLE.finditer(question.lower())]


def unknown_words(marked_rest: str, words: LanguageWords) -> list[str]:
    """What is left of a question once its mentions, its intent and its times are taken out, and carries something."""
    if not words.has_spaces:
        rest = marked_rest
        for neutral in sorted(words.neutral, key=len, reverse=True):
            rest = rest.replace(neutral, " ")
        return re.findall(r"[\u4e00-\u9fff]+|[a-z]{2,}", rest)
    found = (_key(part) for word in _WORD.finditer(marked_rest) for part in word[0].split("-"))
    return [word for word in found if word and word not in words.neutral and not word.isdigit() and len(word) > 1]


def _carries(word: str, words: LanguageWords) -> bool:
    is_english = words.code == "en"
    parts = (_key(word),) if is_english else (_key(part) for part in word.split("-"))
    if is_english and word.lower() in numbers():
        return False
    return re.search(r"[^\W\d]", word) is not None and any(
        part not in words.neutral and not MarkedText.is_mark(part) for part in parts if part
    )


def _key(word: str) -> str:
    """Without a French or Italian article before an apostrophe and a possessive behind one."""
    lowered = word.lower().replace("’", "'").strip("'.-/")
    lowered = re.sub(r"^(?:[ldcsnmjt]|qu|un|dell|nell|all|jusqu|un)'(?=\w)", "", lowered)
    return re.sub(r"'s$", "", lowered)


def shortened(text: str) -> str:
    return text if len(text) <= MAX_CHARS else text[: MAX_CHARS - 1].rsplit(" ", 1)[0] + "…"
