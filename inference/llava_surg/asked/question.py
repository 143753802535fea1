"""A question, understood: what it wants to know, about which labels, of which seconds, in which language.

Understanding is closed: a word that nobody here knows is never skipped but told, since an answer to the rest of the
sentence would look like an answer to all of it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from inference.evidence.lanes import PHASE_LANE, Key
from inference.evidence.mention import MarkedText
from inference.evidence.naming import named
from inference.llava_surg.answering.rewording import milestone_of
from inference.llava_surg.asked.aims import aim_in
from inference.llava_surg.asked.anchor import anchor_in
from inference.llava_surg.asked.asked import Asked
from inference.llava_surg.asked.follow_up import completed
from inference.llava_surg.asked.informal import written_out
from inference.llava_surg.asked.intent import DECLINED, Intent
from inference.llava_surg.asked.kind_words import kind_in
from inference.llava_surg.asked.language import ANSWERED, ENGLISH, chosen_language
from inference.llava_surg.asked.languages import words_of
from inference.llava_surg.asked.listing import is_list
from inference.llava_surg.asked.marking import marked_in
from inference.llava_surg.asked.phrase import (
    counted_labels,
    named_part,
    other_people,
    shortened,
    unknown_words,
    whole_phrase,
    words_in,
)
from inference.llava_surg.asked.plain import MAX_CHARS, plain_question
from inference.llava_surg.asked.several import several_in
from inference.llava_surg.asked.times import AskedSpan, asked_spans
from inference.llava_surg.asked.trait import Trait
from inference.llava_surg.asked.words import LanguageWords, with_marks
from inference.llava_surg.schema import Turn

CRITICAL_VIEW = ("finding", "critical view of safety")
_YES_NO = re.compile(
    r"^\W*(?:and\s+|but\s+|so\s+)?(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|any|isn't|aren't"
    r"|wasn't|doesn't|didn't|hasn't)\b"
)
# "How long is the clip?": the recording, and no metal clip.
_CLIP_LENGTH = re.compile(
    r"(\b(?:how long|length of|duration of)\b.{0,12}\b(?:the|this) (?:whole |entire )?)clip(?=\W*$)"
)
# Between which labels a milestone of the operation is asked for; any other is a question of its own.
_MILESTONE_LANES = ("phase", "verb")
_MILESTONE_TARGETS = frozenset(
    {"cystic_duct", "cystic_artery", "duct", "artery", "gallbladder", "liver", "cystic_plate"}
)
_MILESTONE_WORDS = frozenset(
    {"free", "freed", "off", "detached", "separated", "divided", "transected", "nearly", "almost", "close", "done"}
    | {"finished", "over", "completed", "begun", "started", "start", "artery", "duct", "yet", "fully"}
)
# "How long does Calot take?" asks for the phase that is named after the triangle.
_CALOT = ("target", "hepatocystic_triangle"), ("phase", "carlot-triangle-dissection")
_UNREAD_TIME = re.compile(r"\b(?:seconds?|secs?|minutes?|mins?|\d+:\d\d)\b")
_OF_TIMES = frozenset({Intent.HOW_LONG, Intent.HOW_OFTEN, Intent.VIDEO_LENGTH, Intent.WHEN, *DECLINED})
_OF_A_COURSE = frozenset({Intent.NEXT, Intent.PHASE, Intent.HOW_LONG, Intent.WHEN, Intent.WHY})
_THIS_TEXT = """
not is are was were be being been am the a an of for in on at here now so and but or then this that these it they
them he she surgeon surgeons surgeon's doing done do does did happening performed carried out step steps phase stage
part operation procedure action actions we you see want wants trying to achieve please tell me exactly s what which
video clip shown seen used working work
"""
_THIS = frozenset(_THIS_TEXT.split())
# Of which lane somebody asks how sure it is.
_LANES_ASKED = {
    "phase": r"\b(?:phases?|steps?|stages?)\b",
    "instrument": r"\b(?:instruments?|tools?)\b",
    "target": r"\b(?:structures?|organs?|anatomy)\b",
    "verb": r"\bactions?\b",
}
# What a quantity may be taken for.
_TELLING = frozenset({Intent.OTHER, Intent.PRESENCE, Intent.DESCRIBE})
# With a label, "has it begun?" asks when.
_BOUNDARIES = re.compile(
    r"\b(?:begun|began|start(?:s|ed)?|ended|stop(?:s|ped)?|finish(?:es|ed)?|completed?|over|done|disappear\w*|gone)\b"
)

_EVERYTHING = re.compile(r"\b(?:everything|all (?:events|phases|steps))\b")
# "Is the hook used after the clipping?" asks for the time after it, whatever was seen before.
_AFTER = re.compile(r"\bafter\b")
# "Done" alone says that it is over; "done in this clip", "done here" that it happens.
_HAPPENS = re.compile(r"\bdone (?:in|here|during|with|by|on|at|to|for|between)\b")
# "Is the extraction next?" does not ask whether it is the phase now.
_NEXT = re.compile(r"\b(?:next|follows?|following|come|comes|coming|upcoming)\b")
# What follows a phase is its successor, also where the video ends with it.
_COMES_AFTER = re.compile(
    with_marks(
        r"^\W*(?:and )?(?:what|which (?:phase|step)) (?:usually |normally )?(?:comes|follows|is next|is done next)"
        r"(?: next)?(?: after)? (?:the )?M\W*$"
    )
)
_BEGINNINGS = re.compile(r"\b(?:begun|began|start(?:s|ed)?)\b")


def understand(question: str, *, duration_s: float, history: Sequence[Turn] = (), others: Sequence[Key] = ()) -> Asked:
    """`question`: one (several.py). `others`: labels of the timeline beyond the usual. Follow-ups take what they leave
    out from the turns before."""
    earlier: list[Asked] = []
    asked_before = (part for turn in history for part in several_in(turn.question))
    for text in (*asked_before, question):
        earlier.append(_understood(text, duration_s=duration_s, earlier=earlier[-2:], others=others))
    return earlier[-1]


def _understood(question: str, *, duration_s: float, earlier: Sequence[Asked], others: Sequence[Key]) -> Asked:
    plain = plain_question(question)
    read = {ENGLISH: _alone(plain, ENGLISH, duration_s=duration_s, others=others)}

    def known_words(language: str) -> tuple[bool, int]:
        if language not in read:
            read[language] = _alone(plain, language, duration_s=duration_s, others=others)
        return read[language].is_understood, read[language].num_words - len(read[language].unknown)

    usual = earlier[-1].language if earlier else ENGLISH
    language = chosen_language(plain, known_words, usual=usual)
    if language in ANSWERED:
        known_words(language)
    asked = read.get(language, read[ENGLISH])
    return _described(completed(replace(asked, text=plain, language=language), earlier, words_of(language)))


def _alone(question: str, language: str, *, duration_s: float, others: Sequence[Key]) -> Asked:
    """Without the questions before it."""
    words = words_of(language)
    one_word = words.traits.get(Trait.ONE_WORD, "(?!)")
    lowered = question[:MAX_CHARS].lower()
    if language == ENGLISH:
        lowered = written_out(lowered, words.neutral)
    asked_text = re.sub(words.asides, " ", re.sub(one_word, " ", lowered))
    marked = marked_in(_CLIP_LENGTH.sub(r"\1video", asked_text), words, others)
    spans, rest = _times(marked, words, duration_s)
    traits = _traits_of(rest, words) | ({Trait.ONE_WORD} if re.search(one_word, question.lower()) else set())
    intent, without_intent = _intent_of(rest, words)
    is_yes_no = language == ENGLISH and any(_YES_NO.search(one) for one in (marked.text, rest))
    is_course = _COMES_AFTER.search(rest) is not None and (
        marked.mentions[-1].lane == "phase" or marked.mentions[-1].key == _CALOT[0]
    )
    if is_course:
        intent, without_intent = Intent.NEXT, ""
    is_order = intent is Intent.ORDER and not (is_yes_no and _AFTER.search(rest) is not None)
    anchor, rest = (None, rest) if is_order or is_course else anchor_in(rest, words, marked)
    if anchor is not None:
        intent, without_intent = _intent_of(rest, words)
    keys = (named(marked.at(one).key) for one in rest if MarkedText.is_mark(one))
    subjects = tuple(dict.fromkeys(_CALOT[1] if key == _CALOT[0] and intent in _OF_A_COURSE else key for key in keys))
    unknown = _unknown(question, without_intent, words)
    if language == ENGLISH and intent not in _OF_TIMES:
        # A time that was not understood is not left out.
        unknown = (*unknown, *_UNREAD_TIME.findall(without_intent))
    if language == ENGLISH and intent is Intent.WHY and not subjects:
        unknown = (*unknown, *_more_than_this(without_intent))
    asked = Asked(
        text=question,
        language=language,
        intent=intent,
        subjects=subjects,
        phrase=named_part(question, words) if subjects or unknown else shortened(whole_phrase(question)),
        unknown=unknown,
        num_words=len(words_in(marked.text, words)),
        span=(spans[0].start_s, spans[0].end_s) if len(spans) == 1 else None,
        spans=tuple((one.start_s, one.end_s) for one in spans),
        anchor=anchor,
        traits=frozenset(traits),
        is_list=is_list(replace(marked, text=rest), words),
        is_yes_no=is_yes_no,
    )
    if language == ENGLISH:
        asked = _with_meaning(asked, _without_times(lowered, words, duration_s))
    return _settled(asked, rest)


def _times(marked: MarkedText, words: LanguageWords, duration_s: float) -> tuple[list[AskedSpan], str]:
    spans = asked_spans(marked.text, words, duration_s=duration_s)
    return spans, spans[-1].rest if spans else marked.text


def _unknown(question: str, rest: str, words: LanguageWords) -> tuple[str, ...]:
    """What is longer than anybody reads says something unread."""
    too_long = ("…",) if len(question) > MAX_CHARS else ()
    for _, pattern in words.compiled_traits:
        rest = pattern.sub(lambda found: _marks_of(found[0]), rest)
    return (*counted_labels(rest), *other_people(question), *unknown_words(_without_marks(rest), words), *too_long)


def _more_than_this(rest: str) -> tuple[str, ...]:
    """ "Why is this done?" asks for the aim of what is seen; "why was the surgeon called?" takes something as given."""
    return tuple(word for word in re.findall(r"[a-z]+", rest) if word not in _THIS)


def _traits_of(text: str, words: LanguageWords) -> set[Trait]:
    return {trait for trait, pattern in words.compiled_traits if pattern.search(text) is not None}


def _without_times(question: str, words: LanguageWords, duration_s: float) -> str:
    spans = asked_spans(question, words, duration_s=duration_s)
    return spans[-1].rest if spans else question


def _with_meaning(asked: Asked, text: str) -> Asked:
    """What only English questions are read for: quantities, aims, kinds of video, milestones. `text`: without times."""
    if asked.intent in _TELLING and not asked.is_yes_no and _is_of_quantity(text):
        return replace(asked, intent=Intent.MEASURE)
    if asked.is_yes_no and not asked.anchor and (named := aim_in(text)) is not None:
        # An aim that no phase has is known to nobody.
        unknown = () if named.phases else (named.text,)
        return replace(asked, intent=Intent.AIM, choices=named.phases, unknown=unknown, subjects=(), phrase=named.text)
    if asked.intent is Intent.SURENESS and not asked.subjects:
        return replace(asked, choices=tuple(lane for lane, named in _LANES_ASKED.items() if re.search(named, text)))
    if asked.intent is Intent.KIND and re.search(r"\bor\b", text) is not None:
        return replace(asked, is_yes_no=False, unknown=(), subjects=())
    if asked.is_yes_no and (kind := kind_in(text)) is not None:
        return replace(asked, intent=Intent.KIND, choices=kind.kinds, unknown=(), subjects=(), phrase=kind.text)
    return _with_milestone(asked)


def _is_of_quantity(text: str) -> bool:
    """ "What is the blood pressure?": where blood and pressure are labels, nothing of it is left to be read."""
    measures = (pattern for intent, pattern in words_of(ENGLISH).compiled_intents if intent is Intent.MEASURE)
    return any(pattern.search(text) is not None for pattern in measures)


def _with_milestone(asked: Asked) -> Asked:
    """A milestone is asked about with its own labels alone: the hepatic artery's is another question."""
    statement = milestone_of(asked.text) if asked.is_yes_no and not asked.anchor else ""
    is_own = all(lane in _MILESTONE_LANES or label in _MILESTONE_TARGETS for lane, label in asked.subjects)
    if not statement or not is_own or set(asked.unknown) - _MILESTONE_WORDS:
        return asked
    return replace(asked, intent=Intent.MILESTONE, statement=statement, unknown=())


