"""Suturing and needle passing: a curved needle is driven through tissue or hoops, pulled, handed back.

The needle's place in the world follows from "needle" marks: it lies, is held, or turns about its centre while driven.
"""

import math

import numpy as np

from inference.simulator.script import HOME_MM, Script
from inference.simulator.spec import Hand
from inference.simulator.tasks.needle import (
    DRIVEN_RAD,
    GRIP_FROM_TAIL_RAD,
    HELD_RAD,
    NEEDLE_RADIUS_MM,
    READY_RAD,
    Driven,
    Held,
    Lies,
    Passage,
    hoops,
    stitches,
)


def write_suturing(script: Script) -> None:
    _write(script, stitches(script.spec), phase="stitch", target="tissue")


def write_needle_passing(script: Script) -> None:
    _write(script, hoops(script.spec), phase="hoop", target="hoop")


def tip_at(centre_mm: np.ndarray, tail_rad: float, hand: Hand) -> np.ndarray:
    """Where the hand grips a needle with this centre and tail angle."""
    angle = tail_rad - GRIP_FROM_TAIL_RAD[hand]
    return centre_mm + NEEDLE_RADIUS_MM * np.array([math.cos(angle), 0.0, math.sin(angle)])


def _write(script: Script, passages: list[Passage], *, phase: str, target: str) -> None:
    script.mark("needle", _lying((34.0, -6.0)), at_s=-1.0)
    while True:
        script.mark("fresh", None)
        script.phase("load_needle")
        _take_up(script, _rest(script))
        for i, passage in enumerate(passages):
            if script.is_over:
                return
            script.phase(f"{phase}_{i + 1}")
            _pass(script, passage, target=target, index=i)
        if script.is_over or script.spec.duration_s is None:
            return


def _lying(at_mm: tuple[float, float]) -> Lies:
    return Lies(centre_mm=(at_mm[0], at_mm[1], 1.0), tail_rad=math.radians(176))


def _rest(script: Script) -> Lies | None:
    last = [mark.value for mark in script.marks if mark.name == "needle"][-1]
    return last if isinstance(last, Lies) else None


def _take_up(script: Script, lies: Lies | None) -> None:
    """The right hand takes the needle off the pad and turns it for the stitch, with the left hand's help."""
    if lies is None:
        return
    script.meet()
    x, y, _ = lies.centre_mm
    script.pick("right", "needle", np.array([x, y, 1.5]) + np.array([6.0, 0.0, 6.0]))
    _hold(script, "right", math.radians(150))
    script.move("right", np.array([16.0, -4.0, 24.0]), "orient_needle", width_mm=6.0)
    script.jaws("left", 0.5, "orient_needle", duration_s=0.1)
    script.move("left", np.array([3.0, -4.0, 25.0]), "orient_needle", width_mm=6.0)
    script.meet()
    _hold(script, "right", HELD_RAD)
    script.wait("right", 0.35 * script.motor.time_scale, "orient_needle")
    script.move("left", HOME_MM["left"], "retreat", width_mm=14.0)


def _hold(script: Script, hand: Hand, tail_rad: float) -> None:
    script.mark("needle", Held(hand=hand, tail_rad=tail_rad), at_s=script.hands[hand].clock_s)


def _maybe_drop(script: Script, hand: Hand) -> None:
    if not script.chance(script.motor.drop_probability * 0.7):
        return
    x, y, _ = script.hands[hand].position_mm
    script.event("drop", hand, "needle")
    lies = _lying((float(np.clip(x, -30, 34)), float(np.clip(y, -14, 30))))
    script.mark("needle", lies, at_s=script.hands[hand].clock_s)
    script.wait(hand, 0.3 + script.motor.reaction_s, "recover")
    _take_up(script, lies)


def _pass(script: Script, passage: Passage, *, target: str, index: int) -> None:
    """Position, push, grasp on the other side, pull the thread, hand the needle back."""
    centre = passage.centre_mm + np.array([0.0, script.rng.normal(0, 0.4), 0.0])
    _position(script, centre)
    start_s = script.hands["right"].clock_s
    _push(script, centre)
    script.action("right", f"needle_driver,push,{target}", start_s)
    script.mark("passed", index)
    script.event("needle_through", "right", target)
    _receive(script, centre)
    _pull(script, passage)
    _give_back(script)


