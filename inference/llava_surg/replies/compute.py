"""What the timeline can answer by itself: is it there, when, how long, how often, in which order, what comes next.

Each statement carries its facts. What the timeline cannot carry becomes a refusal that names what was asked and says
why. `None` leaves the question to the model, whose sentences are checked one by one.
"""

from collections.abc import Callable, Mapping

from inference.evidence.ontology import Key
from inference.llava_surg.answering.knowledge import MILESTONES, PHASE_KNOWLEDGE, PHASE_ORDER
from inference.llava_surg.asked.intent import Intent
from inference.llava_surg.asked.language import ANSWERED, ENGLISH
from inference.llava_surg.asked.question import Asked
from inference.llava_surg.replies.languages import phrases_of
from inference.llava_surg.replies.reply import Reply, Sentence, answer, refusal
from inference.llava_surg.replies.view import Sight, Status, View
from inference.llava_surg.replies.wording import Wording, clock

OTHER_LANGUAGE = "I can answer questions in English, German, French, Spanish, Italian and Chinese."
# Sentences of one reply; more is read by nobody.
MAX_SENTENCES = 7


def computed(asked: Asked, view: View, *, duration_s: float) -> Reply | None:
    """The reply that code can give, or None."""
    wording = Wording(phrases_of(asked.language), asked.phrase)
    refused = _declined(asked, wording) or _outside(asked, wording, duration_s) or _not_answerable(asked, view, wording)
    if refused is not None:
        return refused
    compute = _BY_INTENT.get(asked.intent)
    return None if compute is None else compute(asked, view, wording)


def _declined(asked: Asked, wording: Wording) -> Reply | None:
    phrases = wording.phrases
    templates = {
        Intent.OFF_TOPIC: phrases.off_topic,
        Intent.PERSON: phrases.person,
        Intent.ADVICE: phrases.advice,
        Intent.SKILL: phrases.skill,
    }
    if asked.intent in templates:
        return refusal(wording.said(templates[asked.intent]))
    if asked.language not in ANSWERED:
        return refusal(OTHER_LANGUAGE)
    if asked.intent is Intent.MEASURE:
        return refusal(wording.said(phrases.measure))
    return None


def _outside(asked: Asked, wording: Wording, duration_s: float) -> Reply | None:
    """Seconds wholly behind the end of the video."""
    if asked.span is None or asked.span[0] < duration_s:
        return None
    return refusal(wording.said(wording.phrases.video_ends, clock=clock(duration_s)))


def _not_answerable(asked: Asked, view: View, wording: Wording) -> Reply | None:
    """Words that nobody knows, labels that nobody watches, a kind of video in which nobody speaks."""
    phrases = wording.phrases
    if asked.intent is Intent.CRITICAL_VIEW:
        return None
    if asked.unknown or asked.intent is Intent.OTHER:
        return refusal(wording.said(phrases.unknown), phrases.hint)
    unwatched = [key for key in asked.subjects if view.sight(key).status is Status.NOT_WATCHED]
    if unwatched and asked.intent is not Intent.MILESTONE:
        return refusal(wording.said(phrases.not_watched, what=wording.noun(unwatched[0])))
    if not any(view.is_watched_lane(lane) for lane in ("phase", "instrument", "verb", "target")):
        return refusal(wording.said(phrases.kind_silent))
    return None


def _presence(asked: Asked, view: View, wording: Wording) -> Reply | None:
    if not asked.subjects:
        return None
    lanes = {lane for lane, _ in asked.subjects}
    if len(asked.subjects) > 1 and len(lanes) > 1:
        return _together(asked, view, wording)
    sentences = [_one_presence(key, view, wording, is_negated=asked.is_negated) for key in asked.subjects]
    return Reply(sentences=tuple(sentences), is_insufficient=not any(sentence.is_claim for sentence in sentences))


def _one_presence(key: Key, view: View, wording: Wording, *, is_negated: bool) -> Sentence:
    """To "isn't there a hook?" a bare yes or no would be understood either way, so neither is said."""
    phrases, sight = wording.phrases, view.sight(key)
    if sight.status is Status.SEEN:
        return wording.claim(phrases.seen if is_negated else phrases.yes, sight=sight)
    if sight.status is Status.UNSURE:
        return Sentence(text=wording.said(phrases.unsure, sight=sight), is_claim=False)
    if sight.status is Status.OUT_OF_VIEW:
        return Sentence(text=wording.said(phrases.out_of_view, sight=sight, spans=[view.span]), is_claim=False)
    if key[0] == "phase":
        return _other_phase(sight, view, wording)
    return wording.claim(phrases.absent if is_negated else phrases.no, sight=sight, spans=[view.span])


def _other_phase(sight: Sight, view: View, wording: Wording) -> Sentence:
    phrases, phase = wording.phrases, view.likeliest_phase()
    if phase is None or phase.status is not Status.SEEN:
        return Sentence(text=wording.said(phrases.not_seen, sight=sight, spans=[view.span]), is_claim=False)
    what, other = wording.noun(sight.key), wording.noun(phase.key)
    return wording.claim(phrases.no_phase, spans=phase.spans, facts=phase.facts, what=what, other=other)


