"""What a question leaves out and takes from the questions before it: labels, intent, seconds."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from inference.llava_surg.asked.asked import Anchor, Asked
from inference.llava_surg.asked.intent import DECLINED, NEEDS_SUBJECT, Intent
from inference.llava_surg.asked.language import ENGLISH
from inference.llava_surg.asked.spelled import with_digits
from inference.llava_surg.asked.trait import CHOOSING
from inference.llava_surg.asked.words import LanguageWords

_OF_THE_TWO = re.compile(r"\b(?:the two|the both|both|them|either)\b")
_THEN = re.compile(r"\b(?:after(?:wards)?|later|before)\b")
_BESIDE_IT = re.compile(
    r"\b(?P<close>(?:right|just|shortly|immediately) )?(?P<relation>before|after) (?:it|them)\b"
    r"(?! (?:is|was|are|were|appears?|starts?|ends?)\b)"
)
# "And then?" after a question about all of the video.
_AND_THEN = re.compile(
    r"^\W*(?:and |so |und |et |y |e )?(?:then|what then|next|after that|afterwards|dann|danach|ensuite|après|puis"
    r"|luego|después|entonces|poi|dopo)\W*$|^\W*(?:然后|接下来|之后|接着)(?:呢)?\W*$"
)
_LATER = re.compile(
    r"(?P<value>\d+)\s*(?P<unit>s|secs?|seconds?|m|mins?|minutes?)\s*"
    r"(?P<way>later|earlier|after(?: that)?|before(?: that)?)\W*$"
)
_AT_THAT_TIME = re.compile(r"\bthen\b|\bat (?:that|this) (?:time|moment|point)\b|\bmeanwhile\b|\bduring (?:it|that)\b")
_THAN = re.compile(r"\bthan\b", re.IGNORECASE)
# What each asks for, by lane.
LISTS = {
    Intent.INSTRUMENTS: "instrument",
    Intent.ANATOMY: "target",
    Intent.DOING: "verb",
    Intent.PHASE: "phase",
}
_DURING_LANES = ("phase", "verb")


def completed(asked: Asked, earlier: Sequence[Asked], words: LanguageWords) -> Asked:
    """A follow-up with the intent, the subjects and the seconds of the question before, where it names none itself."""
    if not earlier or asked.intent in DECLINED or asked.intent is Intent.HELP:
        return asked
    before, lowered = earlier[-1], asked.text.lower()
    refers = re.search(words.refers_back, lowered) is not None
    continues = re.search(words.begins_follow_up, lowered) is not None
    is_bare = not asked.subjects and not asked.unknown
    if is_bare and asked.intent is Intent.SURENESS:
        return _how_sure(asked, before)
    if before.span is not None and (moved := _moved(before.span, lowered)) is not None:
        return replace(before, text=asked.text, language=asked.language, span=moved, spans=(moved,), is_follow_up=True)
    if is_bare and asked.traits & CHOOSING and before.intent in LISTS and asked.intent in (Intent.ORDER, Intent.OTHER):
        return _again(asked, before)
    if is_bare and before.span is None and _AND_THEN.search(lowered):
        asked = replace(asked, intent=Intent.NEXT, is_follow_up=True)
    if asked.intent in LISTS and not asked.subjects and _AT_THAT_TIME.search(lowered) and len(before.subjects) == 1:
        return replace(asked, anchor=Anchor(relation="during", key=before.subjects[0]), is_follow_up=True)
    if is_bare and asked.intent is Intent.PREVIOUS and not asked.spans and before.span is not None:
        return replace(asked, span=before.span, spans=(before.span,), is_follow_up=True)
    if _is_done_to(asked, before):
        return _with_pronoun(asked, before)
    if is_bare and asked.intent is Intent.WHEN and before.intent is Intent.DESCRIBE and not before.subjects:
        return _again(asked, before)
    if is_bare and asked.intent in NEEDS_SUBJECT and before.intent not in DECLINED:
        return _about_the_same(asked, before, earlier, lowered)
    if is_bare and asked.intent is Intent.NEXT and len(before.subjects) == 1 and before.subjects[0][0] != "phase":
        after = Anchor(relation="after", key=before.subjects[0])
        return replace(asked, intent=Intent.DESCRIBE, unknown=before.unknown, anchor=after, is_follow_up=True)
    if is_bare and asked.intent is Intent.OTHER and before.span is not None and _THEN.search(lowered):
        return replace(before, text=asked.text, language=asked.language, span=_beside(before.span, lowered))
    if is_bare and asked.intent is Intent.OTHER:
        return _again(asked, before)
    if asked.language == ENGLISH and _BESIDE_IT.search(lowered) is not None:
        return _beside_it(asked, before, lowered)
    if re.search(words.pronouns, lowered) is not None and (before.subjects or before.unknown):
        return _with_pronoun(asked, before)
    if not refers and not continues:
        return asked
    if continues and asked.intent is Intent.PRESENCE and not asked.is_yes_no and before.intent in NEEDS_SUBJECT:
        return replace(asked, intent=before.intent, span=asked.span or before.span, is_follow_up=True)
    return _during_the_same(replace(asked, span=asked.span or before.span, is_follow_up=True), before, continues)


def _is_done_to(asked: Asked, before: Asked) -> bool:
    """ "Clipped?", asked after a structure."""
    is_action = asked.num_words == 1 and [lane for lane, _ in asked.subjects] == ["verb"]
    return is_action and any(lane == "target" for lane, _ in before.subjects)


def _how_sure(asked: Asked, before: Asked) -> Asked:
    """Of the labels of the question before, or of all that it asked for."""
    if before.intent is Intent.SURENESS:
        return replace(before, text=asked.text, language=asked.language)
    lane = LISTS.get(before.intent, "phase")
    choices = () if before.subjects else (lane,)
    if before.intent is Intent.KIND:
        return replace(before, text=asked.text, language=asked.language, is_yes_no=False, is_follow_up=True)
    return replace(
        before, text=asked.text, language=asked.language, intent=Intent.SURENESS, choices=choices, is_follow_up=True
    )


def _moved(span: tuple[float, float], lowered: str) -> tuple[float, float] | None:
    """The same seconds so much later or earlier; None where nothing of the kind is said."""
    found = _LATER.search(with_digits(lowered))
    if found is None:
        return None
    shift_s = float(found["value"]) * (60.0 if found["unit"].startswith("m") else 1.0)
    sign = -1 if found["way"].startswith(("earlier", "before")) else 1
    return max(0.0, span[0] + sign * shift_s), max(0.0, span[1] + sign * shift_s)


def _about_the_same(asked: Asked, before: Asked, earlier: Sequence[Asked], lowered: str) -> Asked:
    subjects, phrase, choices = before.subjects, before.phrase, asked.choices
    if not subjects and before.anchor is None and before.intent in LISTS:
        choices = (LISTS[before.intent],)
    if not subjects and before.anchor is not None:
        subjects, before = (before.anchor.key,), replace(before, anchor=None)
    if len(before.subjects) < 2 and _OF_THE_TWO.search(lowered):
        subjects = tuple(dict.fromkeys(key for one in earlier for key in one.subjects))
        phrase = ", ".join(dict.fromkeys(one.phrase for one in earlier))
    return replace(
        asked,
        subjects=subjects,
        unknown=before.unknown,
        phrase=phrase or asked.phrase,
        choices=choices,
        span=asked.span or before.span,
        anchor=asked.anchor or before.anchor,
        is_list=before.is_list or len(subjects) > len(before.subjects),
        is_follow_up=True,
    )


def _again(asked: Asked, before: Asked) -> Asked:
    """The question before, with what this one adds: "really?", "in the first minute?", "all the time?"."""
    return replace(
        before,
        text=asked.text,
        language=asked.language,
        span=asked.span or before.span,
        anchor=asked.anchor or before.anchor,
        traits=asked.traits or before.traits,
        is_follow_up=True,
    )


def _beside(span: tuple[float, float], lowered: str) -> tuple[float, float]:
    """The seconds before or after those of the question before; where those reach to the beginning, before their
    middle."""
    if "before" not in lowered:
        return span[1], math.inf
    return (0.0, span[0]) if span[0] > 0 else (0.0, span[1] / 2)


def _beside_it(asked: Asked, before: Asked, lowered: str) -> Asked:
    """ "Is the hook used before it?", "what happens right after it?"; what "it" is must be known."""
    found = _BESIDE_IT.search(lowered)
    if found is not None and before.intent is Intent.PHASE and not before.subjects:
        intent = Intent.NEXT if found["relation"] == "after" else Intent.PREVIOUS
        return replace(asked, intent=intent, unknown=(), span=asked.span or before.span, is_follow_up=True)
    if found is None or before.unknown or len(before.subjects) != 1:
        if before.span is not None and not before.subjects:
            return replace(asked, span=asked.span or _beside(before.span, lowered), is_follow_up=True)
        return replace(asked, unknown=(*asked.unknown, *(before.unknown or ("it",))), is_follow_up=True)
    subject = before.subjects[0]
    if asked.intent in (Intent.PRESENCE, Intent.ORDER) and len(asked.subjects) == 1:
        return replace(asked, intent=Intent.ORDER, subjects=(*asked.subjects, subject), is_follow_up=True)
    intent = Intent.DESCRIBE if asked.intent is Intent.OTHER else asked.intent
    anchor = Anchor(relation=found["relation"], key=subject, is_close=found["close"] is not None)
    return replace(asked, intent=intent, anchor=anchor, is_follow_up=True)


def _with_pronoun(asked: Asked, before: Asked) -> Asked:
    """ "Why was it cut?": what "it" is belongs to the question, also where nobody knows it."""
    subjects = tuple(dict.fromkeys((*before.subjects, *asked.subjects)))
    return replace(
        asked,
        subjects=subjects,
        unknown=tuple(dict.fromkeys((*before.unknown, *asked.unknown))),
        phrase=", ".join(dict.fromkeys((before.phrase, asked.phrase))),
        is_list=asked.is_list and (len(subjects) == len(before.subjects) or _THAN.search(asked.text) is not None),
        intent=_intent_about(asked),
        span=asked.span or before.span,
        is_follow_up=True,
    )


def _intent_about(asked: Asked) -> Intent:
    return Intent.PRESENCE if asked.intent is Intent.OTHER else asked.intent


def _during_the_same(asked: Asked, before: Asked, continues: bool) -> Asked:
    """ "With which instrument?" asks for those that are seen while what was asked about is done."""
    acts = [key for key in before.subjects if key[0] in _DURING_LANES]
    if not continues or asked.intent is not Intent.INSTRUMENTS or not acts or asked.anchor or before.unknown:
        return asked
    return replace(asked, anchor=Anchor(relation="during", key=acts[-1]))
