"""Same seed, same bytes; the truth lies where the pixels are; errors come with their events."""

import hashlib
from functools import cache

import numpy as np
import pytest

from inference.simulator.renderer import FrameGeometry
from inference.simulator.simulation import Simulation
from inference.simulator.spec import HANDS, TASKS, SimulationSpec, skill_level
from inference.simulator.truth import frame_truth, simulation_truth


def small(
    task: str = "peg_transfer", *, skill: float = 0.6, seed: int = 3, duration_s: float | None = 6.0
) -> Simulation:
    return Simulation(
        SimulationSpec(task=task, skill=skill, seed=seed, duration_s=duration_s, fps=10, width_px=426, height_px=240)
    )


shared = cache(small)


def digest(simulation: Simulation, frames: list[int]) -> str:
    return hashlib.sha256(b"".join(simulation.frame(k).tobytes() for k in frames)).hexdigest()


@pytest.mark.parametrize("task", TASKS)
def test_the_same_seed_gives_the_same_bytes_in_any_order(task):
    one, other = shared(task), small(task)
    other.frame(40)
    assert digest(one, [5, 30]) == digest(other, [5, 30])
    assert [frame_truth(one, k) for k in (0, 33, 59)] == [frame_truth(other, k) for k in (0, 33, 59)]
    assert one.script.events == other.script.events


def test_another_seed_gives_another_video_and_another_course():
    one, other = shared("peg_transfer"), small(seed=4)
    assert digest(one, [20]) != digest(other, [20])
    assert frame_truth(one, 20)["hands"] != frame_truth(other, 20)["hands"]


@pytest.mark.parametrize("task", TASKS)
def test_the_truth_covers_every_frame_and_the_whole_length(task):
    truth = simulation_truth(shared(task))
    assert (truth["num_frames"], truth["duration_s"], len(truth["frames"])) == (60, 6.0, 60)
    assert [frame["timestamp_s"] for frame in truth["frames"][:3]] == [0.0, 0.1, 0.2]
    assert truth["phases"][0]["start_s"] == 0.0
    assert truth["phases"][-1]["end_s"] == 6.0
    assert all(frame["phase"] for frame in truth["frames"])


def _without(simulation: Simulation, geometry: FrameGeometry, hand: str) -> np.ndarray:
    """The picture without one instrument's own pixels; its shadow stays."""
    gone = {name: drawn for name, drawn in geometry.instruments.items() if name != hand}
    kept = FrameGeometry(frame_index=geometry.frame_index, state=geometry.state, eye=geometry.eye, instruments=gone)
    return simulation.renderer.draw(kept)


@pytest.mark.parametrize("task", TASKS)
def test_the_named_tip_lies_on_the_drawn_instrument(task):
    simulation = shared(task)
    num_checked = 0
    for k in range(0, simulation.num_frames, 10):
        geometry = simulation.renderer.geometry(k)
        picture, truth = simulation.renderer.draw(geometry), frame_truth(simulation, k)
        for hand in HANDS:
            if not truth["hands"][hand]["tip_visible"]:
                continue
            changed = np.abs(picture.astype(int) - _without(simulation, geometry, hand)).max(axis=2) > 6
            rows, columns = np.nonzero(changed)
            x, y = truth["hands"][hand]["tip_px"]
            opening_px = 24 * truth["hands"][hand]["jaw_opening"]
            assert np.hypot(columns - x, rows - y).min() < 6 + opening_px
            num_checked += 1
    assert num_checked >= 6


@pytest.mark.parametrize("task", ["organ", "peg_transfer"])
def test_an_instrument_is_visible_exactly_when_it_has_pixels(task):
    simulation = small(task, seed=2, duration_s=12.0)
    seen = set()
    for k in range(0, simulation.num_frames, 8):
        geometry = simulation.renderer.geometry(k)
        mask, truth = simulation.renderer.instrument_mask(geometry), frame_truth(simulation, k)
        for value, hand in enumerate(HANDS, start=1):
            is_visible = truth["hands"][hand]["is_visible"]
            seen.add(is_visible)
            assert is_visible == ((mask == value).sum() >= 0.0015 * mask.size)
        assert set(truth["instruments"]) == {h["instrument"] for h in truth["hands"].values() if h["is_visible"]}
    assert True in seen
    assert task == "peg_transfer" or False in seen


def test_an_operation_changes_instruments_in_the_order_of_its_phases():
    truth = simulation_truth(small("organ", skill=0.9, seed=1, duration_s=45.0))
    phases = [span["label"] for span in truth["phases"]]
    assert phases == [
        "preparation",
        "carlot-triangle-dissection",
        "clipping-and-cutting",
        "gallbladder-dissection",
        "cleaning-and-coagulation",
    ]
    seen = {name for frame in truth["frames"] for name in frame["instruments"]}
    assert seen == {"grasper", "hook", "clipper", "scissors", "bipolar", "irrigator"}
    assert {"clip_placed", "duct_cut", "instrument_exchange"} <= {event["type"] for event in truth["events"]}
    triplets = {tuple(triplet) for frame in truth["frames"] for triplet in frame["triplets"]}
    assert ("hook", "dissect", "gallbladder") in triplets
    assert ("clipper", "clip", "cystic_duct") in triplets


def test_a_novice_makes_errors_and_an_expert_hardly_any():
    def num_errors(skill: float) -> int:
        scripts = [Simulation(SimulationSpec(task="peg_transfer", skill=skill, seed=seed)).script for seed in range(4)]
        return sum(event.type in ("drop", "missed_grasp") for script in scripts for event in script.events)

    assert num_errors(0.0) > 20
    assert num_errors(1.0) < num_errors(0.0) / 5


def test_one_performance_of_peg_transfer_moves_six_rings_there_and_back():
    script = Simulation(SimulationSpec(task="peg_transfer", skill=0.9, seed=1)).script
    assert sum(event.type == "transfer_done" for event in script.events) == 12


def test_a_dropped_ring_falls_to_the_board_and_is_set_on_its_peg_after_all():
    simulation = Simulation(SimulationSpec(task="peg_transfer", skill=0.0, seed=1))
    names = {event.object for event in simulation.script.events if event.type == "drop"}
    end = simulation.timeline.state(simulation.num_frames - 1)
    assert names
    for name in names:
        assert end.objects[name].position_mm[2] == pytest.approx(0.0, abs=0.01)
        assert end.objects[name].held_by is None


@pytest.mark.parametrize(
    "change", [{"task": "juggling"}, {"skill": 1.2}, {"seed": -1}, {"duration_s": 0.0}, {"width_px": 853}, {"fps": 0}]
)
def test_an_impossible_wish_is_refused(change):
    wish = {"task": "organ", "skill": 0.5, "seed": 1} | change
    with pytest.raises(ValueError, match=r"."):
        SimulationSpec(**wish)


def test_levels_are_thirds_of_the_scale():
    assert [skill_level(skill) for skill in (0.0, 0.3, 0.4, 0.6, 0.7, 1.0)] == [
        "novice",
        "novice",
        "intermediate",
        "intermediate",
        "expert",
        "expert",
    ]
