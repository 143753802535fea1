"""Made-up timelines to ask about, and the replies to questions about them."""

from inference.evidence.citation import Span
from inference.evidence.fact import Fact
from inference.evidence.kinds import VideoKind
from inference.evidence.lanes import Key
from inference.evidence.ontology import ROWS
from inference.evidence.watched import Watch
from inference.llava_surg.asked.asked import Asked
from inference.llava_surg.asked.question import understand
from inference.llava_surg.replies.compute import computed
from inference.llava_surg.replies.reply import Reply
from inference.llava_surg.replies.view import View
from inference.llava_surg.schema import Turn

DURATION_S = 120.0
_DETECTORS = frozenset({"phase", "instrument", "verb", "target", "anatomy", "body"})
WATCHED: frozenset[Key] = frozenset(row.key for row in ROWS if row.is_said and _DETECTORS & set(row.columns))
_SEEN = """
phase preparation 0 20
phase carlot-triangle-dissection 20 60
phase clipping-and-cutting 60 80
phase gallbladder-dissection 80 105
phase gallbladder-packaging 105 120
instrument grasper 0 95
instrument hook 22 58
instrument hook 82 100
instrument clipper 60 70
instrument scissors 72 78
instrument irrigator 100 104
target gallbladder 0 110
target liver 10 90
target cystic_duct 40 75
target cystic_artery 45 75
instrument specimen_bag 108 118
verb grasp 0 30
verb retract 5 95
verb dissect 22 58
verb dissect 82 100
verb clip 61 70
verb cut 73 77
verb aspirate 100 104
"""


def operation(probability: float = 0.9) -> tuple[Fact, ...]:
    """Two minutes with five phases, five instruments and five structures."""
    rows = (line.split() for line in _SEEN.strip().splitlines())
    return tuple(
        Fact(lane=lane, label=label, start_s=float(start), end_s=float(end), probability=probability)
        for lane, label, start, end in rows
    )


def watch(labels: frozenset[Key] = WATCHED, *looked: tuple[float, float]) -> Watch:
    spans = tuple(Span(start_s=start_s, end_s=end_s) for start_s, end_s in looked or ((0.0, DURATION_S),))
    # Who was taught one phase alone looks all the time here, so that questions about structures need no window.
    phases = (("carlot-triangle-dissection", Span(start_s=0.0, end_s=DURATION_S)),)
    return Watch(
        kind=VideoKind.LAPAROSCOPIC_CHOLECYSTECTOMY,
        labels=labels,
        looked=spans,
        duration_s=DURATION_S,
        phases=phases,
    )


def reply_to(
    *turns: str, facts: tuple[Fact, ...], watched: Watch | None = None, chosen: tuple[float, float] = (0.0, DURATION_S)
) -> tuple[Asked, Reply | None]:
    """To the last of `turns`, in the chosen seconds."""
    history = [Turn(question=turn, answer="") for turn in turns[:-1]]
    asked = understand(turns[-1], duration_s=DURATION_S, history=history, others=[fact.key for fact in facts])
    view = View(facts=facts, watch=watched or watch(), start_s=chosen[0], end_s=chosen[1])
    if asked.span is not None and max(view.start_s, asked.span[0]) < min(view.end_s, asked.span[1]):
        view = view.cut(*asked.span)
    return asked, computed(asked, view, duration_s=DURATION_S)
