"""The hand's laws: minimum jerk, Fitts, corrections, and worse movement with less skill."""

import numpy as np
import pytest

from inference.simulator.motor import (
    MotorParameters,
    Submovement,
    displacement,
    minimum_jerk,
    minimum_jerk_speed,
    speed,
)
from inference.simulator.simulation import Simulation
from inference.simulator.spec import HANDS, SimulationSpec

RATE_HZ = 60.0


def test_the_minimum_jerk_profile_is_a_bell_with_its_peak_in_the_middle():
    tau = np.linspace(0, 1, 1001)
    assert minimum_jerk(tau)[[0, 500, 1000]] == pytest.approx([0.0, 0.5, 1.0])
    assert minimum_jerk_speed(tau).max() == pytest.approx(1.875)
    assert np.argmax(minimum_jerk_speed(tau)) == 500
    assert np.gradient(minimum_jerk(tau), tau) == pytest.approx(minimum_jerk_speed(tau), abs=0.02)


def test_the_profile_holds_still_before_and_after():
    assert minimum_jerk(np.array([-1.0, 2.0])) == pytest.approx([0.0, 1.0])
    assert minimum_jerk_speed(np.array([-1.0, 2.0])) == pytest.approx([0.0, 0.0])


def test_submovements_add_up():
    subs = [
        Submovement(start_s=0.0, duration_s=1.0, delta_mm=(10.0, 0.0, 0.0)),
        Submovement(start_s=0.5, duration_s=1.0, delta_mm=(0.0, 4.0, -2.0)),
    ]
    assert displacement(subs, np.array([2.0]))[0] == pytest.approx([10.0, 4.0, -2.0])
    assert speed(subs, np.array([0.5]))[0] == pytest.approx(18.75)


def test_far_and_small_targets_take_longer():
    motor = MotorParameters.from_skill(0.5)
    assert motor.movement_time_s(80, 4) > motor.movement_time_s(40, 4) > motor.movement_time_s(40, 12)


def test_each_hand_parameter_gets_worse_with_less_skill():
    novice, expert = MotorParameters.from_skill(0.0), MotorParameters.from_skill(1.0)
    for name in MotorParameters.__slots__:
        assert getattr(novice, name) > getattr(expert, name), name


def _metrics(task: str, skill: float) -> tuple[float, float, float]:
    """Of one performance, both hands: path length (m), mean squared jerk x time^5 / path^2 (log), duration (s)."""
    paths, jerks, durations = [], [], []
    for seed in range(2):
        simulation = Simulation(SimulationSpec(task=task, skill=skill, seed=seed))
        times_s = np.arange(0.0, simulation.duration_s, 1 / RATE_HZ)
        path_m = 0.0
        jerk2 = 0.0
        for hand in HANDS:
            tips_m = simulation.script.hands[hand].tips_mm(times_s) / 1000
            path_m += float(np.linalg.norm(np.diff(tips_m, axis=0), axis=1).sum())
            jerk2 += float((np.diff(tips_m, 3, axis=0) ** 2).sum() * RATE_HZ**5)
        paths.append(path_m)
        durations.append(simulation.duration_s)
        jerks.append(float(np.log(jerk2 * simulation.duration_s**5 / path_m**2)))
    return float(np.mean(paths)), float(np.mean(jerks)), float(np.mean(durations))


@pytest.mark.parametrize("task", ["peg_transfer", "suturing"])
def test_a_better_operator_moves_less_more_smoothly_and_faster(task):
    novice, middle, expert = (_metrics(task, skill) for skill in (0.05, 0.5, 0.95))
    for metric in range(3):
        assert novice[metric] > middle[metric] > expert[metric]
