"""A simple gallbladder operation: retract, dissect, clip, cut, free the bladder from the liver bed, coagulate, rinse.

Phases, verbs and targets carry CholecT50's names, so that real and simulated video share one vocabulary.
"""

import numpy as np

from inference.simulator.script import OUTSIDE_MM, Script
from inference.simulator.spec import Hand

NECK_MM = (-1.0, -3.0, 6.0)
FUNDUS_MM = (-21.0, 18.0, 11.0)
DUCT_END_MM = (27.0, -17.0, 0.0)
BED_MM = (-3.0, 20.0, 4.0)
NUM_CLIPS = 3
# Each phase's share of the operation.
SHARES = {
    "preparation": 0.10,
    "carlot-triangle-dissection": 0.26,
    "clipping-and-cutting": 0.22,
    "gallbladder-dissection": 0.26,
    "cleaning-and-coagulation": 0.16,
}
NATURAL_LENGTH_S = 60.0


def on_duct(share: float) -> np.ndarray:
    """A point of the cystic duct: 0 at the neck of the gallbladder, 1 at its far end. Shape (3,), mm."""
    neck, end = np.asarray(NECK_MM), np.asarray(DUCT_END_MM)
    bow = np.array([2.5, 3.0, 1.0]) * 4 * share * (1 - share)
    point: np.ndarray = neck + (end - neck) * share + bow
    return point


def write(script: Script) -> None:
    """All phases once; the right hand's last one goes on while the video lasts."""
    total_s = script.spec.duration_s or NATURAL_LENGTH_S * (0.6 + 0.4 * script.motor.time_scale)
    script.mark("retracted", None)
    ends_s = dict(zip(SHARES, np.cumsum(list(SHARES.values())) * total_s, strict=True))
    script.phase("preparation")
    _retract(script)
    _grasp_around(script, until_s=ends_s["preparation"])
    script.phase("carlot-triangle-dissection")
    _exchange(script, "right", "hook")
    _dissect(script, until_s=ends_s["carlot-triangle-dissection"], around="duct")
    script.phase("clipping-and-cutting")
    _clip_and_cut(script, until_s=ends_s["clipping-and-cutting"])
    script.phase("gallbladder-dissection")
    _exchange(script, "right", "hook")
    _dissect(script, until_s=ends_s["gallbladder-dissection"], around="bed")
    script.phase("cleaning-and-coagulation")
    _clean(script, until_s=total_s)
    _hold_on(script)


def _hold_on(script: Script) -> None:
    """The left hand keeps its pull until the right is done."""
    left = script.hands["left"]
    start_s = left.clock_s
    script.wait("left", max(0.0, script.hands["right"].clock_s - left.clock_s), "retract")
    script.action("left", "grasper,retract,gallbladder", start_s)


def _retract(script: Script) -> None:
    script.pick("left", "gallbladder", np.asarray(FUNDUS_MM), lift_mm=6.0)
    script.mark("retracted", "left", at_s=script.hands["left"].clock_s)
    script.action("left", "grasper,grasp,gallbladder", script.hands["left"].clock_s - 0.5)
    start_s = script.hands["left"].clock_s
    script.move("left", np.asarray(FUNDUS_MM) + np.array([-6.0, 3.0, 6.0]), "retract", width_mm=8.0)
    script.action("left", "grasper,retract,gallbladder", start_s)


def _shift_pull(script: Script) -> None:
    """Now and then the left hand pulls from another side."""
    start_s = script.hands["left"].clock_s
    target = np.asarray(FUNDUS_MM) + np.array([-6.0, 3.0, 6.0]) + script.rng.normal(0.0, 4.0, 3)
    script.move("left", target, "retract", width_mm=8.0, pace=1.6)
    script.action("left", "grasper,retract,gallbladder", start_s)


def _exchange(script: Script, hand: Hand, kind: str) -> None:
    """Out through the trocar, and in again with another instrument."""
    track = script.hands[hand]
    if track.kind_at(track.clock_s) == kind:
        return
    script.event("instrument_exchange", hand, kind)
    script.move(hand, OUTSIDE_MM[hand], "exchange", width_mm=20.0)
    script.wait(hand, 0.5 + 0.4 * script.motor.time_scale, "exchange")
    track.kind_keys.append((track.clock_s, kind))
    script.move(hand, np.array([26.0, -8.0, 28.0]), "exchange", width_mm=12.0)
    _hold_on(script)


def _grasp_around(script: Script, *, until_s: float) -> None:
    """The right grasper lifts the tissue around the neck."""
    while script.hands["right"].clock_s < until_s and not script.is_over:
        at = np.asarray(NECK_MM) + script.rng.normal(0.0, 4.0, 3) * np.array([1.0, 1.0, 0.2])
        start_s = script.hands["right"].clock_s
        script.pick("right", "omentum", at)
        script.move("right", at + np.array([9.0, -8.0, 8.0]), "grasp", width_mm=8.0)
        script.action("right", "grasper,grasp,omentum", start_s)
        script.jaws("right", 0.6, "release")
        _hold_on(script)


