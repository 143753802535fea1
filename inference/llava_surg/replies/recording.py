"""What a recording is: its kind, whether the camera is inside the body, and what was read off the screen."""

from inference.llava_surg.asked.asked import Asked
from inference.llava_surg.replies.parts import not_told
from inference.llava_surg.replies.reply import Reply, Sentence, answer, refusal, reply_of
from inference.llava_surg.replies.sight import Sight, Status
from inference.llava_surg.replies.view import View
from inference.llava_surg.replies.wording import Wording

_OUTSIDE = ("body", "outside")


def kind(asked: Asked, view: View, wording: Wording) -> Reply | None:
    """A kind that is not told apart is neither confirmed nor denied; what the video looks like is said beside it, and
    of an unknown one what it looks most like."""
    phrases, sight = wording.phrases, view.kind()
    if sight is None or sight.status is not Status.SEEN:
        likeliest = view.likeliest_kind()
        nearest = [wording.said(phrases.kind_likeliest, sight=likeliest)] if likeliest is not None else []
        return refusal(wording.said(phrases.kind_unsure, spans=sight.spans if sight is not None else ()), *nearest)
    told = wording.claim(phrases.kind_is, sight=sight)
    if not asked.is_yes_no:
        return answer(told)
    if not asked.choices:
        return Reply(
            sentences=(Sentence(text=wording.said(phrases.kind_other), is_claim=False), told), is_insufficient=True
        )
    return answer(wording.answering(told, is_yes=sight.key[1] in asked.choices))


def inside(_: Asked, view: View, wording: Wording) -> Reply | None:
    sight = view.sight(_OUTSIDE)
    if sight.status is Status.NOT_SEEN:
        return answer(wording.claim(wording.phrases.inside, sight=sight, spans=[view.span]))
    if sight.status is Status.NOT_WATCHED:
        return _neither(view, wording)
    if sight.status is not Status.SEEN:
        return reply_of([not_told(sight, view, wording)])
    return answer(wording.claim(wording.phrases.seen, sight=sight), *_elsewhere(sight, view, wording))


def _neither(view: View, wording: Wording) -> Reply:
    """Not told in this kind of video; which kind that is, where it is known."""
    looks_like = view.kind()
    is_known = looks_like is not None and looks_like.status is Status.SEEN
    told = [wording.said(wording.phrases.kind_is, sight=looks_like)] if is_known else []
    return refusal(wording.said(wording.phrases.nothing_passed), *told)


def _elsewhere(sight: Sight, view: View, wording: Wording) -> list[Sentence]:
    gaps = view.gaps(sight)
    return [wording.claim(wording.phrases.inside, sight=sight, spans=gaps)] if gaps else []


def screen_text(_: Asked, view: View, wording: Wording) -> Reply | None:
    """Where it stands; its words are a stranger's, and not repeated as an answer."""
    spans = view.screen_text()
    if not spans:
        return refusal(wording.said(wording.phrases.text_none, spans=[view.span]))
    return answer(Sentence(text=wording.said(wording.phrases.text_seen, spans=spans), is_claim=False))
