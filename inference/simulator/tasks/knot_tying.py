"""Knot tying: the left hand winds the long end around the right instrument, which then draws the short end through."""

import math
from dataclasses import dataclass

import numpy as np

from inference.simulator.script import HOME_MM, Script
from inference.simulator.spec import Hand

KNOT_MM = (0.0, 6.0, 7.5)
LONG_END_MM = (-26.0, -4.0, 1.0)
SHORT_END_MM = (17.0, 17.0, 2.0)
NUM_THROWS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """`turns` are wound around the right instrument between two times and stay until `off_s`."""

    start_s: float
    end_s: float
    off_s: float
    turns: float


def write(script: Script) -> None:
    """Three throws make a knot; a new thread while the video lasts."""
    while True:
        script.mark("fresh", None)
        for throw in range(NUM_THROWS):
            if script.is_over:
                return
            script.phase(f"throw_{throw + 1}")
            _throw(script, turns=2.0 if throw == 0 else 1.0)
        script.event("knot_done")
        if script.is_over or script.spec.duration_s is None:
            return


def _throw(script: Script, *, turns: float) -> None:
    script.pick("left", "suture", np.asarray(LONG_END_MM), lift_mm=5.0)
    script.mark("long", "left", at_s=script.hands["left"].clock_s)
    script.move("left", (-20.0, 2.0, 26.0), "reach_suture", width_mm=6.0)
    script.move("right", (4.0, 8.0, 25.0), "reach_suture", width_mm=6.0)
    script.meet()
    loop_start_s = script.now_s
    _wind(script, turns=turns)
    loop_end_s = script.now_s
    script.pick("right", "suture", np.asarray(SHORT_END_MM), width_mm=3.0, lift_mm=0.0)
    script.mark("short", "right", at_s=script.hands["right"].clock_s)
    script.meet()
    script.move("right", (13.0, 10.0, 16.0), "pull_through", width_mm=4.0)
    off_s = script.hands["right"].clock_s
    script.mark("loop", Loop(start_s=loop_start_s, end_s=loop_end_s, off_s=off_s, turns=turns), at_s=loop_start_s)
    script.meet()
    _tighten(script)


def _wind(script: Script, *, turns: float) -> None:
    """Circles of the left tip around the right one; a slip starts a circle again."""
    for i in range(round(turns * 4)):
        angle = math.pi + (i + 1) * math.pi / 2
        point = np.array([2.0 + 11.0 * math.cos(angle), 6.0, 25.0 + 9.0 * math.sin(angle)])
        script.move("left", point, "make_loop", width_mm=7.0, pace=0.7)
        if script.chance(0.25 * script.motor.missed_grasp_probability):
            script.event("loop_slipped", "left", "suture")
            script.move("left", (-16.0, 2.0, 26.0), "make_loop", width_mm=6.0, pace=0.8)
    script.move("left", (-17.0, 4.0, 26.0), "make_loop", width_mm=6.0, pace=0.8)
    script.wait("right", max(0.0, script.hands["left"].clock_s - script.hands["right"].clock_s), "make_loop")
    script.meet()


def _tighten(script: Script) -> None:
    pulls: dict[Hand, tuple[float, float, float]] = {"left": (-30.0, 2.0, 16.0), "right": (30.0, 12.0, 16.0)}
    start_s = script.now_s
    for hand, target in pulls.items():
        script.move(hand, target, "tighten", width_mm=6.0)
        script.action(hand, "needle_driver,tighten,knot", start_s)
    script.meet()
    script.mark("throw", None)
    script.event("throw_done")
    _let_go(script, "left", "long", LONG_END_MM)
    _let_go(script, "right", "short", SHORT_END_MM)
    script.meet()


def _let_go(script: Script, hand: Hand, end: str, rest_mm: tuple[float, float, float]) -> None:
    script.jaws(hand, 0.6, "release")
    script.mark(end, rest_mm, at_s=script.hands[hand].clock_s)
    script.move(hand, HOME_MM[hand], "retreat", width_mm=14.0)
