"""The course of an operation: what happens, which phase, what comes next and why, and two stretches compared."""

from dataclasses import replace

from inference.evidence.certainty import LIKELY_PROBABILITY
from inference.evidence.lanes import Key
from inference.llava_surg.answering.knowledge import MILESTONES, PHASE_KNOWLEDGE, PHASE_ORDER
from inference.llava_surg.asked.asked import Asked
from inference.llava_surg.asked.trait import CHOOSING, Trait
from inference.llava_surg.replies.listing import listing
from inference.llava_surg.replies.parts import (
    MAX_SENTENCES,
    about,
    no_phase,
    not_told,
    outside,
    phase_told,
    resting_on,
    seen_for,
    silent,
    together,
)
from inference.llava_surg.replies.reply import Reply, Sentence, answer, refusal, reply_of
from inference.llava_surg.replies.sight import Sight, Status
from inference.llava_surg.replies.view import View
from inference.llava_surg.replies.wording import Wording, clock

# Named in one sentence about a phase.
MAX_NAMED = 5
_LANES = ("instrument", "verb", "target", "finding")


def phase(asked: Asked, view: View, wording: Wording) -> Reply | None:
    if not view.is_watched_lane("phase"):
        return silent(view, wording, "phase")
    seen, likeliest = view.seen_in("phase"), view.likeliest_phase()
    is_chosen = asked.traits & CHOOSING and not asked.is_yes_no
    if seen and (is_chosen or Trait.COUNT in asked.traits):
        return listing("phase")(asked, view, wording)
    if seen and asked.is_yes_no and Trait.LAST in asked.traits:
        # "Is the operation finished?"
        seen = seen[-1:]
    if seen:
        return answer(*(phase_told(sight, wording) for sight in seen[:MAX_SENTENCES]))
    if likeliest is None:
        return refusal(no_phase(view, wording))
    return reply_of([_unsure_phase(likeliest, wording)])


def _told_phases(view: View) -> list[Sight]:
    """Those that are seen, in order of time; where none is, the one that is more likely than not."""
    seen, likeliest = view.seen_in("phase"), view.likeliest_phase()
    if not seen and likeliest is not None and likeliest.is_probable:
        seen = [likeliest]
    return seen


def _current_phase(view: View) -> Sight | None:
    """The likeliest one, if something may rest on it: more likely than not, and of an operation."""
    current = view.likeliest_phase()
    return current if current is not None and current.is_told and current.key[1] in PHASE_ORDER else None


def _unsure_phase(sight: Sight, wording: Wording) -> Sentence:
    """With its number, as probable or as too little to tell."""
    if sight.is_probable:
        return wording.hedged(wording.phrases.phase_probably, sight=sight)
    return Sentence(text=wording.said(wording.phrases.phase_unsure, sight=sight), is_claim=False)


def suggests(_: Asked, view: View, wording: Wording) -> Reply | None:
    """What textbooks conclude from the phase that is seen."""
    seen = [sight for sight in _told_phases(view) if sight.key[1] in PHASE_ORDER]
    if not seen:
        return _without_phase(view, wording, wording.phrases.nothing_passed)
    sentences = [sentence for one in seen for sentence in _suggesting(one, wording)]
    return answer(*sentences[:MAX_SENTENCES])


def _suggesting(sight: Sight, wording: Wording) -> list[Sentence]:
    """Of a phase that is not sure, what would follow if it is."""
    phrases, told = wording.phrases, wording.phrases.suggestions[sight.key[1]]
    if sight.is_sure:
        return [wording.claim(phrases.suggests, sight=sight, suggests=told)]
    return [phase_told(sight, wording), wording.hedged(phrases.suggests_of, sight=sight, suggests=told)]


def _aiming(sight: Sight, wording: Wording) -> list[Sentence]:
    phrases, told = wording.phrases, wording.phrases.aims[sight.key[1]]
    if sight.is_sure:
        return [wording.claim(phrases.aim, sight=sight, aim=told)]
    return [phase_told(sight, wording), wording.hedged(phrases.aim_of, sight=sight, aim=told)]