def _together(asked: Asked, view: View, wording: Wording) -> Reply:
    """An action on a structure, with an instrument: lanes are not told to belong together, so only each is shown."""
    phrases = wording.phrases
    sights = [view.sight(key) for key in asked.subjects]
    missing = next((sight for sight in sights if sight.status in (Status.NOT_SEEN, Status.OUT_OF_VIEW)), None)
    if missing is not None:
        return refusal(wording.said(phrases.no_premise, sight=missing, spans=[view.span]))
    shown = [wording.claim(phrases.seen, sight=sight) for sight in sights if sight.status is Status.SEEN]
    first = Sentence(text=wording.said(phrases.not_told_together), is_claim=False)
    return Reply(sentences=(first, *shown), is_insufficient=True)


def _about(asked: Asked, view: View, wording: Wording, say: Callable[[Sight], list[Sentence]]) -> Reply | None:
    """`say` for each subject that is seen; why not, for the others."""
    if not asked.subjects:
        return refusal(wording.said(wording.phrases.nothing_passed), wording.phrases.hint)
    sentences: list[Sentence] = []
    for key in asked.subjects:
        sight = view.sight(key)
        if sight.status is Status.SEEN:
            sentences += say(sight)
        else:
            template = wording.phrases.unsure if sight.status is Status.UNSURE else wording.phrases.not_seen
            spans = [] if sight.status is Status.UNSURE else [view.span]
            sentences.append(Sentence(text=wording.said(template, sight=sight, spans=spans), is_claim=False))
    return Reply(sentences=tuple(sentences), is_insufficient=not any(sentence.is_claim for sentence in sentences))


def _when(asked: Asked, view: View, wording: Wording) -> Reply | None:
    def say(sight: Sight) -> list[Sentence]:
        first = wording.claim(
            wording.phrases.first_seen, sight=sight, spans=sight.spans[:1], clock=clock(sight.spans[0][0])
        )
        if len(sight.spans) == 1:
            return [first]
        return [first, _counted(sight, wording)]

    return _about(asked, view, wording, say)


def _how_long(asked: Asked, view: View, wording: Wording) -> Reply | None:
    return _about(
        asked,
        view,
        wording,
        lambda sight: [wording.claim(wording.phrases.seen_for, sight=sight, seconds=round(sight.total_s))],
    )


def _how_often(asked: Asked, view: View, wording: Wording) -> Reply | None:
    return _about(asked, view, wording, lambda sight: [_counted(sight, wording)])


def _counted(sight: Sight, wording: Wording) -> Sentence:
    if len(sight.spans) == 1:
        return wording.claim(wording.phrases.seen_once, sight=sight)
    return wording.claim(wording.phrases.seen_times, sight=sight, count=len(sight.spans))


def _order(asked: Asked, view: View, wording: Wording) -> Reply | None:
    """Of two labels of one lane; "is the duct clipped before the artery" needs what belongs together."""
    if len(asked.subjects) != 2 or len({lane for lane, _ in asked.subjects}) != 1:
        return _together(asked, view, wording) if asked.subjects else None
    sights = [view.sight(key) for key in asked.subjects]
    if any(sight.status is not Status.SEEN for sight in sights):
        return _about(asked, view, wording, lambda sight: [wording.claim(wording.phrases.seen, sight=sight)])
    first, second = sorted(sights, key=lambda sight: sight.spans[0][0])
    is_same = first.spans[0][0] == second.spans[0][0]
    template = wording.phrases.together if is_same else wording.phrases.before
    spans = [first.spans[0], second.spans[0]]
    facts = (*first.facts, *second.facts)
    return answer(wording.claim(template, sight=first, spans=spans, facts=facts, other=wording.noun(second.key)))


def _listing(*lanes: str) -> Callable[[Asked, View, Wording], Reply | None]:
    def compute(_: Asked, view: View, wording: Wording) -> Reply | None:
        if not any(view.is_watched_lane(lane) for lane in lanes):
            return refusal(wording.said(wording.phrases.kind_silent))
        seen = view.seen_in(*lanes)
        if not seen:
            return refusal(wording.said(wording.phrases.none_of_lane, spans=[view.span]))
        return answer(*(wording.claim(wording.phrases.seen, sight=sight) for sight in seen[:MAX_SENTENCES]))

    return compute


def _phase(_: Asked, view: View, wording: Wording) -> Reply | None:
    if not view.is_watched_lane("phase"):
        return refusal(wording.said(wording.phrases.kind_silent))
    seen = view.seen_in("phase")
    if seen:
        return answer(*(wording.claim(wording.phrases.phase_is, sight=sight) for sight in seen[:MAX_SENTENCES]))
    likeliest = view.likeliest_phase()
    if likeliest is None:
        return refusal(wording.said(wording.phrases.none_of_lane, spans=[view.span]))
    return refusal(wording.said(wording.phrases.phase_unsure, sight=likeliest))


