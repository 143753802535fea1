"""Sentences by language."""

from inference.llava_surg.replies.languages.chinese import CHINESE
from inference.llava_surg.replies.languages.english import ENGLISH
from inference.llava_surg.replies.languages.french import FRENCH
from inference.llava_surg.replies.languages.german import GERMAN
from inference.llava_surg.replies.languages.italian import ITALIAN
from inference.llava_surg.replies.languages.spanish import SPANISH
from inference.llava_surg.replies.phrases import Phrases

PHRASES = {phrases.code: phrases for phrases in (ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, CHINESE)}


def phrases_of(code: str) -> Phrases:
    """English for a language that is not among them."""
    return PHRASES.get(code, ENGLISH)
