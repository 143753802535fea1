"""What the timeline can answer by itself: is it there, when, how long, how often, in which order, what comes next.

Each statement carries its facts. What the timeline cannot carry becomes a refusal that names what was asked and says
why. `None` leaves the question to the model, whose sentences are checked one by one.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from inference.evidence.kinds import VideoKind
from inference.evidence.lanes import Key
from inference.llava_surg.asked.asked import Asked
from inference.llava_surg.asked.intent import ABOUT_SUBJECTS, DECLINED, Intent
from inference.llava_surg.asked.language import ANSWERED, ENGLISH
from inference.llava_surg.asked.phrase import shortened, whole_phrase
from inference.llava_surg.asked.trait import Trait
from inference.llava_surg.replies.anchoring import anchored
from inference.llava_surg.replies.course import (
    aim,
    compare,
    describe,
    milestone,
    next_phase,
    phase,
    previous_phase,
    suggests,
    why,
)
from inference.llava_surg.replies.languages import phrases_of
from inference.llava_surg.replies.listing import listed, listing
from inference.llava_surg.replies.near import NEAR
from inference.llava_surg.replies.parts import (
    MAX_SENTENCES,
    SPOKEN_LANES,
    about,
    certainty_of,
    counted,
    first_seen,
    hint,
    last_seen,
    outside,
    resting_on,
    seen_for,
    silent,
    together,
)
from inference.llava_surg.replies.phrases import english_verb
from inference.llava_surg.replies.presence import presence
from inference.llava_surg.replies.recording import inside, kind, screen_text
from inference.llava_surg.replies.reply import Reply, Sentence, answer, refusal, reply_of
from inference.llava_surg.replies.sight import Sight, Status
from inference.llava_surg.replies.view import View
from inference.llava_surg.replies.wording import Wording, clock

OTHER_LANGUAGE = "I can answer questions in English, German, French, Spanish, Italian and Chinese."


def computed(asked: Asked, view: View, *, duration_s: float) -> Reply | None:
    """The reply that code can give, or None."""
    question = shortened(whole_phrase(asked.text))
    wording = Wording(phrases_of(asked.language), asked.phrase, question)
    refused = (
        _declined(asked, wording)
        or _of_the_recording(asked, view, wording, duration_s)
        or _outside(asked, view, wording, duration_s)
        or _not_answerable(asked, view, wording)
    )
    if refused is not None:
        return refused
    if len(asked.spans) > 1 and asked.intent is not Intent.COMPARE:
        return _each_span(asked, view, wording)
    return _answered(asked, view, wording)


def _answered(asked: Asked, view: View, wording: Wording) -> Reply | None:
    if asked.anchor is not None:
        meant = anchored(asked, asked.anchor, view, wording)
        if isinstance(meant, Reply):
            return meant
        reply = _computed(asked, meant, wording)
        return None if reply is None else _during(view.sight(asked.anchor.key), reply, wording)
    return _computed(asked, view, wording)


def _computed(asked: Asked, view: View, wording: Wording) -> Reply | None:
    compute = _BY_INTENT.get(asked.intent)
    return None if compute is None else compute(asked, view, wording)


def _during(anchor: Sight, reply: Reply, wording: Wording) -> Reply:
    """Behind how sure the seconds are, where what names them is not."""
    if anchor.is_sure or reply.is_insufficient:
        return reply
    first = certainty_of(anchor, wording)
    return replace(reply, sentences=(first, *(one for one in reply.sentences if one.text != first.text)))


def _each_span(asked: Asked, view: View, wording: Wording) -> Reply | None:
    """A question about several stretches, answered for each."""
    replies = [_answered(replace(asked, span=span, spans=(span,)), view.cut(*span), wording) for span in asked.spans]
    sentences = tuple(sentence for reply in replies if reply is not None for sentence in reply.sentences)
    return reply_of(sentences)


def _declined(asked: Asked, wording: Wording) -> Reply | None:
    phrases = wording.phrases
    templates = {
        Intent.OFF_TOPIC: phrases.off_topic,
        Intent.PERSON: phrases.person,
        Intent.ADVICE: phrases.advice,
        Intent.SKILL: phrases.skill,
        Intent.DIFFICULTY: phrases.difficulty,
        Intent.MEASURE: phrases.measure,
        Intent.JUDGEMENT: phrases.judgement,
        Intent.CREDENTIAL: phrases.credential,
    }
    if asked.language not in ANSWERED and asked.intent not in DECLINED:
        return refusal(OTHER_LANGUAGE)
    if asked.intent not in templates:
        return None
    question = shortened(whole_phrase(asked.text))
    phrase = asked.phrase if asked.is_follow_up else question
    return refusal(Wording(phrases, phrase, question).said(templates[asked.intent]))


def _of_the_recording(asked: Asked, view: View, wording: Wording, duration_s: float) -> Reply | None:
    """What needs no timeline."""
    phrases = wording.phrases
    if asked.intent is Intent.HELP or (asked.intent is Intent.SURENESS and not (asked.subjects or asked.choices)):
        return refusal(hint(view, wording))
    if asked.intent is Intent.MEANING:
        return answer(Sentence(text=phrases.meaning, is_claim=False))
    if asked.intent is Intent.RELIABILITY:
        return answer(Sentence(text=phrases.reliability, is_claim=False))
    if asked.intent is not Intent.VIDEO_LENGTH and not _is_of_all(asked):
        return None
    return answer(Sentence(text=wording.said(phrases.video_length, clock=clock(duration_s)), is_claim=False))


def _is_of_all(asked: Asked) -> bool:
    """ "How long?" of nothing at all."""
    is_of_something = asked.subjects or asked.choices or asked.unknown or asked.spans or asked.anchor
    return asked.intent is Intent.HOW_LONG and not is_of_something


def _outside(asked: Asked, view: View, wording: Wording, duration_s: float) -> Reply | None:
    """Seconds wholly behind the end of the video, or wholly outside the chosen ones."""
    spans = [asked.span] if asked.span is not None else list(asked.spans)
    if any(span[0] >= duration_s for span in spans):
        return refusal(wording.said(wording.phrases.video_ends, clock=clock(duration_s)))
    if any(span[1] <= view.start_s or span[0] >= view.end_s for span in spans):
        start, end = clock(view.start_s), clock(view.end_s)
        return refusal(wording.said(wording.phrases.outside_window, start=start, end=end))
    return None


def _not_answerable(asked: Asked, view: View, wording: Wording) -> Reply | None:
    """Words that nobody knows, labels that nobody watches, a kind of video in which nobody speaks."""
    phrases = wording.phrases
    if asked.intent is Intent.CRITICAL_VIEW:
        return None
    if asked.unknown:
        return _unknown(asked, view, wording)
    if asked.intent is Intent.OTHER:
        return refusal(wording.said(phrases.nothing_passed), hint(view, wording))
    if asked.intent in _OF_ANY_VIDEO:
        return None
    named = (*asked.subjects, *((asked.anchor.key,) if asked.anchor is not None else ()))
    if asked.intent is Intent.PRESENCE and Trait.WORK in asked.traits and asked.anchor is None:
        # Work is its own lane: who is not looked for in view may be told to be worked on.
        named = tuple(key for key in named if view.work(key).status is Status.NOT_WATCHED)
    unwatched = [key for key in named if view.sight(key).status is Status.NOT_WATCHED]
    # Of "a hook or a stapler" one can be told without the other; of "a hook and a stapler" nothing.
    is_either = asked.language == ENGLISH and re.search(r"\bor\b", asked.text.lower()) is not None
    is_some_told = len(unwatched) < len(named) and asked.is_list and is_either
    if unwatched and asked.intent is not Intent.MILESTONE and not (is_some_told and asked.intent in ABOUT_SUBJECTS):
        return _not_watched(unwatched, view, wording)
    if not named and not any(view.is_watched_lane(lane) for lane in SPOKEN_LANES):
        return _of_its_kind(view, wording) if asked.intent is Intent.DESCRIBE else silent(view, wording)
    return None


def _of_its_kind(view: View, wording: Wording) -> Reply:
    """What is seen in a video of which nothing else is told: which kind it is, where that is known."""
    kind = view.kind()
    if kind is None or kind.status is not Status.SEEN:
        return silent(view, wording)
    first = wording.hedged(wording.phrases.kind_is, sight=replace(kind, spans=(view.span,)))
    found = [wording.claim(wording.phrases.seen, sight=sight) for sight in view.seen_in("finding")]
    elsewhere = outside(view, wording) if kind.key[1] != VideoKind.OUTSIDE_BODY else []
    return answer(first, *elsewhere, *found, Sentence(text=hint(view, wording), is_claim=False))


def _unknown(asked: Asked, view: View, wording: Wording) -> Reply:
    """ "Is a giraffe visible?" is refused by what it asks for, "who holds the camera?" as a whole."""
    phrases = wording.phrases
    is_open = Trait.OPEN in asked.traits or asked.language == ENGLISH
    if asked.intent is Intent.OTHER and not asked.is_yes_no and is_open:
        offers = [hint(view, wording)] if asked.subjects else []
        return refusal(wording.said(phrases.not_looked_for), *offers)
    is_named = asked.phrase != shortened(whole_phrase(asked.text)) and (
        asked.is_yes_no or asked.is_follow_up or Trait.OPEN not in asked.traits
    )
    template = phrases.unknown if is_named else phrases.cannot_answer
    return refusal(wording.said(template), hint(view, wording))


def _not_watched(keys: Sequence[Key], view: View, wording: Wording) -> Reply:
    phrases = wording.phrases
    template = phrases.not_watched_it if len(keys) == 1 and wording.is_named(keys[0]) else phrases.not_watched
    nouns = " and ".join(wording.noun(key) for key in keys[:2])
    # "is" is no name that an argument can have.
    verb: dict[str, Any] = {"is": english_verb(nouns) if len(keys) == 1 else "are"}
    near = [one for key in keys for one in NEAR.get(key, ()) if view.sight(one).status is not Status.NOT_WATCHED]
    offers = [wording.said(phrases.near, list=wording.listed(dict.fromkeys(near)))] if near else []
    if not view.is_anything_watched:
        offers = [hint(view, wording)]
    return refusal(wording.said(template, what=nouns, **verb), *offers)


def _when(asked: Asked, view: View, wording: Wording) -> Reply | None:
    def say(sight: Sight) -> list[Sentence]:
        if asked.is_negated:
            return _not_when(sight, view, wording)
        if {Trait.FIRST, Trait.LAST} <= asked.traits:
            return [first_seen(sight, wording), last_seen(sight, wording)]
        if Trait.LAST in asked.traits:
            return [last_seen(sight, wording)]
        first = first_seen(sight, wording)
        return [first] if len(sight.spans) == 1 else [first, counted(sight, wording)]

    return about(asked, view, wording, say)


def _not_when(sight: Sight, view: View, wording: Wording) -> list[Sentence]:
    gaps = view.gaps(sight)
    if not gaps:
        return [wording.claim(wording.phrases.seen, sight=sight)]
    return [wording.claim(wording.phrases.absent, sight=sight, spans=gaps)]


def _how_long(asked: Asked, view: View, wording: Wording) -> Reply | None:
    def say(sight: Sight) -> list[Sentence]:
        return _not_when(sight, view, wording) if asked.is_negated else [seen_for(sight, wording)]

    return about(asked, view, wording, say, probably=wording.phrases.probably_for)


def _how_often(asked: Asked, view: View, wording: Wording) -> Reply | None:
    return about(asked, view, wording, lambda sight: [counted(sight, wording)])


def _sureness(asked: Asked, view: View, wording: Wording) -> Reply | None:
    """The numbers behind what was told."""

    def say(sight: Sight) -> list[Sentence]:
        template = wording.phrases.phase_at if sight.key[0] == "phase" else wording.phrases.seen_at
        return [wording.claim(template, sight=sight)]

    if asked.subjects:
        return about(asked, view, wording, say)
    seen = view.seen_in(*asked.choices)
    if not seen:
        return phase(asked, view, wording) if "phase" in asked.choices else listed(view, wording, *asked.choices)
    return answer(*[sentence for sight in seen for sentence in say(sight)][:MAX_SENTENCES])


def _order(asked: Asked, view: View, wording: Wording) -> Reply | None:
    """Of two labels; "is the duct clipped before the artery" needs what belongs together."""
    if len(asked.subjects) != 2:
        return together(asked, view, wording) if asked.subjects else None
    sights = [view.sight(key) for key in asked.subjects]
    if any(sight.status is not Status.SEEN for sight in sights):
        listed = replace(asked, is_list=True)
        return about(listed, view, wording, lambda sight: [wording.claim(wording.phrases.seen, sight=sight)])
    first, second = sorted(sights, key=lambda sight: sight.spans[0][0])
    is_same = first.spans[0][0] == second.spans[0][0]
    template = wording.phrases.together if is_same else wording.phrases.before
    spans = [first.spans[0], second.spans[0]]
    facts = (*first.facts, *second.facts)
    told = wording.claim(template, sight=first, spans=spans, facts=facts, other=wording.noun(second.key))
    return answer(*resting_on(second, resting_on(first, [told], wording), wording))


def _critical_view(_: Asked, view: View, wording: Wording) -> Reply | None:
    """Never a verdict; what of the structures and the criteria is seen, how surely, is offered beside the refusal."""
    structures = [view.sight(("target", label)) for label in ("cystic_duct", "cystic_artery")]
    shown = [wording.claim(wording.phrases.seen, sight=one) for one in structures if one.status is Status.SEEN]
    criteria = [sight for sight in view.seen_in("critical_view") if sight.status is Status.SEEN]
    shown += [wording.claim(wording.phrases.criterion, sight=sight) for sight in criteria]
    first = Sentence(text=wording.said(wording.phrases.critical_view), is_claim=False)
    return Reply(sentences=(first, *shown), is_insufficient=True)


# What is told of a video of any kind.
_OF_ANY_VIDEO = frozenset({Intent.KIND, Intent.SCREEN_TEXT, Intent.INSIDE})
_BY_INTENT: Mapping[Intent, Callable[[Asked, View, Wording], Reply | None]] = {
    Intent.PRESENCE: presence,
    Intent.WHEN: _when,
    Intent.HOW_LONG: _how_long,
    Intent.HOW_OFTEN: _how_often,
    Intent.ORDER: _order,
    Intent.SURENESS: _sureness,
    Intent.COMPARE: compare,
    Intent.INSTRUMENTS: listing("instrument"),
    Intent.ANATOMY: listing("target"),
    Intent.DOING: listing("verb"),
    Intent.PHASE: phase,
    Intent.NEXT: next_phase,
    Intent.PREVIOUS: previous_phase,
    Intent.WHY: why,
    Intent.MILESTONE: milestone,
    Intent.AIM: aim,
    Intent.SUGGESTS: suggests,
    Intent.KIND: kind,
    Intent.INSIDE: inside,
    Intent.SCREEN_TEXT: screen_text,
    Intent.DESCRIBE: describe,
    Intent.CRITICAL_VIEW: _critical_view,
}
