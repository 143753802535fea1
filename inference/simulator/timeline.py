"""A finished script read frame by frame: tips, jaws, objects, gestures, marks."""

import math
from bisect import bisect_right

import numpy as np

from inference.simulator.arrays import Array
from inference.simulator.frame_state import FrameState
from inference.simulator.hands import Span
from inference.simulator.kinds import instrument_kinds
from inference.simulator.motor import SmoothNoise
from inference.simulator.pose import InstrumentPose
from inference.simulator.script import Script
from inference.simulator.spec import HANDS, Hand, SimulationSpec

TROCAR_MM: dict[Hand, tuple[float, float, float]] = {"left": (-128.0, -98.0, 106.0), "right": (128.0, -98.0, 106.0)}


class Timeline:
    def __init__(self, spec: SimulationSpec, script: Script) -> None:
        self.spec, self.script = spec, script
        self.duration_s = spec.duration_s if spec.duration_s is not None else script.now_s
        self.num_frames = max(1, round(self.duration_s * spec.fps))
        self.times_s = np.arange(self.num_frames) / spec.fps
        rng = spec.rng("trocar")
        self._trocar_mm = {hand: np.asarray(TROCAR_MM[hand]) + rng.normal(0.0, 12.0, 3) for hand in HANDS}
        self._tips = {hand: script.hands[hand].tips_mm(self.times_s) for hand in HANDS}
        self._openings = {hand: script.hands[hand].openings(self.times_s) for hand in HANDS}
        roll = SmoothNoise(rng, (0.05, 0.3))
        self._rolls = 0.5 * roll(self.times_s)
        self._marks = sorted(script.marks, key=lambda mark: mark.timestamp_s)
        self._mark_times_s = [mark.timestamp_s for mark in self._marks]

    def tips_mm(self, hand: Hand) -> Array:
        """shape (num_frames, 3), mm"""
        return self._tips[hand]

    def state(self, frame_index: int) -> FrameState:
        time_s = float(self.times_s[frame_index])
        tips = {hand: self._tips[hand][frame_index] for hand in HANDS}
        hands = {hand: self._pose(hand, frame_index, time_s) for hand in HANDS}
        objects = {name: track.pose_at(time_s, tips) for name, track in self.script.objects.items()}
        return FrameState(
            time_s=time_s, hands=hands, objects=objects, marks=self._marks[: bisect_right(self._mark_times_s, time_s)]
        )

    def _pose(self, hand: Hand, frame_index: int, time_s: float) -> InstrumentPose:
        kinds = instrument_kinds()
        return InstrumentPose(
            kind=kinds[self.script.hands[hand].kind_at(time_s)],
            tip_mm=self._tips[hand][frame_index],
            trocar_mm=self._trocar_mm[hand],
            opening=float(self._openings[hand][frame_index]),
            roll_rad=float(self._rolls[frame_index, 0 if hand == "left" else 1]) + math.radians(15),
        )

    def gesture(self, time_s: float) -> Span:
        """What the hand that began last is doing."""
        spans = [self.script.hands[hand].gesture_at(time_s) for hand in HANDS]
        busy = [span for span in spans if span.end_s > span.start_s]
        return max(busy, key=lambda span: span.start_s) if busy else spans[0]

    def phase(self, time_s: float) -> str:
        for span in self.script.phases:
            if span.start_s <= time_s < span.end_s:
                return span.label
        return self.script.phases[-1].label if self.script.phases else "none"
