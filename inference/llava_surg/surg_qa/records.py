"""Training records in Video-ChatGPT's form, split by source video."""

import hashlib
from collections.abc import Sequence
from random import Random
from typing import Literal, TypedDict

from inference.llava_surg.surg_qa.clips import Clip
from inference.llava_surg.surg_qa.pairs import Pair

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
# Of 100 videos, this many for validation and for test.
NUM_VALIDATION, NUM_TEST = 10, 10
VIDEO_TAG = "<video>"

Conversation = TypedDict("Conversation", {"from": Literal["human", "gpt"], "value": str})


class RecordMeta(TypedDict):
    levels: list[str]
    start_s: float
    end_s: float
    procedure: str
    source: str
    split: Split


class Record(TypedDict):
    id: str
    video: str
    conversations: list[Conversation]
    meta: RecordMeta


def split_of(video_id: str) -> Split:
    """By the video's id alone: all clips of a video fall in one part, on every machine and in every run."""
    number = int.from_bytes(hashlib.sha256(f"surg-qa split {video_id}".encode()).digest()[:4], "big") % 100
    if number < NUM_TEST:
        return "test"
    return "validation" if number < NUM_TEST + NUM_VALIDATION else "train"


def clip_random(clip_id: str) -> Random:
    """Wordings are drawn by the clip's id: the same in every run."""
    return Random(int.from_bytes(hashlib.sha256(clip_id.encode()).digest()[:8], "big"))  # noqa: S311


def record(clip: Clip, pairs: Sequence[Pair], *, procedure: str, source: str) -> Record:
    """The first question carries the video, before it or behind it by turns as Video-ChatGPT does."""
    conversations: list[Conversation] = []
    for index, pair in enumerate(pairs):
        question = pair.question
        if index == 0:
            is_in_front = clip_random(clip.clip_id).random() < 0.5
            question = f"{VIDEO_TAG}\n{question}" if is_in_front else f"{question}\n{VIDEO_TAG}"
        conversations += [{"from": "human", "value": question}, {"from": "gpt", "value": pair.answer}]
    return Record(
        id=clip.clip_id,
        video=f"{clip.clip_id}.safetensors",
        conversations=conversations,
        meta=RecordMeta(
            levels=[pair.level for pair in pairs],
            start_s=clip.start_s,
            end_s=clip.end_s,
            procedure=procedure,
            source=source,
            split=split_of(clip.video_id),
        ),
    )