def _settled(asked: Asked, rest: str) -> Asked:
    """What the labels and the words beside the intent make of it."""
    intent = asked.intent
    if CRITICAL_VIEW in asked.subjects:
        return replace(asked, intent=Intent.CRITICAL_VIEW)
    if intent in DECLINED or not re.search(r"\w", asked.text):
        num_words = asked.num_words - len(asked.unknown)
        return replace(asked, unknown=(), num_words=num_words, intent=intent if intent in DECLINED else Intent.HELP)
    if intent is Intent.HELP and (asked.subjects or asked.unknown):
        # "What can you tell me about the hook?"
        intent = Intent.DESCRIBE
    if intent is Intent.OTHER and asked.subjects:
        intent = Intent.PRESENCE
    if intent is Intent.PHASE and asked.is_yes_no and any(lane == PHASE_LANE for lane, _ in asked.subjects):
        # "Is the phase the preparation?"
        intent = Intent.PRESENCE
    if intent is Intent.WHEN and not asked.subjects and not asked.anchor and _EVERYTHING.search(asked.text.lower()):
        intent = Intent.DESCRIBE
    if intent is Intent.INSTRUMENTS and len(asked.subjects) > 1 and asked.traits & {Trait.FIRST, Trait.LAST}:
        # "What is used first, hook or scissors?"
        intent = Intent.ORDER
    if _is_of_next(asked, intent, rest):
        # What follows is told; it is the phase that was asked for, or another.
        phase = next((key for key in asked.subjects if key[0] == "phase"), None)
        return replace(asked, intent=Intent.NEXT, subjects=(), candidate=phase if asked.is_yes_no else None)
    if intent is Intent.PRESENCE and asked.is_yes_no and _BOUNDARIES.search(_HAPPENS.sub(" ", rest)):
        left = tuple(word for word in asked.unknown if not _BOUNDARIES.fullmatch(word))
        has_ended = _BEGINNINGS.search(rest) is None
        traits = asked.traits | {Trait.LAST} if has_ended else asked.traits
        return replace(asked, intent=Intent.WHEN, unknown=left, traits=traits)
    if intent is not Intent.COMPARE and len(asked.spans) > 1:
        return replace(asked, intent=Intent.COMPARE if intent is Intent.DESCRIBE else intent)
    return replace(asked, intent=intent)


def _is_of_next(asked: Asked, intent: Intent, rest: str) -> bool:
    if len(asked.subjects) != 1 or asked.subjects[0][0] not in ("phase", "verb"):
        return False
    return (intent is Intent.PRESENCE and _NEXT.search(rest) is not None) or (intent is Intent.NEXT and asked.is_yes_no)


def _described(asked: Asked) -> Asked:
    """Seconds alone ask for what happens in them."""
    names_seconds = asked.spans or asked.anchor
    is_bare = asked.intent is Intent.OTHER and not asked.unknown and names_seconds
    return replace(asked, intent=Intent.DESCRIBE) if is_bare else asked


def _intent_of(text: str, words: LanguageWords) -> tuple[Intent, str]:
    """The first pattern that is found, and the text without what it found."""
    for intent, pattern in words.compiled_intents:
        found = pattern.search(text)
        if found is not None:
            return intent, f"{text[: found.start()]} {_marks_of(found[0])} {text[found.end() :]}"
    return Intent.OTHER, text


def _marks_of(text: str) -> str:
    return "".join(one for one in text if MarkedText.is_mark(one)).join("  ")


def _without_marks(text: str) -> str:
    return "".join(" " if MarkedText.is_mark(character) else character for character in text)
