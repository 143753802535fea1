"""What a question is about, in its own words: for a refusal that names it."""

import re

from inference.llava_surg.asked.words import LanguageWords

MAX_CHARS = 80
_MARKUP = re.compile(r"[\[\]{}<>`*_#|\\\"“”„«»]+")
_WORD = re.compile(r"[\w'’\-/.]+")


def named_part(question: str, words: LanguageWords) -> str:
    """The question from its first to its last word that carries something, without markup; all of it if none does."""
    plain = " ".join(_MARKUP.sub(" ", question).split()).strip(" ?!.,;:¿¡？！。，")
    if not words.has_spaces:
        return _shortened(plain)
    found = list(_WORD.finditer(plain))
    carrying = [word for word in found if _key(word[0]) not in words.neutral and re.search(r"[^\W\d]", word[0])]
    if not carrying:
        return _shortened(plain)
    return _shortened(plain[carrying[0].start() : carrying[-1].end()])


def unknown_words(marked_rest: str, words: LanguageWords) -> list[str]:
    """What is left of a question once its mentions, its intent and its times are taken out, and carries something."""
    if not words.has_spaces:
        rest = marked_rest
        for neutral in sorted(words.neutral, key=len, reverse=True):
            rest = rest.replace(neutral, " ")
        return re.findall(r"[\u4e00-\u9fff]{2,}|[a-z]{2,}", rest)
    found = (_key(part) for word in _WORD.finditer(marked_rest) for part in word[0].split("-"))
    return [word for word in found if word and word not in words.neutral and not word.isdigit() and len(word) > 1]


def _key(word: str) -> str:
    """Without a French or Italian article before an apostrophe and a possessive behind one."""
    lowered = word.lower().replace("’", "'").strip("'.-/")
    lowered = re.sub(r"^(?:[ldcsnmjt]|qu|un|dell|nell|all|jusqu|un)'(?=\w)", "", lowered)
    return re.sub(r"'s$", "", lowered)


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_CHARS else text[: MAX_CHARS - 1].rsplit(" ", 1)[0] + "…"
