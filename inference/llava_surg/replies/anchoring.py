"""The seconds that an anchor names: "during the clipping" is told by where clipping is seen."""

from inference.llava_surg.asked.asked import Anchor, Asked
from inference.llava_surg.replies.parts import not_told
from inference.llava_surg.replies.reply import Reply, refusal
from inference.llava_surg.replies.sight import Status
from inference.llava_surg.replies.view import MIN_OVERLAP_S, View
from inference.llava_surg.replies.wording import Wording

# "Right before": so many seconds.
CLOSE_S = 10.0


def anchored(asked: Asked, anchor: Anchor, view: View, wording: Wording) -> View | Reply:
    """The part of the view that is meant, or why nothing can be said of it."""
    sight = view.sight(anchor.key)
    if sight.status is not Status.SEEN:
        return Reply(sentences=(not_told(sight, view, wording, is_premise=True),), is_insufficient=True)
    if anchor.relation == "during":
        return view.cut(*max(sight.spans, key=lambda span: span[1] - span[0]))
    reach_s = CLOSE_S if anchor.is_close else view.end_s - view.start_s
    first_s, last_s = sight.spans[0][0], sight.spans[-1][1]
    is_before = anchor.relation == "before"
    part = view.cut(first_s - reach_s, first_s) if is_before else view.cut(last_s, last_s + reach_s)
    if part.end_s - part.start_s >= MIN_OVERLAP_S:
        return part
    template = wording.phrases.from_start if is_before else wording.phrases.until_end
    return refusal(wording.said(template, sight=sight))
