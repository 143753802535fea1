"""Peg transfer: each ring is lifted, passed in the air to the other hand, and set on a peg of the other side."""

from dataclasses import dataclass

import numpy as np

from inference.simulator.hands import Span
from inference.simulator.script import HOME_MM, Script
from inference.simulator.spec import Hand, SimulationSpec

PEG_HEIGHT_MM = 15.0
PEG_RADIUS_MM = 1.7
RING_RADIUS_MM = 8.2
RING_HOLE_MM = 3.4
RING_HEIGHT_MM = 5.0
NUM_RINGS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PegBoard:
    """Peg positions on the board, shape (6, 2) for each side, mm."""

    left: np.ndarray
    right: np.ndarray


def peg_board(spec: SimulationSpec) -> PegBoard:
    """Two groups of six; the spacing differs a little by seed."""
    rng = spec.rng("layout")
    spread = rng.uniform(0.94, 1.06)
    base = np.array([(-52, 24), (-34, 30), (-16, 24), (-52, -8), (-34, -2), (-16, -8)], dtype=np.float64) * spread
    return PegBoard(left=base, right=base * np.array([-1.0, 1.0]))


def write(script: Script) -> None:
    """One round: six rings to the right, six back. Over and over while the video lasts."""
    board = peg_board(script.spec)
    names = [f"ring_{i}" for i in range(NUM_RINGS)]
    for i, name in enumerate(names):
        x, y = board.left[i]
        script.add(name, (float(x), float(y), 0.0), yaw_rad=float(script.rng.uniform(0, 6.28)))
    while True:
        _transfer_all(script, names, source=board.left, target=board.right, giver="left")
        _transfer_all(script, names, source=board.right, target=board.left, giver="right")
        if script.is_over or script.spec.duration_s is None:
            return


def _transfer_all(script: Script, names: list[str], *, source: np.ndarray, target: np.ndarray, giver: Hand) -> None:
    order = script.rng.permutation(NUM_RINGS)
    script.phase("transfer_to_right" if giver == "left" else "transfer_to_left")
    for i in order:
        if script.is_over:
            return
        _transfer(script, names[i], from_mm=source[i], to_mm=target[i], giver=giver)


def _transfer(script: Script, name: str, *, from_mm: np.ndarray, to_mm: np.ndarray, giver: Hand) -> None:
    taker: Hand = "right" if giver == "left" else "left"
    _lift(script, giver, name, np.array([from_mm[0], from_mm[1], 0.0]))
    meeting = np.array([0.0, 4.0, 33.0]) + script.rng.normal(0.0, 2.5, 3)
    _carry(script, giver, name, meeting + _grip(giver), gesture="carry")
    _hand_over(script, name, meeting, giver=giver, taker=taker)
    above = np.array([to_mm[0], to_mm[1], PEG_HEIGHT_MM + 9.0]) + _grip(taker)
    _carry(script, taker, name, above, gesture="carry")
    script.move(taker, np.array([to_mm[0], to_mm[1], 1.5]) + _grip(taker), "place", width_mm=3.0, pace=0.9)
    script.jaws(taker, 0.6, "place")
    script.lay(taker, name, (float(to_mm[0]), float(to_mm[1]), 0.0), yaw_rad=float(script.rng.uniform(0, 6.28)))
    script.event("transfer_done", taker, name)
    script.move(taker, np.asarray(HOME_MM[taker]) * 0.9, "retreat", width_mm=14.0)
    script.meet()


def _grip(hand: Hand) -> np.ndarray:
    """Where the tip is, seen from the centre of the ring's underside: on the rim, on the hand's own side."""
    return np.array([-5.6 if hand == "left" else 5.6, -1.2, 3.6])


def _hold(script: Script, hand: Hand, name: str) -> None:
    x, y, z = (-_grip(hand)).tolist()
    script.hold(hand, name, (x, y, z), yaw_rad=float(script.rng.uniform(0.0, 1.0)))


def _lift(script: Script, hand: Hand, name: str, lies_mm: np.ndarray) -> None:
    script.pick(hand, name, lies_mm + _grip(hand))
    _hold(script, hand, name)
    above = lies_mm + _grip(hand) + np.array([0.0, 0.0, PEG_HEIGHT_MM + 8.0])
    script.move(hand, above, "lift", width_mm=6.0)


def _carry(script: Script, hand: Hand, name: str, target: np.ndarray, *, gesture: str) -> None:
    """Moves the held ring; it may fall, and then it is picked up again."""
    if script.chance(script.motor.drop_probability):
        half = (script.hands[hand].position_mm + target) / 2
        script.move(hand, half, gesture, width_mm=6.0)
        script.jaws(hand, 0.45, gesture, duration_s=0.1)
        rest = script.drop(hand, name)
        _lift(script, hand, name, np.asarray(rest))
    script.move(hand, target, gesture, width_mm=5.0)


def _hand_over(script: Script, name: str, meeting: np.ndarray, *, giver: Hand, taker: Hand) -> None:
    start_s = script.hands[taker].clock_s
    script.jaws(taker, 0.75, "reach", duration_s=0.15)
    script.move(taker, meeting + _grip(taker) * np.array([3.0, 1.0, 1.0]), "reach", width_mm=8.0)
    script.meet()
    script.wait(giver, 0.01, "transfer")
    script.move(taker, meeting + _grip(taker), "transfer", width_mm=3.5)
    script.jaws(taker, 0.12, "transfer")
    if script.chance(script.motor.missed_grasp_probability * 0.6):
        script.event("missed_grasp", taker, name)
        script.jaws(taker, 0.75, "transfer")
        script.move(taker, meeting + _grip(taker), "transfer", width_mm=3.5)
        script.jaws(taker, 0.12, "transfer")
    giver_track = script.hands[giver]
    script.wait(giver, max(0.0, script.hands[taker].clock_s - giver_track.clock_s), "transfer")
    script.jaws(giver, 0.7, "transfer")
    script.meet()
    _hold(script, taker, name)
    script.event("handed_over", taker, name)
    script.actions.append((taker, Span(label="grasper,transfer,ring", start_s=start_s, end_s=script.now_s)))
    script.move(giver, meeting + _grip(giver) * np.array([3.4, 1.0, 1.0]), "retreat", width_mm=12.0)
    script.move(giver, np.asarray(HOME_MM[giver]), "retreat", width_mm=16.0)
