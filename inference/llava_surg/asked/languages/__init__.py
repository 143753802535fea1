"""The languages that questions are answered in."""

from inference.llava_surg.asked.languages.chinese import CHINESE
from inference.llava_surg.asked.languages.english import ENGLISH
from inference.llava_surg.asked.languages.french import FRENCH
from inference.llava_surg.asked.languages.german import GERMAN
from inference.llava_surg.asked.languages.italian import ITALIAN
from inference.llava_surg.asked.languages.spanish import SPANISH
from inference.llava_surg.asked.words import LanguageWords

LANGUAGES = {words.code: words for words in (ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, CHINESE)}


def words_of(code: str) -> LanguageWords:
    """English for a language that is not among them."""
    return LANGUAGES.get(code, ENGLISH)
