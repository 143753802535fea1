"""A question, understood: what it wants to know, about which labels, of which seconds, in which language.

Understanding is closed: a word that nobody here knows is never skipped but told, since an answer to the rest of the
sentence would look like an answer to all of it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from inference.evidence.mentions import MarkedText
from inference.evidence.ontology import Key
from inference.llava_surg.answering.rewording import milestone_of
from inference.llava_surg.asked.intent import DECLINED, NEEDS_SUBJECT, Intent
from inference.llava_surg.asked.language import ANSWERED, ENGLISH, language_of
from inference.llava_surg.asked.languages import words_of
from inference.llava_surg.asked.marking import marked_in
from inference.llava_surg.asked.phrase import named_part, unknown_words
from inference.llava_surg.asked.times import asked_span
from inference.llava_surg.asked.words import LanguageWords
from inference.llava_surg.schema import Turn

CRITICAL_VIEW = ("finding", "critical view of safety")
_YES_NO = re.compile(
    r"^\W*(?:and\s+|but\s+|so\s+)?(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|any|isn't|aren't"
    r"|wasn't|doesn't|didn't|hasn't)\b"
)
_NEGATED = re.compile(r"\b(?:no|not|never|without|kein\w*|nicht|ne|pas|sin|ningún|non|nessun\w*)\b|n't\b|没有?|不")
_ONE_WORD = re.compile(r"\b(?:answer|reply)(?: with)? (?:only )?(?:yes or no|in one word|with one word|the phase)\b.*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`subjects`: the labels it names, in order. `phrase`: what it is about in its own words. `unknown`: words that
    nobody here knows. `span`: seconds it names, None for all of the video. `statement`: a milestone it asks about.
    """

    text: str
    language: str
    intent: Intent
    subjects: tuple[Key, ...] = ()
    phrase: str = ""
    unknown: tuple[str, ...] = ()
    span: tuple[float, float] | None = None
    statement: str = ""
    is_yes_no: bool = False
    is_negated: bool = False
    is_follow_up: bool = False

    @property
    def is_understood(self) -> bool:
        return not self.unknown and self.intent is not Intent.OTHER


def understand(question: str, *, duration_s: float, history: Sequence[Turn] = (), others: Sequence[Key] = ()) -> Asked:
    """`others`: labels of the timeline beyond the usual. Follow-ups take what they leave out from the turns before."""
    before: Asked | None = None
    for turn in history:
        before = _understood(turn.question, duration_s=duration_s, before=before, others=others)
    return _understood(question, duration_s=duration_s, before=before, others=others)


def _understood(question: str, *, duration_s: float, before: Asked | None, others: Sequence[Key]) -> Asked:
    english = _alone(question, ENGLISH, duration_s=duration_s, others=others)
    usual = before.language if before is not None else ENGLISH
    language = ENGLISH if _is_plainly_english(english) else language_of(question, usual=usual)
    if language not in ANSWERED and english.is_understood:
        language = ENGLISH
    if language == ENGLISH or language not in ANSWERED:
        return _completed(replace(english, language=language), before, words_of(language))
    asked = _alone(question, language, duration_s=duration_s, others=others)
    return _completed(asked, before, words_of(language))


def _is_plainly_english(asked: Asked) -> bool:
    """Each of its words is English, and at least three are: no need to guess its language."""
    return asked.is_understood and len(asked.text.split()) >= 3


def _alone(question: str, language: str, *, duration_s: float, others: Sequence[Key]) -> Asked:
    words = words_of(language)
    marked = marked_in(_ONE_WORD.sub("", question.lower()), words, others)
    span = asked_span(marked.text, words, duration_s=duration_s)
    rest = marked.text if span is None else span.rest
    intent, rest = _intent_of(rest, words)
    statement = milestone_of(question) if language == ENGLISH else ""
    is_yes_no = language == ENGLISH and _YES_NO.search(marked.text) is not None
    if statement and is_yes_no:
        intent, rest = Intent.MILESTONE, ""
    if intent in DECLINED:
        rest = ""
    subjects = tuple(dict.fromkeys(mention.key for mention in marked.mentions))
    if intent is Intent.OTHER and subjects:
        intent = Intent.PRESENCE
    if CRITICAL_VIEW in subjects:
        intent = Intent.CRITICAL_VIEW
    return Asked(
        text=question,
        language=language,
        intent=intent,
        subjects=subjects,
        phrase=named_part(question, words),
        unknown=tuple(unknown_words(_without_marks(rest), words)),
        span=None if span is None or intent is Intent.COMPARE else (span.start_s, span.end_s),
        statement=statement,
        is_yes_no=is_yes_no,
        is_negated=_NEGATED.search(question.lower()) is not None,
    )


def _intent_of(text: str, words: LanguageWords) -> tuple[Intent, str]:
    """The first pattern that is found, and the text without what it found."""
    for intent, pattern in words.compiled_intents:
        found = pattern.search(text)
        if found is not None:
            marks = "".join(character for character in found[0] if MarkedText.is_mark(character))
            return intent, f"{text[: found.start()]} {marks} {text[found.end() :]}"
    return Intent.OTHER, text


def _without_marks(text: str) -> str:
    return "".join(" " if MarkedText.is_mark(character) else character for character in text)


def _completed(asked: Asked, before: Asked | None, words: LanguageWords) -> Asked:
    """A follow-up with the intent, the subjects and the seconds of the question before, where it names none itself."""
    if before is None or asked.intent in DECLINED:
        return asked
    lowered = asked.text.lower()
    refers = re.search(words.refers_back, lowered) is not None
    continues = re.search(words.begins_follow_up, lowered) is not None
    if not refers and not continues:
        return asked
    if asked.intent is Intent.OTHER and not asked.unknown and not asked.subjects:
        span = asked.span or before.span
        return replace(before, text=asked.text, span=span, language=asked.language, is_follow_up=True)
    if continues and asked.intent is Intent.PRESENCE and not asked.is_yes_no and before.intent in NEEDS_SUBJECT:
        return replace(asked, intent=before.intent, span=asked.span or before.span, is_follow_up=True)
    if not asked.subjects and not asked.unknown and asked.intent in NEEDS_SUBJECT:
        return replace(
            asked,
            subjects=before.subjects,
            unknown=before.unknown,
            phrase=before.phrase,
            span=asked.span or before.span,
            is_follow_up=True,
        )
    return replace(asked, span=asked.span or before.span, is_follow_up=True)
