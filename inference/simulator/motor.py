"""How a hand moves: minimum-jerk submovements, signal-dependent noise, tremor, wandering, hesitation.

A reach is a first submovement that misses by a share of its length, and corrections until the rest is small enough
(Meyer et al. 1988); each submovement has the minimum-jerk profile (Flash and Hogan 1985); the miss grows with the
size of the command (Harris and Wolpert 1998); the time follows Fitts 1954; physiological tremor lies at 8-12 Hz.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from inference.simulator.arrays import Array

TREMOR_BAND_HZ = (8.0, 12.0)
WANDER_BAND_HZ = (0.15, 0.9)
COMMAND_NOISE_BAND_HZ = (1.5, 4.0)
# How far people of one skill differ, as the deviation of the logarithm. Frozen: docs/decisions names why.
STYLE = {
    "time_scale": 0.10,
    "endpoint_noise": 0.15,
    "command_noise_s": 0.15,
    "tremor_mm": 0.20,
    "wander_mm": 0.20,
    "arc": 0.15,
    "reaction_s": 0.15,
    "hesitation_probability": 0.20,
    "hesitation_s": 0.15,
    "missed_grasp_probability": 0.20,
    "drop_probability": 0.20,
    "off_target_mm": 0.15,
}


def minimum_jerk(tau: Array) -> Array:
    """Share of the way covered at the share `tau` of the time; both in [0, 1], held outside."""
    t = np.clip(tau, 0.0, 1.0)
    return t**3 * (10.0 - 15.0 * t + 6.0 * t**2)


def minimum_jerk_speed(tau: Array) -> Array:
    """The derivative of `minimum_jerk`; its peak is 1.875 at the middle."""
    t = np.clip(tau, 0.0, 1.0)
    return 30.0 * t**2 * (1.0 - t) ** 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MotorParameters:
    """An operator's hand. Lengths in mm, times in s, the rest are shares and probabilities."""

    time_scale: float
    endpoint_noise: float
    command_noise_s: float
    tremor_mm: float
    wander_mm: float
    arc: float
    tolerance_mm: float
    max_corrections: int
    reaction_s: float
    hesitation_probability: float
    hesitation_s: float
    missed_grasp_probability: float
    drop_probability: float
    off_target_mm: float

    @classmethod
    def from_skill(cls, skill: float) -> "MotorParameters":
        def between(novice: float, expert: float) -> float:
            return novice + (expert - novice) * skill

        return cls(
            time_scale=between(2.1, 0.95),
            endpoint_noise=between(0.16, 0.035),
            command_noise_s=between(0.075, 0.012),
            tremor_mm=between(0.30, 0.07),
            wander_mm=between(1.7, 0.25),
            arc=between(0.30, 0.06),
            tolerance_mm=between(1.6, 1.0),
            max_corrections=round(between(5, 2)),
            reaction_s=between(0.24, 0.07),
            hesitation_probability=between(0.30, 0.02),
            hesitation_s=between(1.1, 0.25),
            missed_grasp_probability=between(0.30, 0.02),
            drop_probability=between(0.16, 0.005),
            off_target_mm=between(2.2, 0.25),
        )

    def in_the_way_of(self, rng: np.random.Generator) -> "MotorParameters":
        """The same skill in one person's way: each number in STYLE times a factor of their own, log-normal about 1."""
        factors = {name: float(np.exp(rng.normal(0.0, sigma))) for name, sigma in STYLE.items()}
        return replace(self, **{name: getattr(self, name) * factor for name, factor in factors.items()})

    def movement_time_s(self, distance_mm: float, width_mm: float) -> float:
        """Fitts' law; `width_mm` is the size of what is aimed at."""
        return self.time_scale * (0.16 + 0.15 * math.log2(distance_mm / width_mm + 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Submovement:
    start_s: float
    duration_s: float
    delta_mm: tuple[float, float, float]


def displacement(submovements: list[Submovement], times_s: Array) -> Array:
    """The sum of the submovements at each time.

    times_s : shape (T,), float64, seconds, ascending · returns : shape (T, 3), float64, mm
    """
    total, settled = np.zeros((len(times_s), 3)), np.zeros((len(times_s) + 1, 3))
    for sub in submovements:
        first, last = np.searchsorted(times_s, (sub.start_s, sub.start_s + sub.duration_s))
        share = minimum_jerk((times_s[first:last] - sub.start_s) / sub.duration_s)
        total[first:last] += share[:, None] * np.asarray(sub.delta_mm)
        settled[last] += sub.delta_mm
    summed: Array = total + np.cumsum(settled[:-1], axis=0)
    return summed


def speed(submovements: list[Submovement], times_s: Array) -> Array:
    """Speed of the sum at each time.

    times_s : shape (T,), float64, seconds, ascending · returns : shape (T,), float64, mm/s
    """
    total = np.zeros((len(times_s), 3))
    for sub in submovements:
        first, last = np.searchsorted(times_s, (sub.start_s, sub.start_s + sub.duration_s))
        rate = minimum_jerk_speed((times_s[first:last] - sub.start_s) / sub.duration_s) / sub.duration_s
        total[first:last] += rate[:, None] * np.asarray(sub.delta_mm)
    norm: Array = np.linalg.norm(total, axis=1)
    return norm


class SmoothNoise:
    """Unit-variance noise of a frequency band in three axes: sinusoids, so any instant can be asked for."""

    def __init__(self, rng: np.random.Generator, band_hz: tuple[float, float], *, num_waves: int = 6) -> None:
        self._hz = rng.uniform(*band_hz, size=(num_waves, 3))
        self._phase = rng.uniform(0.0, 2 * math.pi, size=(num_waves, 3))
        self._gain = math.sqrt(2.0 / num_waves)

    def __call__(self, times_s: Array) -> Array:
        """times_s : shape (T,) · returns : shape (T, 3)"""
        angle = 2 * math.pi * self._hz[None] * times_s[:, None, None] + self._phase[None]
        waves: Array = self._gain * np.sin(angle).sum(axis=1)
        return waves


def reach(
    start_s: float,
    delta_mm: Array,
    *,
    motor: MotorParameters,
    rng: np.random.Generator,
    width_mm: float,
    lift_mm: float = 0.0,
    pace: float = 1.0,
) -> tuple[list[Submovement], float, Array]:
    """Submovements that cover about `delta_mm`: (submovements, end time in s, what was really covered in mm)."""
    distance_mm = float(np.linalg.norm(delta_mm))
    duration_s = max(0.12, pace * motor.movement_time_s(distance_mm, width_mm) * float(rng.uniform(0.9, 1.12)))
    covered = delta_mm + rng.normal(0.0, motor.endpoint_noise * distance_mm / math.sqrt(3), 3)
    subs = [_submovement(start_s, duration_s, covered), *_bow(start_s, duration_s, distance_mm, motor=motor, rng=rng)]
    if lift_mm:
        subs += _lift(start_s, duration_s, lift_mm)
    now_s = start_s + duration_s
    for _ in range(motor.max_corrections):
        rest = delta_mm - covered
        size_mm = float(np.linalg.norm(rest))
        if size_mm <= motor.tolerance_mm:
            break
        step = rest * rng.uniform(0.65, 1.05) + rng.normal(0.0, motor.endpoint_noise * size_mm, 3)
        step_s = 0.16 + 0.5 * pace * motor.movement_time_s(size_mm, width_mm)
        begin_s = now_s + motor.reaction_s - 0.08
        subs.append(_submovement(begin_s, step_s, step))
        covered, now_s = covered + step, begin_s + step_s
    return subs, now_s, covered


def _submovement(start_s: float, duration_s: float, delta: Array) -> Submovement:
    x, y, z = (float(v) for v in delta)
    return Submovement(start_s=start_s, duration_s=duration_s, delta_mm=(x, y, z))


def _bow(
    start_s: float, duration_s: float, distance_mm: float, *, motor: MotorParameters, rng: np.random.Generator
) -> list[Submovement]:
    """A detour: out in the first half, back in the second, so the path is no straight line."""
    side = rng.normal(0.0, motor.arc * distance_mm / 2, 3) * np.array([1.0, 1.0, 0.6])
    half_s = duration_s * 0.55
    return [_submovement(start_s, half_s, side), _submovement(start_s + duration_s - half_s, half_s, -side)]


def _lift(start_s: float, duration_s: float, lift_mm: float) -> list[Submovement]:
    up = np.array([0.0, 0.0, lift_mm])
    part_s = duration_s * 0.55
    return [_submovement(start_s, part_s, up), _submovement(start_s + duration_s - part_s, part_s, -up)]
