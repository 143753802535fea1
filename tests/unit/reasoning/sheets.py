"""Sheets for tests."""

from inference.evidence.citation import Span
from inference.evidence.fact import Fact
from inference.evidence.kinds import VideoKind
from inference.evidence.sheet import evidence_sheet
from inference.evidence.watched import Watch
from inference.reasoning.sheet import ReasoningSheet, SkillItem, reasoning_sheet

HOOK_FIRST = Fact(lane="instrument", label="hook", start_s=3.0, end_s=8.0, probability=0.9)
GRASPER = Fact(lane="instrument", label="grasper", start_s=5.0, end_s=20.0, probability=0.95)
HOOK_AGAIN = Fact(lane="instrument", label="hook", start_s=30.0, end_s=33.5, probability=0.85)


def sheet(*items: SkillItem) -> ReasoningSheet:
    """F1 hook 3-8 s, F2 grasper 5-20 s, F3 hook 30-33.5 s; clippers looked for and not seen."""
    labels = frozenset({("instrument", "hook"), ("instrument", "grasper"), ("instrument", "clipper")})
    window = Span(start_s=0.0, end_s=60.0)
    watch = Watch(kind=VideoKind.LAPAROSCOPIC_CHOLECYSTECTOMY, labels=labels, looked=(window,), duration_s=60.0)
    return reasoning_sheet(evidence_sheet([HOOK_AGAIN, GRASPER, HOOK_FIRST], window=window, watch=watch), items=items)


def scored(*scores: int) -> ReasoningSheet:
    names = ("depth perception", "bimanual dexterity", "efficiency", "tissue handling", "autonomy")
    return sheet(
        *(
            SkillItem(id=f"item-{number}", name=name, score=score, max_score=5)
            for number, (name, score) in enumerate(zip(names, scores, strict=False))
        )
    )
