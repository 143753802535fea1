"""The language of a question, by py3langid among the languages that people here may write."""

import threading
from functools import cache
from typing import Any

ENGLISH = "en"
# Questions are answered in these; in any other they are declined, in English.
ANSWERED = ("en", "de", "fr", "es", "it", "zh")
_TOLD_APART = (*ANSWERED, "pt", "nl", "pl", "ru", "tr", "ja", "ko", "ar", "sv", "cs")
# Below it a few words of a language fit several; then the conversation's language is meant.
MIN_CONFIDENCE = 0.6
_classifying = threading.Lock()


def language_of(text: str, *, usual: str = ENGLISH) -> str:
    """ISO 639-1; `usual` for what is too short to tell."""
    if any(character in text for character in "¿¡"):
        return "es"
    language, confidence = _classified(text.lower())
    if confidence < MIN_CONFIDENCE and language != usual:
        return usual
    return language


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
