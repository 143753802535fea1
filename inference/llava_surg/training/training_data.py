"""Training clips: windows of labelled frames with what heads might say of them, and made-up timelines.

Three kinds: video and timeline together, video alone, timeline alone. The last needs no frames, so it also teaches
hours, other operations and words the labelled set does not have.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import torch
from einops import rearrange
from torch import Tensor

from inference.datasets.cholect50 import MAX_GAP_S, LabelledVideo
from inference.datasets.labelled_facts import labelled_facts
from inference.lab.recipe import recipe_key
from inference.llava_surg.config import LlavaSurgConfig
from inference.llava_surg.projector import visual_rows
from inference.llava_surg.schema import Turn
from inference.llava_surg.training.packs import Clip
from inference.llava_surg.training.questions.balance import QuestionDraw
from inference.llava_surg.training.questions.builder import Question
from inference.llava_surg.training.questions.noise import doubted, made_up
from inference.llava_surg.training.questions.view import View, view_of
from inference.llava_surg.training.record_lessons import RecordLesson
from inference.vision.pooling import spatio_temporal_pool

MIN_CLIP_FRAMES, MAX_CLIP_FRAMES = 6, 32
SHARE_WITH_HISTORY = 0.12
# Of the lessons of a stage that has records.
SHARE_RECORDS = 0.25
# The tower's patches are 7 x 7.
GRID = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Footage:
    """A labelled video and its frames' patch features, (T, 49, 1280) float16."""

    video: LabelledVideo
    patches: Tensor


def footage_id(footage: Sequence[Footage]) -> str:
    """Of the surgeries, their labels and what a tower saw in them; empty without any."""
    if not footage:
        return ""
    labels = [
        [
            one.video.name,
            one.video.seconds,
            {lane: [sorted(row) for row in rows] for lane, rows in one.video.labels.items()},
        ]
        for one in footage
    ]
    return recipe_key(labels, arrays=[one.patches.numpy() for one in footage])


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Shares of clips with video and timeline, with video alone; the rest is timeline alone."""

    both: float
    video_only: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    clip: Clip
    questions: tuple[Question, ...]
    histories: tuple[tuple[Turn, ...], ...]


class LessonDraw:
    """Endless lessons from one seed."""

    def __init__(
        self,
        *,
        footage: Sequence[Footage],
        config: LlavaSurgConfig,
        mix: Mix,
        seed: int,
        records: Sequence[RecordLesson] = (),
    ) -> None:
        """`records`: about windows of the footage. Raises ValueError for video without footage."""
        if not footage and mix.both + mix.video_only > 0:
            raise ValueError("lessons with video need footage")
        self._random = Random(seed)  # noqa: S311 - lessons must repeat, not surprise
        self._torch = torch.Generator().manual_seed(seed)
        self._footage = footage
        self._config = config
        self._mix = mix
        self._records = records
        self._questions = QuestionDraw(self._random)

    def reseed(self, seed: str) -> None:
        """The same seed, the same lessons, whatever was drawn before; the count of answers given stays."""
        self._random.seed(seed)
        self._torch.manual_seed(self._random.randrange(2**31))

    def draw(self, num_questions: int, num_one_word: int = 0) -> Lesson:
        """`num_one_word`: questions for one word besides, at most; they are short, so many go into one lesson."""
        if self._records and self._random.random() < SHARE_RECORDS:
            return self._recorded(self._random.choice(self._records))
        chance = self._random.random()
        if chance < self._mix.both:
            clip, view = self._filmed(has_timeline=True)
        elif chance < self._mix.both + self._mix.video_only:
            clip, view = self._filmed(has_timeline=False)
        else:
            clip, view = self._written()
        questions = (
            *self._questions.draw(view, num_questions),
            *self._questions.draw_one_word(view, num_one_word),
        )
        histories = tuple(self._history(view) for _ in questions)
        return Lesson(clip=clip, questions=questions, histories=histories)

    def _history(self, view: View) -> tuple[Turn, ...]:
        if self._random.random() >= SHARE_WITH_HISTORY:
            return ()
        before = self._questions.draw(view, 1)[0]
        return (Turn(question=before.text, answer=before.answer),)

    def _written(self) -> tuple[Clip, View]:
        made = made_up(self._random)
        view = view_of(made.facts, start_s=made.start_s, end_s=made.end_s)
        return Clip(facts=made.facts, start_s=made.start_s, end_s=made.end_s, visual=None), view

    def _recorded(self, record: RecordLesson) -> Lesson:
        """All of a record's turns, each by itself, over video and timeline of its window."""
        footage = next(one for one in self._footage if one.video.name == record.video)
        clip, view = self._window(footage, record.first, record.last, has_timeline=True)
        questions = tuple(
            replace(question, answer=f"{question.answer.rstrip('. ')} {view.whole}.") for question in record.questions
        )
        return Lesson(clip=clip, questions=questions, histories=tuple(() for _ in questions))

    def _filmed(self, *, has_timeline: bool) -> tuple[Clip, View]:
        footage = self._random.choice(self._footage)
        first, last = clip_frames(footage.video, self._random)
        return self._window(footage, first, last, has_timeline=has_timeline)

    def _window(self, footage: Footage, first: int, last: int, *, has_timeline: bool) -> tuple[Clip, View]:
        true = labelled_facts(footage.video, first, last)
        end_s = float(footage.video.seconds[last - 1] - footage.video.seconds[first] + 1)
        facts = tuple(doubted(true, self._random, end_s=end_s)) if has_timeline else ()
        visual = self._visual(footage.patches[first:last])
        view = view_of(facts or true, start_s=0.0, end_s=end_s, has_timeline=bool(facts))
        return Clip(facts=facts, start_s=0.0, end_s=end_s, visual=visual), view

    def _visual(self, patches: Tensor) -> Tensor:
        """Pooled as at serving, after changes that keep the meaning: dropped frames, gain, noise, a mirrored grid."""
        patches = patches.float()
        keep = torch.rand(len(patches), generator=self._torch) > 0.15
        if keep.any():
            patches = patches[keep]
        gain = torch.exp(0.1 * torch.randn(patches.shape[-1], generator=self._torch))
        if self._random.random() < 0.5:
            patches = rearrange(rearrange(patches, "t (h w) d -> t h w d", h=GRID).flip(2), "t h w d -> t (h w) d")
        rows = visual_rows(spatio_temporal_pool(patches, num_temporal=self._config.num_temporal), self._config)
        noise = 0.1 * rows.std(dim=0, keepdim=True) * torch.randn(rows.shape, generator=self._torch)
        return rows * gain + noise


def clip_frames(video: LabelledVideo, random: Random) -> tuple[int, int]:
    """Frames [first, last) without a long gap between them, where the video has such a run."""
    length = random.randint(MIN_CLIP_FRAMES, MAX_CLIP_FRAMES)
    first = random.randrange(max(1, len(video.seconds) - MIN_CLIP_FRAMES))
    last = first + 1
    while (
        last < len(video.seconds)
        and last - first < length
        and video.seconds[last] - video.seconds[last - 1] <= MAX_GAP_S
    ):
        last += 1
    return first, last
