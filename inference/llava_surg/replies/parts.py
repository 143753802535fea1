"""What several kinds of replies are made of: why something cannot be told, what is seen, how long, how often."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from inference.evidence.lanes import BODY_LANE, COURSE_LANE, KIND_LANE, PHASE_LANE
from inference.evidence.naming import told_by
from inference.llava_surg.answering.knowledge import PHASE_ORDER
from inference.llava_surg.asked.asked import Asked
from inference.llava_surg.replies.reply import Reply, Sentence, refusal, reply_of
from inference.llava_surg.replies.sight import Sight, Status
from inference.llava_surg.replies.view import View
from inference.llava_surg.replies.wording import Wording, clock

# What an operation or an exercise is told in.
SPOKEN_LANES = ("phase", "instrument", "verb", "target")
# Sentences of one reply; more is read by nobody.
MAX_SENTENCES = 7


def not_told(sight: Sight, view: View, wording: Wording, *, is_premise: bool = False, probably: str = "") -> Sentence:
    """Why nothing is said for certain of a label that is not surely seen. `is_premise`: the question takes it as given.
    `probably`: how it is said that something is more likely than not, if not in the usual words."""
    phrases = wording.phrases
    if sight.is_probable and not is_premise:
        return wording.hedged(probably or phrases.probably, sight=sight, seconds=round(sight.total_s))
    if sight.status is Status.NOT_WATCHED:
        return Sentence(text=wording.said(phrases.not_watched_it, sight=sight), is_claim=False)
    if sight.status is Status.UNSURE:
        return Sentence(text=wording.said(phrases.unsure, sight=sight), is_claim=False)
    if sight.status is Status.OUT_OF_VIEW:
        return Sentence(text=_out_of_view(sight, view, wording), is_claim=False)
    if sight.key[0] == "phase" and not is_premise and view.likeliest_phase() is None:
        return Sentence(text=no_phase(view, wording), is_claim=False)
    template = phrases.no_premise if is_premise else phrases.not_seen
    return Sentence(text=wording.said(template, sight=sight, spans=[view.span]), is_claim=False)


def _out_of_view(sight: Sight, view: View, wording: Wording) -> str:
    """Nobody looked: its watchers know one phase alone, or the camera is outside the body."""
    taught = view.taught_in(sight.key)
    if not taught:
        return wording.said(wording.phrases.out_of_view, sight=sight, spans=[view.span])
    other = wording.noun(("phase", taught[0]))
    return wording.said(wording.phrases.looked_in_phase, sight=sight, spans=[view.span], other=other)


def phase_told(sight: Sight, wording: Wording) -> Sentence:
    """A phase that is likely and not sure is told with its number: one in four of those is another."""
    if sight.key[1] not in PHASE_ORDER:
        return wording.claim(wording.phrases.exercise_is, sight=sight)
    if sight.status is not Status.SEEN:
        return wording.hedged(wording.phrases.phase_probably, sight=sight)
    return wording.claim(wording.phrases.phase_is, sight=sight)


def resting_on(sight: Sight, sentences: Sequence[Sentence], wording: Wording) -> list[Sentence]:
    """What follows from something that is not sure stands behind how sure it is."""
    if sight.is_sure or all(sentence.is_numbered or sentence.is_hedged for sentence in sentences):
        return list(sentences)
    return [certainty_of(sight, wording), *(one if one.is_numbered else wording.if_so(one) for one in sentences)]


def certainty_of(sight: Sight, wording: Wording) -> Sentence:
    """That it is seen, with its number unless it is sure."""
    if sight.key[0] == PHASE_LANE:
        return phase_told(sight, wording)
    return wording.claim(wording.phrases.seen, sight=sight)


def no_phase(view: View, wording: Wording) -> str:
    """Why no phase is named at all."""
    template = wording.phrases.repeats if view.is_repeated else wording.phrases.no_phase_clear
    return wording.said(template, spans=[view.span])


def absent(sight: Sight, view: View, wording: Wording, template: str) -> Sentence:
    """That it is not seen: a claim only where its watchers miss little."""
    phrases = wording.phrases
    if any(view.watch.tells_absence(*key) for key in told_by(sight.key) if key in view.watch.labels):
        return wording.claim(template, sight=sight, spans=[view.span])
    missed = {phrases.no: phrases.missed_no, phrases.bare_no: phrases.bare_missed}.get(template, phrases.missed)
    return wording.hedged(missed, sight=replace(sight, spans=(view.span,)))


def outside(view: View, wording: Wording) -> list[Sentence]:
    """That the camera is outside the body, where it is seen to be."""
    return [wording.claim(wording.phrases.seen, sight=sight) for sight in view.seen_in(BODY_LANE)]


def silent(view: View, wording: Wording, *lanes: str) -> Reply:
    """Nobody looks for what these lanes tell: not in this kind of video, or in no lane at all, since it is no operation
    that is known here. What it looks like is said, and what can be asked of it."""
    if any(view.is_watched_lane(lane) for lane in SPOKEN_LANES):
        named = ", ".join(wording.phrases.lanes[lane] for lane in lanes)
        return refusal(wording.said(wording.phrases.lane_silent, what=named), hint(view, wording))
    offers = [hint(view, wording)] if view.is_anything_watched else []
    return refusal(wording.said(wording.phrases.kind_silent), *looks_like(view, wording), *offers)


def looks_like(view: View, wording: Wording) -> list[str]:
    """Without its seconds: it is told of all of the video, and a named window is never left."""
    kind, likeliest = view.kind(), view.likeliest_kind()
    if kind is not None and kind.status is Status.SEEN:
        return [wording.said(wording.phrases.kind_is, sight=replace(kind, spans=()))]
    return (
        [] if likeliest is None else [wording.said(wording.phrases.kind_likeliest, sight=replace(likeliest, spans=()))]
    )


def hint(view: View, wording: Wording) -> str:
    """What can be asked of such a video."""
    lanes = [lane for lane in SPOKEN_LANES if view.is_watched_lane(lane)]
    if len(lanes) == len(SPOKEN_LANES):
        return wording.phrases.hint
    if lanes:
        return wording.said(wording.phrases.hint_here, list=", ".join(wording.phrases.lanes[lane] for lane in lanes))
    if not view.is_anything_watched:
        return wording.phrases.hint_nothing
    watched = sorted({key for key in view.watch.labels if key[0] not in (KIND_LANE, COURSE_LANE)})
    return wording.said(wording.phrases.hint_here, list=wording.listed(watched))


def together(asked: Asked, view: View, wording: Wording) -> Reply:
    """An action on a structure, with an instrument: lanes are not told to belong together, so only each is shown."""
    sights = [view.sight(key) for key in asked.subjects]
    missing = next((sight for sight in sights if sight.status in (Status.NOT_SEEN, Status.OUT_OF_VIEW)), None)
    if missing is not None:
        return Reply(sentences=(not_told(missing, view, wording, is_premise=True),), is_insufficient=True)
    shown = [wording.claim(wording.phrases.seen, sight=sight) for sight in sights if sight.status is Status.SEEN]
    first = Sentence(text=wording.said(wording.phrases.not_told_together), is_claim=False)
    return Reply(sentences=(first, *shown), is_insufficient=True)


def about(
    asked: Asked, view: View, wording: Wording, say: Callable[[Sight], list[Sentence]], *, probably: str = ""
) -> Reply:
    """`say` for each subject that is seen, that it is not where somebody looked, why nothing is told of the others.
    `probably`: how the probable is said."""
    sights = [view.sight(key) for key in asked.subjects] or view.seen_in(*asked.choices)[:MAX_SENTENCES]
    if not sights:
        return refusal(wording.said(wording.phrases.nothing_passed), hint(view, wording))
    if asked.subjects and not asked.is_list:
        return together(asked, view, wording)
    sentences: list[Sentence] = []
    for sight in sights:
        if sight.status is Status.SEEN:
            sentences += resting_on(sight, say(sight), wording)
        elif sight.status is Status.NOT_SEEN and sight.key[0] != "phase":
            sentences.append(absent(sight, view, wording, wording.phrases.absent))
        else:
            sentences.append(not_told(sight, view, wording, probably=probably))
    return reply_of(sentences)


def first_seen(sight: Sight, wording: Wording) -> Sentence:
    at_s = sight.spans[0][0]
    return wording.claim(wording.phrases.first_seen, sight=sight, spans=sight.spans[:1], clock=clock(at_s))


def last_seen(sight: Sight, wording: Wording) -> Sentence:
    at_s = sight.spans[-1][1]
    return wording.claim(wording.phrases.last_seen, sight=sight, spans=sight.spans[-1:], clock=clock(at_s))


def seen_for(sight: Sight, wording: Wording) -> Sentence:
    return wording.claim(wording.phrases.seen_for, sight=sight, seconds=round(sight.total_s))


def counted(sight: Sight, wording: Wording) -> Sentence:
    if len(sight.spans) == 1:
        return wording.claim(wording.phrases.seen_once, sight=sight)
    return wording.claim(wording.phrases.seen_times, sight=sight, count=len(sight.spans))
