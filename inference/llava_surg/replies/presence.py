"""Is it there, only it, all the time, at the same time as something else."""

from dataclasses import replace

from inference.evidence.lanes import Key
from inference.evidence.verdict import NEARLY_ALL
from inference.llava_surg.asked.asked import Asked
from inference.llava_surg.asked.trait import Trait
from inference.llava_surg.replies.listing import listed
from inference.llava_surg.replies.parts import about, absent, hint, not_told, resting_on, seen_for, together
from inference.llava_surg.replies.reply import Reply, Sentence, answer, refusal, reply_of
from inference.llava_surg.replies.sight import Sight, Status
from inference.llava_surg.replies.view import View
from inference.llava_surg.replies.wording import Wording


def presence(asked: Asked, view: View, wording: Wording) -> Reply | None:
    if not asked.subjects:
        return None
    if Trait.EXCEPT in asked.traits:
        return refusal(wording.said(wording.phrases.unknown), hint(view, wording))
    if not asked.is_list:
        return together(asked, view, wording)
    if Trait.TOGETHER in asked.traits and len(asked.subjects) > 1:
        return at_once(asked, view, wording)
    if Trait.ONLY in asked.traits:
        return listed(view, wording, *{lane for lane, _ in asked.subjects})
    if Trait.THROUGHOUT in asked.traits:
        return about(asked, view, wording, lambda sight: [seen_for(sight, wording)])
    if Trait.WORK in asked.traits and asked.subjects[0][0] in ("target", "instrument"):
        return reply_of(worked_on(key, asked, view, wording) for key in asked.subjects)
    sentences = [_one(key, asked, view, wording) for key in asked.subjects]
    return reply_of(sentences)


def _one(key: Key, asked: Asked, view: View, wording: Wording) -> Sentence:
    sight, (positive, negative) = view.sight(key), _templates(asked, wording)
    if key[0] == "phase" and sight.status is Status.SEEN and not sight.is_sure:
        return wording.hedged(_probably(asked, wording), sight=sight)
    if sight.status is Status.SEEN:
        return wording.claim(positive, sight=sight)
    if key[0] == "phase" and sight.status is Status.NOT_SEEN:
        return _other_phase(sight, view, wording, negative)
    if sight.status is not Status.NOT_SEEN:
        return not_told(sight, view, wording, probably=_probably(asked, wording))
    return absent(sight, view, wording, negative)


def worked_on(key: Key, asked: Asked, view: View, wording: Wording) -> Sentence:
    """Work on a structure is its own lane; that a structure is in view does not tell it."""
    sight, (positive, negative) = view.work(key), _templates(asked, wording)
    if sight.status is Status.NOT_WATCHED:
        return Sentence(
            text=wording.said(wording.phrases.work_not_watched, sight=replace(sight, key=key)), is_claim=False
        )
    if sight.status is Status.NOT_SEEN:
        return absent(replace(sight, key=key), view, wording, negative)
    if sight.status is not Status.SEEN:
        return not_told(replace(sight, key=key), view, wording, probably=_probably(asked, wording))
    if positive == wording.phrases.bare_yes:
        return wording.claim(positive, sight=sight)
    told = wording.claim(wording.phrases.work, sight=replace(sight, key=key))
    return wording.answering(told, is_yes=True) if positive == wording.phrases.yes and asked.is_yes_no else told


def _probably(asked: Asked, wording: Wording) -> str:
    positive, _ = _templates(asked, wording)
    phrases = wording.phrases
    return {phrases.bare_yes: phrases.bare_probably, phrases.yes: phrases.probably_yes}.get(positive, phrases.probably)


def _templates(asked: Asked, wording: Wording) -> tuple[str, str]:
    """To "isn't there a hook?" a bare yes or no would be understood either way, and to "where is it?" not at all."""
    phrases = wording.phrases
    if asked.is_negated or Trait.OPEN in asked.traits or len(asked.subjects) > 1:
        return phrases.seen, phrases.absent
    if Trait.ONE_WORD in asked.traits:
        return phrases.bare_yes, phrases.bare_no
    return phrases.yes, phrases.no


def _other_phase(sight: Sight, view: View, wording: Wording, negative: str) -> Sentence:
    phrases, phase = wording.phrases, view.likeliest_phase()
    if phase is None or not (phase.is_told or _rules_out(phase, view)):
        return not_told(sight, view, wording)
    if not phase.is_sure:
        template = phrases.bare_probably_no if negative == phrases.bare_no else phrases.no_phase_probably
        return wording.hedged(template, sight=replace(phase, key=sight.key), other=wording.noun(phase.key))
    if negative == phrases.bare_no:
        return wording.claim(negative, spans=phase.spans, facts=phase.facts)
    what, other = wording.noun(sight.key), wording.noun(phase.key)
    return wording.claim(phrases.no_phase, spans=phase.spans, facts=phase.facts, what=what, other=other)


def _rules_out(phase: Sight, view: View) -> bool:
    """Whether another phase is less likely than not wherever this one is the likeliest: in nearly all of the time."""
    return phase.total_s >= NEARLY_ALL * (view.end_s - view.start_s)


def at_once(asked: Asked, view: View, wording: Wording) -> Reply:
    """Of the first two labels: the seconds in which both are seen."""
    first, second = (view.sight(key) for key in asked.subjects[:2])
    missing = next((one for one in (first, second) if one.status is not Status.SEEN), None)
    if missing is not None or len(asked.subjects) > 2:
        return about(asked, view, wording, lambda sight: [wording.claim(wording.phrases.seen, sight=sight)])
    pairs = [(max(a, c), min(b, d)) for a, b in first.spans for c, d in second.spans]
    common = [span for span in pairs if span[1] > span[0]]
    template = wording.phrases.overlap if common else wording.phrases.no_overlap
    spans, facts = common or [first.spans[0], second.spans[0]], (*first.facts, *second.facts)
    told = wording.claim(template, sight=first, spans=spans, facts=facts, other=wording.noun(second.key))
    return answer(*resting_on(second, resting_on(first, [told], wording), wording))
