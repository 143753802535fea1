"""Surg-QA records as lessons: of surgeries at hand alone, over their own seconds, told apart from what is made up."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from inference.errors import InputInvalid
from inference.llava_surg.surg_qa.clips import Clip
from inference.llava_surg.surg_qa.pairs import Pair
from inference.llava_surg.surg_qa.records import record
from inference.llava_surg.training.narrated_records import lecture_of, narration, summed
from inference.llava_surg.training.record_lessons import record_lessons
from inference.llava_surg.training.training_data import Footage, LessonDraw, Mix
from inference.vision.backbone import FEATURE_DIM, NUM_PATCHES
from tests.fakes_video import tiny_config
from tests.unit.llava_surg.test_evaluation import surgery
from tests.unit.surg_qa.test_concepts import WINDOW

PAIRS = (
    Pair(level="observation", question="What is seen?", answer="A grasper holds the gallbladder."),
    Pair(level="reason", question="Why is it held?", answer="To open the view."),
)


def row(video: str = "cholect50-A", start_s: float = 12, end_s: float = 24) -> Any:
    clip = Clip(clip_id=f"{video}/1_2", video_id=video, start_s=start_s, end_s=end_s, text="")
    return record(clip, PAIRS, procedure="cholecystectomy", source="narration")


def written(folder: Path, *rows: Any) -> Path:
    path = folder / "train.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def test_a_record_becomes_its_questions_over_its_own_seconds_without_the_video_tag(tmp_path: Path) -> None:
    (lesson,) = record_lessons(written(tmp_path, row()), [surgery()])
    assert (lesson.video, lesson.first, lesson.last) == ("A", 2, 14)
    assert [question.text for question in lesson.questions] == ["What is seen?", "Why is it held?"]
    assert [question.level for question in lesson.questions] == ["observation", "reason"]


def test_records_of_a_surgery_that_is_held_out_are_not_learnt_from(tmp_path: Path) -> None:
    path = written(tmp_path, row(), row("cholect50-B"), row(start_s=900, end_s=910))
    assert [lesson.video for lesson in record_lessons(path, [surgery()])] == ["A"]
    with pytest.raises(InputInvalid, match="no record about C"):
        record_lessons(path, [surgery("C")])


@pytest.mark.parametrize("text", ["{}", "not json", '[{"id": "cholect50-A/1_2"}]', "[1]"])
def test_a_file_that_holds_something_else_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputInvalid, match=r"record|list"):
        record_lessons(path, [surgery()])


def test_a_stage_with_records_draws_them_beside_the_rest_and_cites_the_window(tmp_path: Path) -> None:
    lessons = record_lessons(written(tmp_path, row()), [surgery()])
    patches = torch.rand(48, NUM_PATCHES, FEATURE_DIM, generator=torch.Generator().manual_seed(1)).half()
    config = tiny_config(vision_width=FEATURE_DIM, num_patches=NUM_PATCHES)
    footage = [Footage(video=surgery(), patches=patches)]
    draw = LessonDraw(footage=footage, config=config, mix=Mix(both=1.0, video_only=0.0), seed=3, records=lessons)

    kinds = [{question.kind for question in draw.draw(4).questions} for _ in range(24)]
    assert 0 < kinds.count({"record"}) < len(kinds)
    answers = {question.answer for _ in range(24) for question in draw.draw(4).questions if question.kind == "record"}
    assert answers == {"A grasper holds the gallbladder [[t=0-12]].", "To open the view [[t=0-12]]."}


def test_a_narration_says_what_the_labels_say_and_why() -> None:
    told = narration(WINDOW)
    assert "A hook dissects the cystic duct" in told
    assert "the aim is to free the cystic duct" in told
    assert narration(WINDOW.__class__(video_id="v", task="cholecystectomy", start_s=0, end_s=24, phase="")) == ""


def test_a_lecture_spreads_so_many_windows_over_an_operation(tmp_path: Path) -> None:
    names = {"instrument": {"0": "grasper"}, "verb": {"1": "retract"}, "target": {"0": "gallbladder"}}
    labels = {
        "categories": names | {"phase": {"0": "preparation"}, "triplet": {}},
        "annotations": {str(second): [[0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]] for second in range(240)},
    }
    (tmp_path / "V.json").write_text(json.dumps(labels), encoding="utf-8")
    lecture = lecture_of(tmp_path / "V.json", num_windows=4)
    assert lecture.video_id == "cholect50-V"
    starts = [segment.start_s for segment in lecture.segments]
    assert len(starts) == 4
    assert starts == sorted(set(starts))
    assert starts[-1] >= 120


def test_reports_of_several_operations_are_added_up() -> None:
    one: Any = {
        "num_clips": 2,
        "num_clips_with_record": 1,
        "num_clips_without_record": 1,
        "num_statements": 3,
        "num_pairs": 2,
        "pairs_by_level": {"plan": 2},
        "rejected_items": {"not_usable": 1},
        "num_records": {"train": 1},
    }
    both = summed([one, one | {"num_records": {"train": 2}}])
    assert both["num_clips"] == 4
    assert both["rejected_items"] == {"not_usable": 2}
    assert both["num_records"] == {"train": 2}
