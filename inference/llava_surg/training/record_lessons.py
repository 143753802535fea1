"""Surg-QA records as lessons: questions and answers about windows of surgeries whose frames are at hand."""

import json
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.datasets.cholect50 import LabelledVideo
from inference.errors import InputInvalid
from inference.llava_surg.surg_qa.records import VIDEO_TAG
from inference.llava_surg.training.questions.builder import Question

# Records of CholecT50's surgeries call them so.
RECORD_PREFIX = "cholect50-"
MIN_FRAMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLesson:
    """Frames [first, last) of the surgery `video`, and what a record asks and answers of them."""

    video: str
    first: int
    last: int
    questions: tuple[Question, ...]


def record_lessons(path: Path, videos: Sequence[LabelledVideo]) -> tuple[RecordLesson, ...]:
    """Those of a file of records that are about `videos`: what is held out stays unseen, whatever the file holds.

    Raises InputInvalid for a file that is no list of records, or that has none about these surgeries.
    """
    by_name = {video.name: video for video in videos}
    lessons = [_lesson(row, by_name) for row in _rows(path)]
    found = tuple(lesson for lesson in lessons if lesson is not None)
    if not found:
        raise InputInvalid(f"{path.name} holds no record about {', '.join(sorted(by_name)) or 'any surgery'}.")
    return found


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputInvalid(f"{path.name} is no file of records: {error}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputInvalid(f"{path.name} is no list of records.")
    return rows


def _lesson(row: dict[str, Any], videos: dict[str, LabelledVideo]) -> RecordLesson | None:
    """None for another video, or for seconds of which too few frames are at hand."""
    try:
        name = str(row["id"]).split("/")[0].removeprefix(RECORD_PREFIX)
        meta, turns = row["meta"], row["conversations"]
        start_s, end_s = float(meta["start_s"]), float(meta["end_s"])
        questions = tuple(_questions(turns, meta["levels"]))
    except (KeyError, TypeError, ValueError) as error:
        raise InputInvalid(f"{row.get('id', 'a row')} is no record: {error}") from error
    video = videos.get(name)
    if video is None:
        return None
    first, last = bisect_left(video.seconds, start_s), bisect_left(video.seconds, end_s)
    if last - first < MIN_FRAMES or not questions:
        return None
    return RecordLesson(video=name, first=first, last=last, questions=questions)


def _questions(turns: Sequence[dict[str, str]], levels: Sequence[Any]) -> list[Question]:
    pairs = zip(turns[::2], turns[1::2], levels, strict=True)
    return [
        Question(
            text=" ".join(asked["value"].replace(VIDEO_TAG, " ").split()),
            answer=answered["value"],
            level=level,
            kind="record",
        )
        for asked, answered, level in pairs
    ]
