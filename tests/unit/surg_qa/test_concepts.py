"""Labels become questions at four levels; nothing is answered that the labels do not say."""

import json
from random import Random

import pytest

from inference.errors import MediaRejected
from inference.llava_surg.surg_qa.concepts import concept_pairs, concept_record, describe
from inference.llava_surg.surg_qa.windows import Window, cholect50_windows, simulator_windows
from inference.simulator.simulation import Simulation
from inference.simulator.spec import SimulationSpec
from inference.simulator.truth import simulation_truth

WINDOW = Window(
    video_id="v", task="cholecystectomy", start_s=0, end_s=24, phase="carlot-triangle-dissection",
    next_phase="clipping-and-cutting", instruments=("grasper", "hook"),
    triplets=(("hook", "dissect", "cystic_duct"), ("grasper", "retract", "gallbladder")),
)  # fmt: skip


def test_a_description_names_each_triplet():
    assert describe(WINDOW) == "A hook dissects the cystic duct; a grasper retracts the gallbladder."


def test_all_four_levels_come_from_labels_and_the_table():
    pairs = concept_pairs(WINDOW, Random(1))
    assert list(dict.fromkeys(pair.level for pair in pairs)) == ["observation", "reason", "plan", "deduction"]
    plan = next(pair for pair in pairs if pair.level == "plan")
    assert plan.answer == "Clipping and cutting follows."


def test_yes_and_no_come_equally_often_and_are_true():
    answers = [
        pair.answer
        for seed in range(400)
        for pair in concept_pairs(WINDOW, Random(seed))
        if pair.answer.startswith(("Yes", "No,"))
    ]
    share = sum(answer.startswith("Yes") for answer in answers) / len(answers)
    assert 0.42 < share < 0.58
    assert {a for a in answers if a.startswith("Yes")} == {"Yes, a grasper is visible.", "Yes, a hook is visible."}
    assert not any("grasper" in a or "hook" in a for a in answers if a.startswith("No,"))


def test_a_question_is_asked_in_many_ways():
    asked = {pair.question for seed in range(100) for pair in concept_pairs(WINDOW, Random(seed))}
    assert len(asked) > 60


def test_the_same_window_gives_the_same_record():
    assert concept_record(WINDOW) == concept_record(WINDOW)


def test_simulator_truth_becomes_windows_with_what_really_happened():
    spec = SimulationSpec(task="organ", skill=0.9, seed=1, duration_s=40.0, fps=5, width_px=214, height_px=120)
    windows = list(simulator_windows(simulation_truth(Simulation(spec))))
    assert len(windows) == 5
    assert {name for window in windows for name in window.instruments} >= {"grasper", "hook", "clipper"}
    assert "clip_placed" in {event for window in windows for event in window.events}
    assert all(window.phase for window in windows)
    assert all(concept_record(window) for window in windows)


def test_another_file_is_no_truth():
    with pytest.raises(MediaRejected):
        next(simulator_windows({"format": "else"}))


def test_real_labels_become_windows(data_dir):
    label_file = data_dir / "cholect50" / "labels" / "VID68.json"
    windows = list(cholect50_windows(label_file))
    known = set(json.loads(label_file.read_text())["categories"]["phase"].values())
    assert len(windows) > 10
    assert {window.phase for window in windows} <= known
    assert not any("null" in part for window in windows for triplet in window.triplets for part in triplet)
