"""One hand's track: what it holds in the trocar, where its tip is, how far its jaws are open, what it is doing."""

from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np

from inference.simulator.arrays import Array
from inference.simulator.motor import (
    COMMAND_NOISE_BAND_HZ,
    TREMOR_BAND_HZ,
    WANDER_BAND_HZ,
    MotorParameters,
    SmoothNoise,
    Submovement,
    displacement,
    speed,
)
from inference.simulator.spec import Hand

IDLE = "idle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """`label` holds in [start_s, end_s)."""

    label: str
    start_s: float
    end_s: float


@dataclass(slots=True, kw_only=True)
class HandTrack:
    """Written by a script, then read at any times. `clock_s` and `position_mm` are the pen of the script."""

    name: Hand
    kind: str
    position_mm: Array
    noise_rng: np.random.Generator
    motor: MotorParameters
    clock_s: float = 0.0
    opening: float = 0.35
    submovements: list[Submovement] = field(default_factory=list)
    gestures: list[Span] = field(default_factory=list)
    kind_keys: list[tuple[float, str]] = field(default_factory=list)
    opening_keys: list[tuple[float, float]] = field(default_factory=list)
    _start_mm: Array = field(init=False)
    _noises: tuple[SmoothNoise, SmoothNoise, SmoothNoise] = field(init=False)

    def __post_init__(self) -> None:
        self._start_mm = self.position_mm.copy()
        self.kind_keys.append((0.0, self.kind))
        self.opening_keys.append((0.0, self.opening))
        bands = (TREMOR_BAND_HZ, WANDER_BAND_HZ, COMMAND_NOISE_BAND_HZ)
        tremor, wander, command = (SmoothNoise(self.noise_rng, band) for band in bands)
        self._noises = (tremor, wander, command)

    def tips_mm(self, times_s: Array) -> Array:
        """times_s : shape (T,), seconds · returns : shape (T, 3), mm, tremor and noise included."""
        tremor, wander, command = self._noises
        pace = speed(self.submovements, times_s)[:, None]
        noise = self.motor.tremor_mm * tremor(times_s) + self.motor.wander_mm * 0.5 * wander(times_s)
        noise += self.motor.command_noise_s * 0.5 * pace * command(times_s)
        return self._start_mm + displacement(self.submovements, times_s) + noise

    def openings(self, times_s: Array) -> Array:
        """times_s : shape (T,) · returns : shape (T,), 0 closed .. 1 wide open."""
        keys = np.asarray(self.opening_keys)
        openings: Array = np.interp(times_s, keys[:, 0], keys[:, 1])
        return openings

    def kind_at(self, time_s: float) -> str:
        return self.kind_keys[bisect_right(self.kind_keys, time_s, key=lambda key: key[0]) - 1][1]

    def gesture_at(self, time_s: float) -> Span:
        index = bisect_right(self.gestures, time_s, key=lambda span: span.start_s) - 1
        if index >= 0 and time_s < self.gestures[index].end_s:
            return self.gestures[index]
        return Span(label=IDLE, start_s=time_s, end_s=time_s)
