"""What code answers by itself, from the shipped eyes or from eyes that have not seen the surgery."""

import csv
from pathlib import Path

import pytest

from inference.datasets.frames import DatasetInvalid
from inference.evidence.fact import Fact
from inference.evidence.watched import watched_outputs
from inference.llava_surg.evaluation.cases import clips_of, closed_cases
from inference.llava_surg.evaluation.gate_alone import gate_replies
from inference.llava_surg.evaluation.metrics import read_answer
from inference.llava_surg.evaluation.predicted import predicted_witnesses
from inference.vision.outputs import EYES_NAMES
from tests.unit.llava_surg.test_evaluation import surgery

SHOWN = ("instrument/grasper", "instrument/hook", "phase/preparation", "phase/gallbladder-dissection")


def with_pictures(num_frames: int = 24):
    video = surgery(num_frames=num_frames)
    return type(video)(
        name=video.name,
        seconds=video.seconds,
        labels=video.labels,
        paths=tuple(Path(f"{second:06d}.png") for second in video.seconds),
    )


def predictions(path: Path, video, *, leave_out: str = "") -> Path:
    """A grasper and preparation in every frame; all frames of a cholecystectomy."""
    said = {"instrument/grasper": 0.95, "phase/preparation": 0.9, "kind/laparoscopic_cholecystectomy": 0.97}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("folder", "video", "frame", "output", "probability", "truth"))
        for picture in video.paths:
            for name in (*EYES_NAMES, "kind/laparoscopic_cholecystectomy"):
                if picture.name != leave_out:
                    writer.writerow(("cholect50", video.name, picture.name, name, said.get(name, 0.01), ""))
    return path


def test_what_held_out_eyes_wrote_becomes_the_facts_of_a_clip(tmp_path: Path) -> None:
    video = with_pictures()
    (witness,) = predicted_witnesses(predictions(tmp_path / "p.csv", video), [video], shown=SHOWN).values()
    told = {fact.key for fact in witness.facts(clips_of(video)[0])}
    assert told == {
        ("kind", "laparoscopic_cholecystectomy"),
        ("instrument", "grasper"),
        ("phase", "preparation"),
    }


def test_a_frame_that_the_file_does_not_tell_of_is_named_as_missing(tmp_path: Path) -> None:
    video = with_pictures()
    path = predictions(tmp_path / "p.csv", video, leave_out=video.paths[3].name)
    with pytest.raises(DatasetInvalid, match=r"p\.csv does not tell of every labelled frame of A"):
        predicted_witnesses(path, [video], shown=SHOWN)


def test_the_gate_answers_by_itself_what_the_timeline_tells() -> None:
    video = surgery()
    clips = clips_of(video)
    facts = (Fact(lane="instrument", label="grasper", start_s=0, end_s=12, probability=0.95),)
    cases = [
        case
        for case in closed_cases(clips, seed=1, per_label=4)
        if case.question.kind == "instrument_yes_no" and case.question.about == "hook"
    ]
    replies = gate_replies(cases, lambda _: facts, watched=watched_outputs(SHOWN))
    assert cases
    assert {read_answer(case, text) for case, text in zip(cases, replies, strict=True)} == {"no"}