def _dissect(script: Script, *, until_s: float, around: str) -> None:
    while script.hands["right"].clock_s < until_s and not script.is_over:
        if around == "duct":
            at, target = on_duct(float(script.rng.uniform(0.1, 0.8))), "cystic_duct"
        else:
            at = np.asarray(BED_MM) + script.rng.normal(0.0, 1.0, 3) * np.array([9.0, 7.0, 0.5])
            target = "gallbladder"
        _burn(script, at, f"hook,dissect,{target}")
        if script.chance(0.12 * (1.2 - script.spec.skill)):
            _bleed(script, at)
        if script.chance(0.2):
            _shift_pull(script)
        _hold_on(script)


def _burn(script: Script, at: np.ndarray, label: str) -> None:
    gesture = label.split(",")[1]
    script.move("right", at + np.array([4.0, -4.0, 10.0]), gesture, width_mm=6.0)
    start_s = script.hands["right"].clock_s
    script.move("right", at + script.rng.normal(0.0, 0.5 * script.motor.off_target_mm, 3), gesture, width_mm=3.0)
    script.mark("smoke", None, at_s=script.hands["right"].clock_s)
    script.mark("burn", tuple(float(v) for v in at), at_s=script.hands["right"].clock_s)
    pull = at + script.rng.normal(0.0, 3.0, 3) + np.array([3.0, -3.0, 4.0])
    script.move("right", pull, gesture, width_mm=4.0, pace=1.3)
    script.action("right", label, start_s)


def _bleed(script: Script, at: np.ndarray) -> None:
    script.event("bleeding", "right", "cystic_artery")
    script.mark("blood", (float(at[0]), float(at[1]) - 3.0), at_s=script.hands["right"].clock_s)


def _clip_and_cut(script: Script, *, until_s: float) -> None:
    _exchange(script, "right", "clipper")
    for i in range(NUM_CLIPS):
        if script.is_over:
            return
        at = on_duct((0.3, 0.44, 0.72)[i])
        start_s = script.hands["right"].clock_s
        script.jaws("right", 0.9, "clip", duration_s=0.15)
        script.move("right", at + np.array([6.0, -6.0, 6.0]), "clip", width_mm=5.0)
        script.move("right", at, "clip", width_mm=2.5)
        script.jaws("right", 0.05, "clip", duration_s=0.4)
        script.mark("clip", tuple(float(v) for v in at), at_s=script.hands["right"].clock_s)
        script.event("clip_placed", "right", "cystic_duct")
        script.action("right", "clipper,clip,cystic_duct", start_s)
        script.jaws("right", 0.8, "clip", duration_s=0.2)
        _hold_on(script)
    _exchange(script, "right", "scissors")
    start_s = script.hands["right"].clock_s
    at = on_duct(0.58)
    script.jaws("right", 0.9, "cut", duration_s=0.2)
    script.move("right", at + np.array([5.0, -5.0, 5.0]), "cut", width_mm=5.0)
    script.move("right", at, "cut", width_mm=2.5)
    for _ in range(3):
        script.jaws("right", 0.05, "cut", duration_s=0.3)
        script.jaws("right", 0.8, "cut", duration_s=0.2)
    script.mark("duct_cut", None, at_s=script.hands["right"].clock_s)
    script.event("duct_cut", "right", "cystic_duct")
    script.action("right", "scissors,cut,cystic_duct", start_s)
    _hold_on(script)


def _clean(script: Script, *, until_s: float) -> None:
    start_s = script.hands["right"].clock_s
    _exchange(script, "right", "bipolar")
    middle_s = start_s + 0.5 * (until_s - start_s)
    while script.hands["right"].clock_s < middle_s and not script.is_over:
        at = np.asarray(BED_MM) + script.rng.normal(0.0, 1.0, 3) * np.array([10.0, 6.0, 0.4])
        script.jaws("right", 0.5, "coagulate", duration_s=0.1)
        _burn(script, at, "bipolar,coagulate,liver")
        _hold_on(script)
    _exchange(script, "right", "irrigator")
    while script.hands["right"].clock_s < until_s and not script.is_over:
        at = (
            np.asarray(BED_MM)
            + script.rng.normal(0.0, 1.0, 3) * np.array([12.0, 9.0, 0.3])
            + np.array([4.0, -12.0, 1.0])
        )
        begin_s = script.hands["right"].clock_s
        script.move("right", at, "aspirate", width_mm=6.0, pace=1.5)
        script.wait("right", 0.5, "aspirate")
        script.mark("clean", None, at_s=script.hands["right"].clock_s)
        script.action("right", "irrigator,aspirate,fluid", begin_s)
        _hold_on(script)
