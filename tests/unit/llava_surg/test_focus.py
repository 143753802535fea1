"""A long video is looked at where the timeline has what was asked about."""

from pathlib import Path
from typing import Any

from inference.evidence.fact import Fact
from inference.llava_surg.answering.focus import focus
from inference.llava_surg.answering.routing import Window
from inference.llava_surg.schema import AnswerRequest

HOUR_S = 3600.0
CLIPPER = Fact(lane="instrument", label="clipper", start_s=1200, end_s=1230, probability=0.8)
LATER = Fact(lane="instrument", label="clipper", start_s=1500, end_s=1510, probability=0.6)
GRASPER = Fact(lane="instrument", label="grasper", start_s=0, end_s=HOUR_S, probability=0.9)
PEGS = Fact(lane="phase", label="peg_transfer", start_s=2000, end_s=2100, probability=0.9)


def window(question: str, *, duration_s: float = HOUR_S, **more: Any) -> Window:
    facts = (CLIPPER, LATER, GRASPER, PEGS)
    return focus(AnswerRequest(features_path=Path("f"), duration_s=duration_s, question=question, facts=facts, **more))


def test_it_looks_from_the_first_to_the_last_place_of_what_is_named() -> None:
    assert window("When is the clipper used?") == Window(start_s=1185, end_s=1525, route="found")


def test_labels_of_the_box_trainer_are_found_too() -> None:
    assert window("Is the peg transfer done?").route == "found"


def test_what_is_everywhere_or_nowhere_leaves_the_whole() -> None:
    for question in ("Is a grasper visible?", "Is an irrigator visible?", "Can you describe the surgical video?"):
        assert window(question) == Window(start_s=0, end_s=HOUR_S, route="whole")


def test_a_named_time_and_a_chosen_window_win() -> None:
    assert window("Is the clipper used in the last 5 minutes?").route == "last"
    assert window("Is the clipper used?", window_start_s=5.0, window_end_s=9.0).route == "chosen"


def test_a_video_of_minutes_is_looked_at_whole() -> None:
    assert window("When is the clipper used?", duration_s=590.0).route == "whole"