def aim(asked: Asked, view: View, wording: Wording) -> Reply | None:
    """Whether the aim that a question gives is that of the phase."""
    current = _current_phase(view)
    if current is None:
        return _without_phase(view, wording, wording.phrases.nothing_passed)
    is_yes = current.key[1] in asked.choices
    if Trait.ONE_WORD in asked.traits:
        return answer(_bare(current, wording, is_yes=is_yes))
    first, *rest = _aiming(current, wording)
    return answer(wording.answering(first, is_yes=is_yes), *rest)


def _bare(sight: Sight, wording: Wording, *, is_yes: bool) -> Sentence:
    """One word; of what is not sure, with its number."""
    phrases = wording.phrases
    if sight.is_sure:
        return wording.claim(phrases.bare_yes if is_yes else phrases.bare_no, sight=sight)
    return wording.hedged(phrases.bare_probably if is_yes else phrases.bare_probably_no, sight=sight)


def _without_phase(view: View, wording: Wording, template: str) -> Reply:
    """Nothing follows from a phase that is unsure, or from an exercise; which one it may be is said."""
    likeliest = view.likeliest_phase()
    if likeliest is None:
        return refusal(no_phase(view, wording))
    if likeliest.status is Status.SEEN and likeliest.key[1] not in PHASE_ORDER:
        return refusal(wording.said(wording.phrases.exercise, sight=likeliest))
    unsure = [_unsure_phase(likeliest, wording)]
    first = Sentence(text=wording.said(template), is_claim=False)
    return Reply(sentences=(first, *unsure), is_insufficient=True)


def next_phase(asked: Asked, view: View, wording: Wording) -> Reply | None:
    """After the phase of the asked seconds; of the whole video, after the last one."""
    phrases, seen = wording.phrases, _told_phases(view)
    if asked.subjects and asked.subjects[-1][0] == "phase":
        named = view.sight(asked.subjects[-1])
        if named.status is not Status.SEEN and view.likeliest_phase() is not None:
            return Reply(sentences=(not_told(named, view, wording, is_premise=True),), is_insufficient=True)
        seen = [sight for sight in seen if sight.key == named.key]
    current = max(seen, key=lambda sight: sight.spans[-1][1], default=None)
    if current is None or current.key[1] not in PHASE_ORDER:
        return _without_phase(view, wording, phrases.nothing_next)
    last_s = current.spans[-1][1]
    later = (fact for fact in view.inside if fact.lane == "phase" and fact.start_s >= last_s)
    following = next((fact for fact in later if fact.probability >= LIKELY_PROBABILITY), None)
    if following is not None and asked.span is None:
        spans, facts = [(following.start_s, following.end_s)], (*current.facts, following)
        other = wording.noun(following.key)
        told = wording.claim(phrases.next_seen, sight=current, spans=spans, facts=facts, other=other)
        sentences = _whether_next(asked, told, following.key, current, wording)
        return answer(*resting_on(view.sight(following.key), sentences, wording))
    told = wording.claim(phrases.next_usually, sight=current, other=_usual_next(current, view, wording))
    if asked.candidate is not None:
        return answer(*_whether_next(asked, told, _successor(current, view), current, wording))
    return answer(phase_told(current, wording), told if current.is_sure else wording.if_so(told))


def previous_phase(asked: Asked, view: View, wording: Wording) -> Reply | None:
    """Before the first phase of the asked seconds: the one seen before it, else the usual one."""
    current = next(iter(_told_phases(view)), None)
    if current is None or current.key[1] not in PHASE_ORDER:
        return _without_phase(view, wording, wording.phrases.nothing_passed)
    earlier = replace(view, start_s=0.0, end_s=current.spans[0][0]).seen_in("phase")
    if earlier and asked.span is None:
        told = wording.claim(
            wording.phrases.before, sight=earlier[-1], spans=earlier[-1].spans[-1:], other=wording.noun(current.key)
        )
        return answer(*resting_on(earlier[-1], resting_on(current, [told], wording), wording))
    place = PHASE_ORDER.index(current.key[1])
    if not place:
        return answer(phase_told(current, wording), wording.claim(wording.phrases.usually_first, sight=current))
    usual = wording.noun(("phase", PHASE_ORDER[place - 1]))
    told = wording.claim(wording.phrases.usually_before, sight=current, other=usual)
    return answer(phase_told(current, wording), told if current.is_sure else wording.if_so(told))


