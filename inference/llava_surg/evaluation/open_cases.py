"""Open questions with a reference answer, and how much of what the reference names an answer names too.

Counted by labels, not by words: an answer in other words is as good, and a fluent one that names the wrong tool is not.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from inference.evidence.mentions import mentions
from inference.evidence.plain_words import INSUFFICIENT
from inference.llava_surg.evaluation.cases import Case, EvaluationClip
from inference.llava_surg.training.questions import builder
from inference.llava_surg.training.questions.builder import Question
from inference.llava_surg.training.questions.view import View

Named = frozenset[tuple[str, str]]

OPEN: dict[str, Callable[[View, Random], Question]] = {
    "describe": builder.describe,
    "instruments": builder.instruments,
    "actions": builder.actions,
    "targets": builder.targets,
    "aim": builder.aim,
    "next": builder.followed_by,
    "suggests": builder.suggests,
}
# A label counts as usual where at least this share of clips has it.
USUAL_SHARE = 0.5


def open_cases(clips: Sequence[EvaluationClip], *, seed: int, per_kind: int) -> list[Case]:
    """Of each kind and surgery at most `per_kind` clips, in one wording each."""
    random = Random(seed)  # noqa: S311 - must repeat
    surgeries = sorted({clip.video.name for clip in clips})
    cases: list[Case] = []
    for kind, ask in OPEN.items():
        for surgery in surgeries:
            own = [clip for clip in clips if clip.video.name == surgery]
            asked = [Case(clip=clip, question=ask(clip.truth(), Random(f"{seed}-{kind}"))) for clip in own]  # noqa: S311
            answerable = [case for case in asked if named(case.question.answer)]
            cases += random.sample(answerable, min(per_kind, len(answerable)))
    return cases


def named(text: str) -> Named:
    """(lane, label) of everything an answer names; nothing where it abstains."""
    if INSUFFICIENT in text.lower():
        return frozenset()
    return frozenset(mention.key for mention in mentions(text))


def f1(given: Named, expected: Named) -> float:
    """In [0, 1]: harmonic mean of precision and recall over labels; 1 where both are empty."""
    if not given and not expected:
        return 1.0
    return 2 * len(given & expected) / (len(given) + len(expected))


def usual_answers(cases: Sequence[Case]) -> dict[str, Named]:
    """For each kind what most reference answers name, or the one commonest label: an answer without a look."""
    usual: dict[str, Named] = {}
    for kind in {case.question.kind for case in cases}:
        references = [named(case.question.answer) for case in cases if case.question.kind == kind]
        counts = Counter(key for reference in references for key in reference)
        common = frozenset(key for key, count in counts.items() if count >= USUAL_SHARE * len(references))
        usual[kind] = common or frozenset(key for key, _ in counts.most_common(1))
    return usual
