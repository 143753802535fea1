"""The file of truth beside a simulated video, as plain JSON.

Pixels are of the picture, (0, 0) the outer corner of the top left pixel; times are seconds from the first frame.
"""

from typing import TypedDict

from inference.simulator.spec import Hand

TRUTH_FORMAT = "debrief.simulator.truth"
TRUTH_VERSION = 1


class HandTruth(TypedDict):
    """`is_visible`: enough of the instrument is in the picture. `tip_visible`: the tip is, and nothing covers it."""

    instrument: str
    gesture: str
    tip_px: list[float]
    tip_mm: list[float]
    jaw_opening: float
    is_visible: bool
    tip_visible: bool


class FrameTruth(TypedDict):
    frame_index: int
    timestamp_s: float
    phase: str
    gesture: str
    instruments: list[str]
    hands: dict[Hand, HandTruth]
    triplets: list[list[str]]
    smoke: float
    defocus_px: float


class SpanTruth(TypedDict):
    label: str
    start_s: float
    end_s: float


class GestureTruth(SpanTruth):
    hand: Hand


class EventTruth(TypedDict):
    type: str
    timestamp_s: float
    hand: str | None
    object: str | None


class Truth(TypedDict):
    format: str
    version: int
    simulator_version: str
    numpy_version: str
    opencv_version: str
    task: str
    skill: float
    skill_level: str
    seed: int
    fps: int
    width_px: int
    height_px: int
    num_frames: int
    duration_s: float
    phases: list[SpanTruth]
    gestures: list[GestureTruth]
    events: list[EventTruth]
    frames: list[FrameTruth]