def _next(asked: Asked, view: View, wording: Wording) -> Reply | None:
    phrases, phase = wording.phrases, view.likeliest_phase()
    if phase is None or phase.status is not Status.SEEN or phase.key[1] not in PHASE_ORDER:
        return refusal(wording.said(phrases.nothing_next))
    last_s = phase.spans[-1][1]
    later = [fact for fact in view.facts if fact.lane == "phase" and fact.start_s >= last_s and fact.key != phase.key]
    following = next((fact for fact in sorted(later, key=lambda fact: fact.start_s) if fact.probability >= 0.6), None)
    if following is not None and asked.span is None:
        spans = [(following.start_s, following.end_s)]
        other = wording.noun(following.key)
        facts = (*phase.facts, following)
        return answer(wording.claim(phrases.next_seen, sight=phase, spans=spans, facts=facts, other=other))
    other = _usual_next(phase.key[1], wording)
    return answer(
        wording.claim(phrases.phase_is, sight=phase), wording.claim(phrases.next_usually, sight=phase, other=other)
    )


def _usual_next(phase: str, wording: Wording) -> str:
    if wording.phrases.code == ENGLISH:
        return PHASE_KNOWLEDGE[phase].followed_by
    place = PHASE_ORDER.index(phase)
    return wording.noun(("phase", PHASE_ORDER[min(place + 1, len(PHASE_ORDER) - 1)]))


def _why(asked: Asked, view: View, wording: Wording) -> Reply | None:
    """A premise that nothing shows is not explained; the aim of the phase is what textbooks say."""
    phrases = wording.phrases
    missing = next((one for one in map(view.sight, asked.subjects) if one.status is not Status.SEEN), None)
    if missing is not None:
        return refusal(wording.said(phrases.no_premise, sight=missing, spans=[view.span]))
    phase = view.likeliest_phase()
    if phase is None or phase.status is not Status.SEEN or phase.key[1] not in PHASE_KNOWLEDGE:
        return refusal(wording.said(phrases.nothing_passed))
    shown = [wording.claim(phrases.seen, sight=view.sight(key)) for key in asked.subjects if key[0] != "phase"]
    return answer(*shown, wording.claim(phrases.aim, sight=phase, aim=PHASE_KNOWLEDGE[phase.key[1]].aim))


def _milestone(asked: Asked, view: View, wording: Wording) -> Reply | None:
    phase = view.likeliest_phase()
    if phase is None or phase.status is not Status.SEEN or phase.key[1] not in PHASE_ORDER:
        return refusal(wording.said(wording.phrases.nothing_next))
    is_true = PHASE_ORDER.index(phase.key[1]) >= MILESTONES[asked.statement]
    template = wording.phrases.milestone_yes if is_true else wording.phrases.milestone_no
    return answer(wording.claim(template, sight=phase, statement=asked.statement))


def _describe(asked: Asked, view: View, wording: Wording) -> Reply | None:
    """The course in order: phases first, then what else is seen, one sentence a label."""
    phases = [wording.claim(wording.phrases.phase_is, sight=sight) for sight in view.seen_in("phase")]
    others = [
        wording.claim(wording.phrases.seen, sight=sight) for sight in view.seen_in("instrument", "verb", "target")
    ]
    sentences = (*phases, *others)[:MAX_SENTENCES]
    if not sentences:
        likeliest = view.likeliest_phase()
        if likeliest is not None:
            return refusal(wording.said(wording.phrases.phase_unsure, sight=likeliest))
        return refusal(wording.said(wording.phrases.none_of_lane, spans=[view.span]))
    return answer(*sentences)


def _critical_view(_: Asked, view: View, wording: Wording) -> Reply | None:
    """Never a verdict; what of the two structures is seen is offered beside the refusal."""
    structures = [view.sight(("target", label)) for label in ("cystic_duct", "cystic_artery")]
    shown = [wording.claim(wording.phrases.seen, sight=one) for one in structures if one.status is Status.SEEN]
    first = Sentence(text=wording.said(wording.phrases.critical_view), is_claim=False)
    return Reply(sentences=(first, *shown), is_insufficient=True)


_BY_INTENT: Mapping[Intent, Callable[[Asked, View, Wording], Reply | None]] = {
    Intent.PRESENCE: _presence,
    Intent.WHEN: _when,
    Intent.HOW_LONG: _how_long,
    Intent.HOW_OFTEN: _how_often,
    Intent.ORDER: _order,
    Intent.COMPARE: _describe,
    Intent.INSTRUMENTS: _listing("instrument"),
    Intent.ANATOMY: _listing("target"),
    Intent.DOING: _listing("verb"),
    Intent.PHASE: _phase,
    Intent.NEXT: _next,
    Intent.WHY: _why,
    Intent.MILESTONE: _milestone,
    Intent.DESCRIBE: _describe,
    Intent.CRITICAL_VIEW: _critical_view,
}
