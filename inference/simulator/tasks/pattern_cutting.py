"""Pattern cutting: the left hand keeps the gauze taut, the right cuts along the drawn circle, snip by snip."""

import math
from dataclasses import dataclass

import numpy as np

from inference.simulator.script import HOME_MM, Script
from inference.simulator.spec import SimulationSpec

SNIP_MM = 4.6
SNIPS_PER_GRIP = 7
OFF_LINE_MM = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    centre_mm: tuple[float, float]
    radius_mm: float
    edge_y_mm: float

    def at(self, angle_rad: float, *, off_mm: float = 0.0) -> np.ndarray:
        """A point of the circle, `off_mm` outside it. Shape (2,), mm."""
        radius = self.radius_mm + off_mm
        return np.array(
            [self.centre_mm[0] + radius * math.cos(angle_rad), self.centre_mm[1] + radius * math.sin(angle_rad)]
        )


def pattern(spec: SimulationSpec) -> Pattern:
    rng = spec.rng("layout")
    return Pattern(
        centre_mm=(float(rng.normal(0, 2)), float(rng.normal(11, 1.5))),
        radius_mm=float(rng.uniform(23, 27)),
        edge_y_mm=-29.0,
    )


def write(script: Script) -> None:
    """From the near edge to the circle, then once around; a new piece of gauze while the video lasts."""
    shape = pattern(script.spec)
    while True:
        script.mark("new_gauze", None)
        script.phase("approach")
        _grip(script, np.array([-11.0, shape.edge_y_mm + 6.0]))
        _cut_edge(script, shape)
        _cut_circle(script, shape)
        script.mark("grip", None)
        script.jaws("left", 0.6, "release")
        script.event("pattern_done")
        script.move("left", HOME_MM["left"], "retreat", width_mm=15.0)
        script.move("right", HOME_MM["right"], "retreat", width_mm=15.0)
        script.meet()
        if script.is_over or script.spec.duration_s is None:
            return


def _grip(script: Script, at_mm: np.ndarray) -> None:
    """The left hand lets go, takes the gauze at `at_mm` and lifts it."""
    script.mark("grip", None, at_s=script.hands["left"].clock_s)
    point = np.array([at_mm[0], at_mm[1], 1.0])
    script.pick("left", "gauze", point, lift_mm=8.0)
    script.mark("grip", (float(at_mm[0]), float(at_mm[1])), at_s=script.hands["left"].clock_s)
    outward = np.array([-3.0, 1.0, 8.0])
    start_s = script.hands["left"].clock_s
    script.move("left", point + outward, "hold_gauze", width_mm=6.0)
    script.action("left", "grasper,retract,gauze", start_s)
    script.meet()


def _snip(script: Script, at_mm: np.ndarray) -> None:
    start_s = script.hands["right"].clock_s
    script.jaws("right", 0.85, "cut", duration_s=0.2)
    script.move("right", np.array([at_mm[0], at_mm[1], 1.5]), "cut", width_mm=3.0, pace=0.75)
    script.jaws("right", 0.05, "cut", duration_s=0.18)
    script.mark("cut", (float(at_mm[0]), float(at_mm[1])), at_s=script.hands["right"].clock_s)
    script.action("right", "scissors,cut,gauze", start_s)
    wait_s = script.hands["right"].clock_s - script.hands["left"].clock_s
    left_start_s = script.hands["left"].clock_s
    script.wait("left", max(0.0, wait_s), "hold_gauze")
    script.action("left", "grasper,retract,gauze", left_start_s)


def _cut_edge(script: Script, shape: Pattern) -> None:
    script.phase("cut_to_circle")
    bottom = shape.at(-math.pi / 2)
    script.move("right", np.array([bottom[0] + 3, shape.edge_y_mm - 4.0, 8.0]), "reach", width_mm=5.0)
    for y in np.arange(shape.edge_y_mm, bottom[1], SNIP_MM):
        if script.is_over:
            return
        _snip(script, np.array([bottom[0] + script.rng.normal(0, 0.3), y]))


def _cut_circle(script: Script, shape: Pattern) -> None:
    off_mm = 0.0
    num_snips = int(2 * math.pi * shape.radius_mm / SNIP_MM)
    for i in range(num_snips + 1):
        if script.is_over:
            return
        script.phase("cut_right_half" if i < num_snips / 2 else "cut_left_half")
        angle = -math.pi / 2 + 2 * math.pi * i / num_snips
        if i and i % SNIPS_PER_GRIP == 0:
            _grip(script, shape.at(angle - 0.5 if i < num_snips / 2 else angle + 0.45, off_mm=9.0))
        off_mm = 0.6 * off_mm + float(script.rng.normal(0.0, 0.62 * script.motor.off_target_mm))
        if abs(off_mm) > OFF_LINE_MM:
            script.event("off_line", "right", "gauze")
        _snip(script, shape.at(angle, off_mm=off_mm))
