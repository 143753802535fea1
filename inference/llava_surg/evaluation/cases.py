"""What is asked in an evaluation: clips of labelled surgeries, closed questions with known answers, balanced.

A question has one wording per label, so two clips differ only in what they show. In each surgery "yes" and "no" come
equally often for each label; the rest is left out. Asked for one word, or freely, where an answer may abstain.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from inference.datasets.cholect50 import MAX_GAP_S, LabelledVideo
from inference.datasets.labelled_facts import labelled_facts
from inference.llava_surg.training.questions import builder, closed_form
from inference.llava_surg.training.questions.balance import CLOSED
from inference.llava_surg.training.questions.builder import Question
from inference.llava_surg.training.questions.view import View, view_of

Form = Literal["one_word", "free"]
# Surgery, kind, label, answer.
AnswerKey = tuple[str, str, str, str]

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
        facts = labelled_facts(self.video, self.first, self.last)
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
    clips: Sequence[EvaluationClip],
    *,
    seed: int,
    per_label: int,
    form: Form = "one_word",
    others: Mapping[str, Sequence[str]] | None = None,
) -> list[Case]:
    """Of each surgery and label at most `per_label` cases of each answer, as many "yes" as "no"; each clip's phase.

    `others`: labels of each lane that are asked about besides the usual ones.
    """
    by_answer: dict[AnswerKey, list[Case]] = defaultdict(list)
    phases: list[Case] = []
    for clip in clips:
        view = clip.truth()
        named = _phase(view, seed, form)
        phases += [Case(clip=clip, question=named)] if named is not None else []
        for case in _yes_no_cases(clip, view, seed, form, others or {}):
            by_answer[clip.video.name, case.question.kind, case.question.about, case.question.expected].append(case)
    return _balanced(by_answer, seed=seed, per_label=per_label) + phases


def _phase(view: View, seed: int, form: Form) -> Question | None:
    random = Random(seed)  # noqa: S311 - must repeat
    question = closed_form.phase(view, random) if form == "one_word" else builder.phase(view, random)
    return question if question is not None and question.expected else None


def _yes_no_cases(
    clip: EvaluationClip, view: View, seed: int, form: Form, others: Mapping[str, Sequence[str]]
) -> list[Case]:
    cases: list[Case] = []
    for kind, (ask, labels) in CLOSED.items():
        for label in dict.fromkeys([*labels, *others.get(kind.removesuffix("_yes_no"), ())]):
            random = Random(f"{seed}-{kind}-{label}")  # noqa: S311 - must repeat
            one_word = form == "one_word"
            question = closed_form.yes_no(ask, view, label, random) if one_word else ask(view, label, random)
            if question is not None and question.expected:
                cases.append(Case(clip=clip, question=question))
    return cases


def _balanced(by_answer: Mapping[AnswerKey, list[Case]], *, seed: int, per_label: int) -> list[Case]:
    random = Random(seed)  # noqa: S311 - must repeat
    kept: list[Case] = []
    for group in sorted({key[:3] for key in by_answer}):
        yes, no = by_answer.get((*group, "yes"), []), by_answer.get((*group, "no"), [])
        num = min(len(yes), len(no), per_label)
        kept += random.sample(yes, num) + random.sample(no, num)
    return kept


def frames_by_second(clip: EvaluationClip) -> NDArray[np.int64]:
    """The frame that stands for each second of a clip: frames are sparse, and each holds until the next."""
    seconds = np.arange(round(clip.length_s)) + clip.video.seconds[clip.first]
    return np.searchsorted(clip.video.seconds, seconds, side="right").astype(np.int64) - 1
