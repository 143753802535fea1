"""How the simulator's heads come about and are judged, beside what knows no picture."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from inference.simulator.spec import HANDS, TASKS
from inference.vision.evaluation.simulator_figures import (
    commonest_confusions,
    figures,
    majority_logits,
    position_logits,
    rows_of,
)
from inference.vision.outputs import SIMULATED_INSTRUMENT, TIMELINE_GESTURE, columns_of
from inference.vision.simulated.heads import READ_NAMES, SimulatorHeads
from inference.vision.simulated.reader import normalised
from inference.vision.training.sampled_video import SampledVideo
from inference.vision.training.simulator_calibrate import UNCALIBRATED
from inference.vision.training.simulator_components import Components
from inference.vision.training.simulator_fit import SimulatorFitOptions, fit_simulator

NUM_FRAMES = 24
GESTURES = TIMELINE_GESTURE.labels


def truth(gesture: str, instrument: str) -> Any:
    hand = {"gesture": gesture, "tip_mm": [1.0, 2.0, 3.0], "tip_px": [10.0, 20.0], "jaw_opening": 0.2}
    return {"gesture": gesture, "instruments": [instrument], "phase": "", "hands": dict.fromkeys(HANDS, hand)}


def video(index: int) -> SampledVideo:
    """The first half is one gesture with one instrument, the second another."""
    random = np.random.default_rng(index)
    halves = [(GESTURES[0], SIMULATED_INSTRUMENT.labels[0]), (GESTURES[1], SIMULATED_INSTRUMENT.labels[1])]
    return SampledVideo(
        task=TASKS[index % len(TASKS)],
        skill=0.5,
        seed=index,
        size_px=(320, 180),
        patches=random.uniform(0, 1, (NUM_FRAMES, 49, 1280)).astype(np.float16),
        truths=[truth(*halves[frame * 2 // NUM_FRAMES]) for frame in range(NUM_FRAMES)],
    )


@pytest.fixture(scope="module")
def videos() -> list[SampledVideo]:
    return [video(index) for index in range(len(TASKS))]


def right(one: SampledVideo) -> NDArray[np.float64]:
    logits = np.full((NUM_FRAMES, len(READ_NAMES)), -9.0)
    for frame, seen in enumerate(one.truths):
        logits[frame, READ_NAMES.index(f"{TIMELINE_GESTURE.name}/{seen['gesture']}")] = 9.0
        logits[frame, READ_NAMES.index(f"{SIMULATED_INSTRUMENT.name}/{seen['instruments'][0]}")] = 9.0
        logits[frame, READ_NAMES.index(f"simulator/task/{one.task}")] = 9.0
    return logits


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_right_outputs_have_full_marks_and_what_knows_no_picture_has_not(videos: list[SampledVideo]) -> None:
    found = figures([right(one) for one in videos], videos)
    usual = figures(majority_logits(videos, videos), videos)
    by_position = figures(position_logits(videos, videos), videos)
    assert (found["gesture_accuracy"], found["instrument_map"], found["task_accuracy"]) == (1.0, 1.0, 1.0)
    assert usual["gesture_accuracy"] == 0.5
    assert usual["task_accuracy"] == pytest.approx(1 / len(TASKS))
    # Here the place in the video tells all: a baseline that must stand beside the heads.
    assert by_position["gesture_accuracy"] > 0.9


def test_confusions_name_the_truth_and_what_it_was_taken_for(videos: list[SampledVideo]) -> None:
    said = right(videos[0])
    columns = columns_of(TIMELINE_GESTURE.name, READ_NAMES)
    said[:3, columns] = -9.0
    said[:3, columns[2]] = 9.0
    assert commonest_confusions([said], videos[:1]) == [f"{GESTURES[0]} read as {GESTURES[2]}: 3"]


def test_the_same_videos_and_seed_give_the_same_heads(videos: list[SampledVideo]) -> None:
    outputs = []
    for seed in (0, 0, 1):
        projection, reader = fit_simulator(videos, SimulatorFitOptions(num_steps=2, videos_per_step=3, seed=seed))
        heads = SimulatorHeads(projection, reader.eval(), UNCALIBRATED, encoder_id="tower-a")
        outputs.append(heads.logits(rows_of(heads, videos[0])))
    assert outputs[0].shape == (NUM_FRAMES, len(READ_NAMES))
    assert np.array_equal(outputs[0], outputs[1])
    assert not np.array_equal(outputs[0], outputs[2])


def test_a_folded_projection_is_the_same_map_as_the_components_it_was_learnt_on(videos: list[SampledVideo]) -> None:
    components = Components.of(videos, seed=0)
    weight = torch.randn(16, components.basis.shape[1]) * 0.1
    projection = components.folded(weight)
    read = components.read(videos[0]).float()
    patches = normalised(torch.from_numpy(np.array(videos[0].patches)).float())
    direct = projection.project(patches).detach()
    # Components of a spread near nothing are scaled up beyond half precision: the strongest part is compared.
    np.testing.assert_allclose(direct.numpy(), (read @ weight.T).numpy(), atol=0.1)
