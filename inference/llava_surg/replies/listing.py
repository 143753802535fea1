"""Which instruments, structures, actions and phases are seen: all of them, how many, or the one that is seen most."""

from collections.abc import Callable
from dataclasses import replace

from inference.llava_surg.asked.asked import Asked
from inference.llava_surg.asked.trait import CHOOSING, Trait
from inference.llava_surg.replies.parts import (
    MAX_SENTENCES,
    first_seen,
    hint,
    last_seen,
    not_told,
    outside,
    resting_on,
    seen_for,
    silent,
    together,
)
from inference.llava_surg.replies.parts import absent as not_seen
from inference.llava_surg.replies.reply import Reply, Sentence, answer, refusal, reply_of
from inference.llava_surg.replies.sight import Sight, Status
from inference.llava_surg.replies.view import View
from inference.llava_surg.replies.wording import Wording

_DURING_LANES = ("phase", "verb")
# Of what is unsure, the likeliest few are named.
MAX_UNSURE = 2


def listing(lane: str) -> Callable[[Asked, View, Wording], Reply | None]:
    def compute(asked: Asked, view: View, wording: Wording) -> Reply | None:
        others = [key for key in asked.subjects if key[0] != lane]
        if asked.subjects and (lane == "verb" or len(others) > 1 or any(key[0] not in _DURING_LANES for key in others)):
            return _with_actions(asked, view, wording) if lane == "verb" else together(asked, view, wording)
        if others:
            sight = view.sight(others[0])
            if sight.status is not Status.SEEN:
                return Reply(sentences=(not_told(sight, view, wording, is_premise=True),), is_insufficient=True)
            view = view.cut(*max(sight.spans, key=lambda span: span[1] - span[0]))
        if asked.is_negated and asked.is_yes_no:
            # That nothing at all is there cannot be told where some things are not watched.
            return refusal(wording.said(wording.phrases.nothing_passed), hint(view, wording))
        if asked.is_negated:
            return _absent(lane, view, wording)
        if lane == "target" and Trait.WORK in asked.traits:
            return _worked_on(view, wording)
        left_out = asked.subjects if Trait.EXCEPT in asked.traits else ()
        seen = [sight for sight in view.seen_in(lane) if sight.key not in left_out]
        return _told(asked, seen, wording) or listed(view, wording, lane, left_out=left_out)

    return compute


def _with_actions(asked: Asked, view: View, wording: Wording) -> Reply:
    """ "What is the hook doing?": what is done meanwhile is shown, and not told to be its work."""
    reply = together(asked, view, wording)
    first = view.sight(asked.subjects[0])
    if first.status is Status.NOT_SEEN or not first.spans:
        return reply
    within = view.cut(first.spans[0][0], first.spans[-1][1])
    named = set(asked.subjects)
    actions = [wording.claim(wording.phrases.seen, sight=one) for one in within.seen_in("verb") if one.key not in named]
    return replace(reply, sentences=(*reply.sentences, *actions)[:MAX_SENTENCES])


def _worked_on(view: View, wording: Wording) -> Reply:
    """The structures on which work is seen; where none is told, that, and what is in view."""
    keys = dict.fromkeys(fact.key for fact in view.inside if fact.lane == "target")
    sights = [view.work(key) for key in keys]
    worked = [wording.claim(wording.phrases.work, sight=one) for one in sights if one.status is Status.SEEN]
    if worked:
        return answer(*worked[:MAX_SENTENCES])
    in_view = [wording.claim(wording.phrases.seen, sight=sight) for sight in view.seen_in("target")]
    first = Sentence(text=wording.said(wording.phrases.work_unsure), is_claim=False)
    return Reply(sentences=(first, *in_view[:MAX_SENTENCES]), is_insufficient=not in_view)


def _absent(lane: str, view: View, wording: Wording) -> Reply:
    """What is looked for in a lane and not seen."""
    sights = [view.sight(key) for key in sorted(view.watch.labels) if key[0] == lane]
    absent = [sight for sight in sights if sight.status is Status.NOT_SEEN]
    if not absent:
        return refusal(wording.said(wording.phrases.nothing_passed))
    template = wording.phrases.absent
    return reply_of(not_seen(sight, view, wording, template) for sight in absent[:MAX_SENTENCES])


def listed(view: View, wording: Wording, *lanes: str, left_out: tuple[tuple[str, str], ...] = ()) -> Reply:
    if not any(view.is_watched_lane(lane) for lane in lanes):
        return silent(view, wording, *lanes)
    seen = [sight for sight in view.seen_in(*lanes) if sight.key not in left_out]
    if not seen:
        return _none_seen(view, wording, lanes)
    template = wording.phrases.phase_is if lanes == ("phase",) else wording.phrases.seen
    return answer(*(wording.claim(template, sight=sight) for sight in seen[:MAX_SENTENCES]))


def _none_seen(view: View, wording: Wording, lanes: tuple[str, ...]) -> Reply:
    """What is unsure is named as such: it is not the same as nothing."""
    unsure = [not_told(sight, view, wording) for sight in view.unsure_in(*lanes)[:MAX_UNSURE]]
    elsewhere = outside(view, wording)
    if unsure or elsewhere:
        return reply_of([*unsure, *elsewhere])
    return refusal(wording.said(wording.phrases.none_of_lane, spans=[view.span]))


def _told(asked: Asked, seen: list[Sight], wording: Wording) -> Reply | None:
    """What is asked of those that are seen, beside all of them."""
    if not seen:
        return None
    if asked.traits & CHOOSING:
        return answer(*_chosen(asked, seen, wording))
    if Trait.COUNT in asked.traits:
        spans = [span for sight in seen for span in sight.spans]
        facts = [fact for sight in seen for fact in sight.facts]
        told = wording.claim(
            wording.phrases.counted,
            spans=spans,
            facts=facts,
            count=len(seen),
            lane=wording.phrases.lanes[seen[0].key[0]],
            list=wording.listed_sights(seen),
        )
        return answer(told)
    return None


def _chosen(asked: Asked, seen: list[Sight], wording: Wording) -> list[Sentence]:
    """Several where they are alike."""
    if Trait.FIRST in asked.traits:
        first_s = min(sight.spans[0][0] for sight in seen)
        chosen, say = [sight for sight in seen if sight.spans[0][0] == first_s], first_seen
    elif Trait.LAST in asked.traits:
        last_s = max(sight.spans[-1][1] for sight in seen)
        chosen, say = [sight for sight in seen if sight.spans[-1][1] == last_s], last_seen
    else:
        pick = max if Trait.MOST in asked.traits else min
        total_s = pick(sight.total_s for sight in seen)
        chosen, say = [sight for sight in seen if sight.total_s == total_s], seen_for
    told = [sentence for sight in chosen for sentence in resting_on(sight, [say(sight, wording)], wording)]
    return told[:MAX_SENTENCES]