def _position(script: Script, centre: np.ndarray) -> None:
    _maybe_drop(script, "right")
    off = script.rng.normal(0.0, script.motor.off_target_mm, 3) * np.array([1.0, 1.0, 0.4])
    ready = tip_at(centre, READY_RAD, "right")
    script.move("right", ready + np.array([8.0, 0.0, 12.0]), "position_needle", width_mm=5.0)
    _hold(script, "right", READY_RAD)
    script.move("right", ready + off, "position_needle", width_mm=2.5)
    if float(np.linalg.norm(off[:2])) > 2.0:
        script.event("off_target", "right", "needle")
        script.move("right", ready + np.array([0.0, 0.0, 5.0]), "position_needle", width_mm=4.0)
        script.move("right", ready, "position_needle", width_mm=2.5)
    script.meet()


def _push(script: Script, centre: np.ndarray) -> None:
    start_s = script.hands["right"].clock_s
    for share in (0.35, 0.7, 1.0):
        angle = READY_RAD + (DRIVEN_RAD - READY_RAD) * share
        script.move("right", tip_at(centre, angle, "right"), "push_needle", width_mm=4.0, pace=0.9)
    x, y, z = (float(v) for v in centre)
    turned = Driven(centre_mm=(x, y, z), from_rad=READY_RAD, to_rad=DRIVEN_RAD, end_s=script.hands["right"].clock_s)
    script.mark("needle", turned, at_s=start_s)


def _receive(script: Script, centre: np.ndarray) -> None:
    """The left hand takes the point where it comes out."""
    point = tip_at(centre, DRIVEN_RAD, "left")
    script.pick("left", "needle", point + np.array([0.0, 0.0, 1.0]), width_mm=3.0)
    script.meet()
    script.jaws("right", 0.6, "push_needle")
    script.meet()


def _pull(script: Script, passage: Passage) -> None:
    start_s = script.hands["left"].clock_s
    out = math.radians(-70)
    script.mark(
        "needle",
        Driven(
            centre_mm=(passage.x_mm, passage.y_mm, float(passage.centre_mm[2])),
            from_rad=DRIVEN_RAD,
            to_rad=out,
            end_s=start_s + 0.45,
        ),
        at_s=start_s,
    )
    script.move("left", tip_at(passage.centre_mm, out, "left"), "pull_suture", width_mm=6.0, pace=0.7)
    _hold(script, "left", out)
    script.move("right", np.array([26.0, passage.y_mm - 8.0, 22.0]), "retreat", width_mm=14.0)
    away = np.array([-38.0, passage.y_mm + 4.0, 46.0]) + script.rng.normal(0, 3, 3)
    script.move("left", away, "pull_suture", width_mm=10.0, pace=1.25)
    script.action("left", "needle_driver,pull,thread", start_s)
    script.mark("pulled", None)
    script.meet()


def _give_back(script: Script) -> None:
    meeting = np.array([-3.0, 4.0, 27.0]) + script.rng.normal(0, 2, 3)
    start_s = script.hands["left"].clock_s
    script.move("left", meeting + np.array([-6.0, 0.0, 0.0]), "transfer_needle", width_mm=6.0)
    _hold(script, "left", math.radians(20))
    script.jaws("right", 0.7, "transfer_needle", duration_s=0.1)
    script.move("right", meeting + np.array([9.0, 0.0, 2.0]), "transfer_needle", width_mm=4.0)
    script.meet()
    script.jaws("right", 0.1, "transfer_needle")
    script.meet()
    _hold(script, "right", math.radians(95))
    script.jaws("left", 0.6, "transfer_needle")
    script.action("left", "needle_driver,transfer,needle", start_s)
    script.meet()
    script.move("left", HOME_MM["left"], "retreat", width_mm=14.0)