def _whether_next(
    asked: Asked, told: Sentence, following: Key | None, current: Sight, wording: Wording
) -> list[Sentence]:
    """With the phase it follows from, where that is not sure."""
    if asked.candidate is None:
        return resting_on(current, [told], wording)
    is_yes = asked.candidate == following
    if Trait.ONE_WORD in asked.traits:
        return [_bare(current, wording, is_yes=is_yes)]
    if current.is_sure:
        return [wording.answering(told, is_yes=is_yes)]
    return [wording.answering(phase_told(current, wording), is_yes=is_yes), wording.if_so(told)]


def _successor(current: Sight, view: View) -> Key | None:
    """The usual next phase that was not seen before; None at the end of the operation."""
    last_s = current.spans[-1][1]
    seen = {
        fact.label
        for fact in view.facts
        if fact.lane == "phase" and fact.end_s <= last_s and fact.probability >= LIKELY_PROBABILITY
    }
    later = PHASE_ORDER[PHASE_ORDER.index(current.key[1]) + 1 :]
    return next((("phase", phase) for phase in later if phase not in seen), None)


def _usual_next(current: Sight, view: View, wording: Wording) -> str:
    following = _successor(current, view)
    return wording.phrases.operation_end if following is None else wording.noun(following)


def why(asked: Asked, view: View, wording: Wording) -> Reply | None:
    """A premise that nothing shows is not explained; the aim of the phase is what textbooks say."""
    phrases = wording.phrases
    missing = next((one for one in map(view.sight, asked.subjects) if one.status is not Status.SEEN), None)
    if missing is not None:
        return Reply(sentences=(not_told(missing, view, wording, is_premise=True),), is_insufficient=True)
    if asked.is_negated:
        return refusal(wording.said(phrases.nothing_passed))
    if len(asked.subjects) > 1:
        return refusal(wording.said(phrases.not_told_together))
    phases = [sight for sight in _told_phases(view) if sight.key[1] in PHASE_KNOWLEDGE]
    if not asked.subjects and len(phases) > 1:
        return answer(*[sentence for one in phases for sentence in _aiming(one, wording)][:MAX_SENTENCES])
    current = _phase_of(asked.subjects, view)
    if current is None or not current.is_told or current.key[1] not in PHASE_KNOWLEDGE:
        return _without_phase(view, wording, phrases.nothing_passed)
    shown = [wording.claim(phrases.seen, sight=view.sight(key)) for key in asked.subjects if key[0] != "phase"]
    return answer(*shown, *_aiming(current, wording))


def _phase_of(subjects: tuple[Key, ...], view: View) -> Sight | None:
    """In which what is asked about is seen."""
    if not subjects:
        return view.likeliest_phase()
    if subjects[0][0] == "phase":
        return view.sight(subjects[0])
    return view.cut(*max(view.sight(subjects[0]).spans, key=lambda span: span[1] - span[0])).likeliest_phase()


def milestone(asked: Asked, view: View, wording: Wording) -> Reply | None:
    """Reached in the asked seconds as soon as one of their phases comes after it."""
    seen = [sight for sight in _told_phases(view) if sight.key[1] in PHASE_ORDER]
    if not seen:
        return _without_phase(view, wording, wording.phrases.nothing_passed)
    reached = [sight for sight in seen if PHASE_ORDER.index(sight.key[1]) >= MILESTONES[asked.statement]]
    sight, phrases = reached[0] if reached else seen[-1], wording.phrases
    if Trait.ONE_WORD in asked.traits:
        return answer(_bare(sight, wording, is_yes=bool(reached)))
    if not sight.is_sure:
        template = phrases.milestone_probably_yes if reached else phrases.milestone_probably_no
        return answer(wording.hedged(template, sight=sight, statement=asked.statement))
    template = phrases.milestone_yes if reached else phrases.milestone_no
    return answer(wording.claim(template, sight=sight, statement=asked.statement))


