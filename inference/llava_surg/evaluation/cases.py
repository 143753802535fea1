"""What is asked in an evaluation: clips of labelled surgeries, closed questions with known answers, balanced.

A question has one wording per label, so two clips differ only in what they show. For each label "yes" and "no" come
equally often; the rest is left out.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from inference.llava_surg.cholect50 import MAX_GAP_S, LabelledVideo
from inference.llava_surg.questions import builder
from inference.llava_surg.questions.balance import CLOSED
from inference.llava_surg.questions.builder import Question
from inference.llava_surg.questions.view import View, view_of

CLIP_FRAMES = 12
MIN_CLIP_FRAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationClip:
    """Frames [first, last) of a surgery."""

    video: LabelledVideo
    first: int
    last: int

    @property
    def length_s(self) -> float:
        return float(self.video.seconds[self.last - 1] - self.video.seconds[self.first] + 1)

    def truth(self) -> View:
        facts = self.video.facts(self.first, self.last)
        return view_of(facts, start_s=0.0, end_s=self.length_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    clip: EvaluationClip
    question: Question

    @property
    def group(self) -> tuple[str, str]:
        return self.question.kind, self.question.about if self.question.kind != "phase" else ""


def clips_of(video: LabelledVideo, *, num_frames: int = CLIP_FRAMES) -> list[EvaluationClip]:
    """Runs of frames without a long gap, cut into pieces that do not overlap."""
    clips: list[EvaluationClip] = []
    first = 0
    for index in range(1, len(video.seconds) + 1):
        is_end = index == len(video.seconds) or video.seconds[index] - video.seconds[index - 1] > MAX_GAP_S
        if not is_end and index - first < num_frames:
            continue
        if index - first >= MIN_CLIP_FRAMES:
            clips.append(EvaluationClip(video=video, first=first, last=index))
        first = index
    return clips


def closed_cases(
    clips: Sequence[EvaluationClip], *, seed: int, per_label: int, others: Mapping[str, Sequence[str]] | None = None
) -> list[Case]:
    """At most `per_label` cases of each answer of each label, "yes" as often as "no"; and the phase of each clip.

    `others`: labels of each lane that are asked about besides the usual ones.
    """
    by_answer: dict[tuple[str, str, str], list[Case]] = defaultdict(list)
    phases: list[Case] = []
    for clip in clips:
        view = clip.truth()
        phases.append(Case(clip=clip, question=builder.phase(view, Random(seed))))  # noqa: S311 - must repeat
        for case in _yes_no_cases(clip, view, seed, others or {}):
            by_answer[case.question.kind, case.question.about, case.question.expected].append(case)
    return _balanced(by_answer, seed=seed, per_label=per_label) + [case for case in phases if case.question.expected]


def _yes_no_cases(clip: EvaluationClip, view: View, seed: int, others: Mapping[str, Sequence[str]]) -> list[Case]:
    cases: list[Case] = []
    for kind, (ask, labels) in CLOSED.items():
        for label in dict.fromkeys([*labels, *others.get(kind.removesuffix("_yes_no"), ())]):
            question = ask(view, label, Random(f"{seed}-{kind}-{label}"))  # noqa: S311 - must repeat
            if question is not None and question.expected:
                cases.append(Case(clip=clip, question=question))
    return cases


def _balanced(by_answer: dict[tuple[str, str, str], list[Case]], *, seed: int, per_label: int) -> list[Case]:
    random = Random(seed)  # noqa: S311 - must repeat
    kept: list[Case] = []
    for kind, about in sorted({(kind, about) for kind, about, _ in by_answer}):
        yes, no = by_answer.get((kind, about, "yes"), []), by_answer.get((kind, about, "no"), [])
        num = min(len(yes), len(no), per_label)
        kept += random.sample(yes, num) + random.sample(no, num)
    return kept
