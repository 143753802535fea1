"""The language of a question, by py3langid among the languages that people here may write."""

import re
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

ENGLISH = "en"
# Questions are answered in these; in any other they are declined, in English.
ANSWERED = ("en", "de", "fr", "es", "it", "zh")
_TOLD_APART = (*ANSWERED, "pt", "nl", "pl", "ru", "tr", "ja", "ko", "ar", "sv", "cs")
# Below it a few words of a language fit several; then the conversation's language is meant.
MIN_CONFIDENCE = 0.6
# Above it the letters alone tell, also where most words are foreign ones ("C'è uno stent?").
SURE_CONFIDENCE = 0.95
# So many English words are no other language by chance.
MIN_PLAIN_WORDS = 3
# Of fewer words no guess by letters is worth anything.
MAX_FRAGMENT_WORDS = 4
# A word of its own in no other of them.
_ITALIAN = re.compile(r"(?<!\w)[èÈ](?!\w)")
_classifying = threading.Lock()


def language_of(text: str, *, usual: str = ENGLISH) -> str:
    """ISO 639-1; `usual` for what is too short to tell."""
    if any(character in text for character in "¿¡"):
        return "es"
    if _ITALIAN.search(text) is not None:
        return "it"
    language, confidence = _classified(text.lower())
    if confidence < MIN_CONFIDENCE and language != usual:
        return usual
    return language


def chosen_language(text: str, known_words: Callable[[str], tuple[bool, int]], *, usual: str = ENGLISH) -> str:
    """The language in which `text` says something: a guess by letters alone is wrong for one or two words.

    `known_words`: whether a question is understood in a language, and how many of its words are known there.
    """
    is_english, num_english = known_words(ENGLISH)
    if is_english and len(text.split()) >= MIN_PLAIN_WORDS and not _is_another(text, known_words, num_english):
        return ENGLISH
    if re.search(r"[\u4e00-\u9fff]", text) and not re.search(r"[\u3040-\u30ff]", text):
        return "zh"
    if _ITALIAN.search(text) is not None:
        return "it"
    guess = language_of(text, usual=usual)
    if guess not in ANSWERED:
        return ENGLISH if is_english else guess
    is_understood, num_known = known_words(guess)
    if guess != ENGLISH and not is_english and _is_beyond_doubt(text):
        return guess
    if guess != ENGLISH and (is_understood or num_known > num_english):
        return guess
    if is_english or num_english > num_known:
        return ENGLISH
    if guess == ENGLISH and (other := next((one for one in ANSWERED if known_words(one)[0]), None)) is not None:
        return other
    if guess == ENGLISH and (known := _best_known(known_words)) == _classified(text.lower())[0]:
        return known
    if len(text.split()) > MAX_FRAGMENT_WORDS:
        return guess
    understood = (language for language in (usual, *ANSWERED) if known_words(language)[0])
    return next(understood, usual)


def _is_another(text: str, known_words: Callable[[str], tuple[bool, int]], num_english: int) -> bool:
    """Letters and words are another language's, though an English question has such a word too ("download")."""
    language = language_of(text)
    if language == ENGLISH or language not in ANSWERED:
        return False
    is_understood, num_known = known_words(language)
    return num_known > num_english or (is_understood and num_known == num_english and _is_beyond_doubt(text))


def _is_beyond_doubt(text: str) -> bool:
    return len(text.split()) >= MIN_PLAIN_WORDS and _classified(text.lower())[1] >= SURE_CONFIDENCE


def _best_known(known_words: Callable[[str], tuple[bool, int]]) -> str:
    """The language of which most words are known; English where no other knows more."""
    return max(ANSWERED, key=lambda language: known_words(language)[1])


def _classified(text: str) -> tuple[str, float]:
    with _classifying:
        language, confidence = _identifier().classify(text)
    return str(language), float(confidence)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(_TOLD_APART))
    return identifier