def describe(asked: Asked, view: View, wording: Wording) -> Reply | None:
    """The course in order, one sentence a phase; within one phase one sentence a label, in order of first sight."""
    if asked.subjects:
        return _about_subjects(asked, view, wording)
    phases = view.seen_in("phase")
    if len(phases) > 1:
        told = [_with_what_is_seen(sight, view, wording) for sight in phases]
        return answer(*[*outside(view, wording), *told][:MAX_SENTENCES])
    shown = [*outside(view, wording), *(phase_told(sight, wording) for sight in phases)]
    shown += [wording.claim(wording.phrases.seen, sight=sight) for sight in view.seen_in(*_LANES)]
    likeliest = view.likeliest_phase()
    probable = [not_told(sight, view, wording) for sight in view.unsure_in(*_LANES) if sight.is_probable]
    if likeliest is not None and not phases and (likeliest.is_probable or not (shown or probable)):
        probable.insert(0, _unsure_phase(likeliest, wording))
    if shown or probable:
        return reply_of([*shown, *probable][:MAX_SENTENCES])
    return refusal(wording.said(wording.phrases.none_of_lane, spans=[view.span]))


def _about_subjects(asked: Asked, view: View, wording: Wording) -> Reply:
    if len(asked.subjects) > 1 and not asked.is_list:
        return together(asked, view, wording)
    return about(asked, view, wording, lambda sight: [wording.claim(wording.phrases.seen, sight=sight)])


def _with_what_is_seen(sight: Sight, view: View, wording: Wording) -> Sentence:
    within = view.cut(sight.spans[0][0], sight.spans[-1][1])
    longest = sorted(within.seen_in(*_LANES), key=lambda one: -one.total_s)[:MAX_NAMED]
    others = sorted(longest, key=lambda one: _LANES.index(one.key[0]))
    if not others:
        return phase_told(sight, wording)
    facts = (*sight.facts, *(fact for one in others for fact in one.facts))
    named = wording.listed_sights(others)
    return wording.claim(wording.phrases.phase_with, sight=sight, facts=facts, list=named)


def compare(asked: Asked, view: View, wording: Wording) -> Reply | None:
    """What is seen in only one of two stretches, and what in both."""
    if len(asked.subjects) > 1:
        return about(asked, view, wording, lambda sight: [seen_for(sight, wording)])
    if len(asked.spans) < 2:
        return describe(asked, view, wording)
    first, second = (view.cut(*span) for span in asked.spans[:2])
    parts = [_only(first, second, wording), _only(second, first, wording), _in_both(first, second, wording)]
    sentences = [sentence for sentence in parts if sentence is not None]
    return answer(*sentences) if sentences else refusal(wording.said(wording.phrases.nothing_passed))


def _only(here: View, there: View, wording: Wording) -> Sentence | None:
    seen = [one for one in here.seen_in("phase", *_LANES) if there.sight(one.key).status is Status.NOT_SEEN]
    if not seen:
        return None
    start, end, named = clock(here.start_s), clock(here.end_s), wording.listed_sights(seen)
    facts = [fact for one in seen for fact in one.facts]
    return wording.claim(wording.phrases.only_in, spans=[here.span], facts=facts, start=start, end=end, list=named)


def _in_both(first: View, second: View, wording: Wording) -> Sentence | None:
    seen = [one for one in first.seen_in("phase", *_LANES) if second.sight(one.key).status is Status.SEEN]
    if not seen:
        return None
    facts = [fact for one in seen for fact in (*one.facts, *second.sight(one.key).facts)]
    named = wording.listed_sights(seen)
    return wording.claim(wording.phrases.in_both, spans=[first.span, second.span], facts=facts, list=named)
