"""The truth beside a simulated video: what is where, who does what, what went wrong; as plain JSON.

Pixels are of the picture, (0, 0) the outer corner of the top left pixel; times are seconds from the first frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from inference.simulator.arrays import Image
from inference.simulator.hands import Span
from inference.simulator.spec import HANDS, SIMULATOR_VERSION, Hand
from inference.simulator.truth_file import (
    TRUTH_FORMAT,
    TRUTH_VERSION,
    EventTruth,
    FrameTruth,
    GestureTruth,
    HandTruth,
    SpanTruth,
    Truth,
)

if TYPE_CHECKING:
    from inference.simulator.renderer import FrameGeometry
    from inference.simulator.simulation import Simulation

MIN_VISIBLE_SHARE = 0.0015


def frame_truth(simulation: Simulation, frame_index: int) -> FrameTruth:
    """The truth of one frame; costs a fraction of drawing it."""
    return geometry_truth(simulation, simulation.renderer.geometry(frame_index))


def geometry_truth(simulation: Simulation, geometry: FrameGeometry) -> FrameTruth:
    """As `frame_truth`, for a caller that has the frame's geometry already."""
    mask = simulation.renderer.instrument_mask(geometry)
    time_s = geometry.state.time_s
    hands = {hand: _hand(simulation, geometry, mask, hand) for hand in HANDS}
    return FrameTruth(
        frame_index=geometry.frame_index,
        timestamp_s=round(time_s, 4),
        phase=simulation.timeline.phase(time_s),
        gesture=simulation.timeline.gesture(time_s).label,
        instruments=sorted({truth["instrument"] for truth in hands.values() if truth["is_visible"]}),
        hands=hands,
        triplets=_triplets(simulation, hands, time_s),
        smoke=round(simulation.renderer.smoke_at(time_s), 3),
        defocus_px=round(simulation.renderer.motion.defocus_px(time_s), 3),
    )


def simulation_truth(simulation: Simulation, frames: list[FrameTruth] | None = None) -> Truth:
    """The truth of the whole; `frames` if they are known already."""
    spec, script = simulation.spec, simulation.script
    end_s = simulation.duration_s
    events = [event for event in script.events if event.timestamp_s < end_s]
    moves = [
        EventTruth(type="camera_move", timestamp_s=round(s, 4), hand=None, object=None)
        for s in simulation.renderer.motion.moves_s
    ]
    written = [
        EventTruth(type=e.type, timestamp_s=round(e.timestamp_s, 4), hand=e.hand, object=e.object) for e in events
    ]
    gestures = [
        GestureTruth(hand=hand, **_span(span, end_s))
        for hand in HANDS
        for span in script.hands[hand].gestures
        if span.start_s < end_s
    ]
    return Truth(
        format=TRUTH_FORMAT,
        version=TRUTH_VERSION,
        simulator_version=SIMULATOR_VERSION,
        numpy_version=np.__version__,
        opencv_version=cv2.__version__,
        task=spec.task,
        skill=spec.skill,
        skill_level=spec.level,
        seed=spec.seed,
        fps=spec.fps,
        width_px=spec.width_px,
        height_px=spec.height_px,
        num_frames=simulation.num_frames,
        duration_s=round(end_s, 4),
        phases=[_span(span, end_s) for span in script.phases if span.start_s < end_s],
        gestures=sorted(gestures, key=lambda span: span["start_s"]),
        events=sorted(written + moves, key=lambda event: event["timestamp_s"]),
        frames=frames if frames is not None else [frame_truth(simulation, k) for k in range(simulation.num_frames)],
    )


def _span(span: Span, end_s: float) -> SpanTruth:
    return SpanTruth(label=span.label, start_s=round(span.start_s, 4), end_s=round(min(span.end_s, end_s), 4))


def _hand(simulation: Simulation, geometry: FrameGeometry, mask: Image, hand: Hand) -> HandTruth:
    pose, drawn = geometry.state.hands[hand], geometry.instruments[hand]
    value = HANDS.index(hand) + 1
    x, y = drawn.tip_px
    is_inside = 0 <= x < simulation.spec.width_px and 0 <= y < simulation.spec.height_px
    row, column = min(int(y / 4), mask.shape[0] - 1), min(int(x / 4), mask.shape[1] - 1)
    return HandTruth(
        instrument=pose.kind.name,
        gesture=simulation.script.hands[hand].gesture_at(geometry.state.time_s).label,
        tip_px=[round(float(x), 2), round(float(y), 2)],
        tip_mm=[round(float(v), 3) for v in pose.tip_mm],
        jaw_opening=round(pose.opening, 3),
        is_visible=bool((mask == value).mean() >= MIN_VISIBLE_SHARE),
        tip_visible=bool(is_inside and mask[row, column] in (0, value)),
    )


def _triplets(simulation: Simulation, hands: dict[Hand, HandTruth], time_s: float) -> list[list[str]]:
    """Instrument, verb, target of each visible instrument at work."""
    found = []
    for hand, span in simulation.script.actions:
        if span.start_s <= time_s < span.end_s and hands[hand]["is_visible"]:
            triplet = span.label.split(",")
            if triplet[0] == hands[hand]["instrument"] and triplet not in found:
                found.append(triplet)
    return found
