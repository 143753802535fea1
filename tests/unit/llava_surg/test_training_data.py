"""Lessons: what a clip shows and what is asked of it, drawn again alike from the same seed."""

from dataclasses import replace
from random import Random

import pytest
import torch

from inference.datasets.cholect50 import MAX_GAP_S, LabelledVideo
from inference.datasets.labelled_facts import labelled_facts
from inference.llava_surg.training.training_data import (
    MAX_CLIP_FRAMES,
    Footage,
    Lesson,
    LessonDraw,
    Mix,
    clip_frames,
)
from inference.vision.backbone import FEATURE_DIM, NUM_PATCHES
from tests.fakes_video import tiny_config
from tests.unit.llava_surg.test_evaluation import surgery

CONFIG = tiny_config(vision_width=FEATURE_DIM, num_patches=NUM_PATCHES)
FILMED, WATCHED, WRITTEN = Mix(both=0.0, video_only=1.0), Mix(both=1.0, video_only=0.0), Mix(both=0.0, video_only=0.0)


def draw(mix: Mix, *, seed: int = 3) -> LessonDraw:
    patches = torch.rand(48, NUM_PATCHES, FEATURE_DIM, generator=torch.Generator().manual_seed(1)).half()
    return LessonDraw(footage=[Footage(video=surgery(), patches=patches)], config=CONFIG, mix=mix, seed=seed)


def texts(lesson: Lesson) -> list[str]:
    return [f"{question.text} {question.answer}" for question in lesson.questions]


def test_the_same_seed_gives_the_same_lesson_to_the_last_bit_and_another_seed_another() -> None:
    one, same, other = draw(WATCHED).draw(6), draw(WATCHED).draw(6), draw(WATCHED, seed=4).draw(6)

    assert one.clip.visual is not None
    assert same.clip.visual is not None
    assert torch.equal(one.clip.visual, same.clip.visual)
    assert texts(one) == texts(same) != texts(other)


def test_a_lesson_drawn_after_a_reseed_does_not_hang_on_what_was_drawn_before() -> None:
    fresh, used = draw(FILMED), draw(FILMED)
    used.draw(4)
    fresh.reseed("17-9")
    used.reseed("17-9")

    clips = fresh.draw(1).clip, used.draw(1).clip
    assert clips[0].end_s == clips[1].end_s
    assert clips[0].visual is not None
    assert clips[1].visual is not None
    assert torch.equal(clips[0].visual, clips[1].visual)


def test_video_alone_shows_no_timeline_and_cites_only_the_whole_clip() -> None:
    lesson = draw(FILMED).draw(8)

    assert lesson.clip.facts == ()
    whole = f"[[t=0-{round(lesson.clip.end_s)}]]"
    cited = [question.answer for question in lesson.questions if "[[t=" in question.answer]
    assert cited
    assert all(answer.count("[[t=") == answer.count(whole) for answer in cited)


def test_a_timeline_alone_needs_no_video_and_stays_inside_its_seconds() -> None:
    lesson = LessonDraw(footage=[], config=CONFIG, mix=WRITTEN, seed=1).draw(4)

    assert lesson.clip.visual is None
    assert all(lesson.clip.start_s <= fact.start_s < fact.end_s <= lesson.clip.end_s for fact in lesson.clip.facts)
    with pytest.raises(ValueError, match="need footage"):
        LessonDraw(footage=[], config=CONFIG, mix=WATCHED, seed=1)


def test_every_question_has_a_history_or_an_empty_one() -> None:
    lesson = draw(WATCHED).draw(40)

    assert len(lesson.histories) == len(lesson.questions)
    assert 0 < sum(bool(history) for history in lesson.histories) < len(lesson.histories) / 2


def test_a_clip_of_frames_has_no_long_gap_and_is_never_longer_than_allowed() -> None:
    video = surgery()
    seconds = tuple(second + (60 if frame >= 20 else 0) for frame, second in enumerate(video.seconds))
    gapped = replace(video, seconds=seconds)
    for seed in range(40):
        first, last = clip_frames(gapped, Random(seed))
        gaps = [gapped.seconds[frame] - gapped.seconds[frame - 1] for frame in range(first + 1, last)]
        assert max(gaps, default=0) <= MAX_GAP_S
        assert 1 <= last - first <= MAX_CLIP_FRAMES


def test_labels_become_facts_with_the_clips_own_seconds_and_break_at_gaps() -> None:
    hook = tuple(frozenset({"hook"}) if frame in {0, 1, 3} else frozenset() for frame in range(4))
    video = LabelledVideo(name="A", seconds=(100, 101, 102, 140), labels={"instrument": hook})

    assert [(fact.start_s, fact.end_s) for fact in labelled_facts(video, 0, 4)] == [(0.0, 2.0), (40.0, 41.0)]
