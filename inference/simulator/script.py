"""The pen that writes what two hands do: reaches, grasps, drops, waits, phases, events.

A task calls these methods in the order of the procedure; each hand has a clock of its own, `meet` brings them together.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from inference.simulator.arrays import Array
from inference.simulator.hands import HandTrack, Span
from inference.simulator.marks import Event, Mark
from inference.simulator.motor import MotorParameters, reach
from inference.simulator.objects import FALL_S, ObjectTrack, Placement
from inference.simulator.spec import HANDS, Hand, SimulationSpec

OUTSIDE_MM: dict[Hand, tuple[float, float, float]] = {"left": (-125.0, -45.0, 75.0), "right": (125.0, -45.0, 75.0)}
HOME_MM: dict[Hand, tuple[float, float, float]] = {"left": (-32.0, -16.0, 24.0), "right": (32.0, -16.0, 24.0)}
GRASP_S = 0.28


@dataclass(slots=True, kw_only=True)
class Script:
    spec: SimulationSpec
    motor: MotorParameters
    rng: np.random.Generator
    hands: dict[Hand, HandTrack]
    objects: dict[str, ObjectTrack] = field(default_factory=dict)
    phases: list[Span] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    actions: list[tuple[Hand, Span]] = field(default_factory=list)
    _phase: tuple[str, float] | None = None

    @classmethod
    def open(cls, spec: SimulationSpec, kinds: dict[Hand, str]) -> "Script":
        motor = MotorParameters.from_skill(spec.skill)
        motor = motor.in_the_way_of(spec.operator_rng()) if spec.operator else motor
        rng = spec.rng("script")
        hands = {
            hand: HandTrack(
                name=hand,
                kind=kinds[hand],
                position_mm=np.asarray(HOME_MM[hand]) + rng.normal(0.0, 4.0, 3),
                noise_rng=spec.rng(f"noise.{hand}"),
                motor=motor,
            )
            for hand in HANDS
        }
        return cls(spec=spec, motor=motor, rng=rng, hands=hands)

    @property
    def now_s(self) -> float:
        return max(hand.clock_s for hand in self.hands.values())

    @property
    def is_over(self) -> bool:
        return self.spec.duration_s is not None and self.now_s >= self.spec.duration_s

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    # --- time

    def meet(self, *hands: Hand) -> None:
        """The hands wait for the later one."""
        tracks = [self.hands[hand] for hand in hands or HANDS]
        clock_s = max(track.clock_s for track in tracks)
        for track in tracks:
            track.clock_s = clock_s

    def wait(self, hand: Hand, duration_s: float, gesture: str) -> None:
        track = self.hands[hand]
        self._gesture(track, gesture, track.clock_s, track.clock_s + duration_s)
        track.clock_s += duration_s

    def phase(self, label: str) -> None:
        """Ends the running phase and starts `label`; the same label goes on."""
        self.meet()
        if self._phase and self._phase[0] == label:
            return
        self.close()
        self._phase = (label, self.now_s)

    def close(self) -> None:
        """Ends the running phase."""
        if self._phase and self.now_s > self._phase[1]:
            self.phases.append(Span(label=self._phase[0], start_s=self._phase[1], end_s=self.now_s))
        self._phase = None

    # --- what is written down

    def event(
        self, kind: str, hand: Hand | None = None, thing: str | None = None, *, at_s: float | None = None
    ) -> None:
        when_s = at_s if at_s is not None else self.hands[hand].clock_s if hand else self.now_s
        self.events.append(Event(type=kind, timestamp_s=when_s, hand=hand, object=thing))

    def mark(self, name: str, value: Any, *, at_s: float | None = None) -> None:
        self.marks.append(Mark(name=name, timestamp_s=self.now_s if at_s is None else at_s, value=value))

    def action(self, hand: Hand, label: str, start_s: float) -> None:
        """One instrument-verb-target, as "hook,dissect,gallbladder", from `start_s` to the hand's clock."""
        self.actions.append((hand, Span(label=label, start_s=start_s, end_s=self.hands[hand].clock_s)))

    def _gesture(self, track: HandTrack, label: str, start_s: float, end_s: float) -> None:
        last = track.gestures[-1] if track.gestures else None
        if last and last.label == label and start_s - last.end_s < 0.02:
            track.gestures[-1] = Span(label=label, start_s=last.start_s, end_s=end_s)
        elif end_s > start_s:
            track.gestures.append(Span(label=label, start_s=start_s, end_s=end_s))

    # --- movement

    def move(
        self,
        hand: Hand,
        target_mm: Array | tuple[float, float, float],
        gesture: str,
        *,
        width_mm: float = 5.0,
        lift_mm: float = 0.0,
        pace: float = 1.0,
    ) -> None:
        """A reach to about `target_mm`; a hesitation may come first. `pace` 2 takes twice the time."""
        track = self.hands[hand]
        if self.chance(self.motor.hesitation_probability):
            pause_s = float(self.rng.gamma(2.0, self.motor.hesitation_s / 2))
            self.event("hesitation", hand)
            self.wait(hand, pause_s, gesture)
        delta = np.asarray(target_mm, dtype=np.float64) - track.position_mm
        subs, end_s, covered = reach(
            track.clock_s, delta, motor=self.motor, rng=self.rng, width_mm=width_mm, lift_mm=lift_mm, pace=pace
        )
        track.submovements += subs
        track.position_mm = track.position_mm + covered
        self._gesture(track, gesture, track.clock_s, end_s)
        track.clock_s = end_s

    def jaws(self, hand: Hand, opening: float, gesture: str, *, duration_s: float = GRASP_S) -> None:
        """Opens or closes to `opening` (0 closed .. 1 wide)."""
        track = self.hands[hand]
        duration_s *= 0.6 + 0.4 * self.motor.time_scale
        track.opening_keys += [(track.clock_s, track.opening), (track.clock_s + duration_s, opening)]
        track.opening = opening
        self.wait(hand, duration_s, gesture)

    # --- objects

    def add(self, name: str, position_mm: tuple[float, float, float], yaw_rad: float = 0.0) -> ObjectTrack:
        track = ObjectTrack(name=name)
        track.placements.append(Placement(start_s=-1.0, state="rest", position_mm=position_mm, yaw_rad=yaw_rad))
        self.objects[name] = track
        return track

    def hold(self, hand: Hand, name: str, offset_mm: tuple[float, float, float], yaw_rad: float = 0.0) -> None:
        self._place(
            name,
            Placement(
                start_s=self.hands[hand].clock_s, state="held", position_mm=offset_mm, yaw_rad=yaw_rad, hand=hand
            ),
        )

    def lay(self, hand: Hand, name: str, position_mm: tuple[float, float, float], yaw_rad: float = 0.0) -> None:
        self._place(
            name, Placement(start_s=self.hands[hand].clock_s, state="rest", position_mm=position_mm, yaw_rad=yaw_rad)
        )

    def drop(self, hand: Hand, name: str, *, floor_mm: float = 0.0) -> tuple[float, float, float]:
        """The object falls from where the tip is now; returns where it comes to lie."""
        x, y = self.hands[hand].position_mm[:2] + self.rng.normal(0.0, 3.0, 2)
        rest = (float(np.clip(x, -62, 62)), float(np.clip(y, -24, 44)), floor_mm)
        self.event("drop", hand, name)
        self._place(
            name,
            Placement(
                start_s=self.hands[hand].clock_s,
                state="falling",
                position_mm=rest,
                yaw_rad=float(self.rng.uniform(0, 6.28)),
            ),
        )
        self.wait(hand, FALL_S + self.motor.reaction_s + 0.1, "recover")
        return rest

    def _place(self, name: str, placement: Placement) -> None:
        self.objects[name].placements.append(placement)

    def pick(self, hand: Hand, name: str, grip_mm: Array, *, width_mm: float = 4.0, lift_mm: float = 6.0) -> None:
        """Reaches to `grip_mm` and closes; misses by skill, with an event each, and tries again."""
        self.jaws(hand, 0.75, "reach", duration_s=0.12)
        self.move(hand, grip_mm + np.array([0.0, 0.0, 7.0]), "reach", width_mm=width_mm, lift_mm=lift_mm)
        self.move(hand, grip_mm, "grasp", width_mm=width_mm)
        self.jaws(hand, 0.12, "grasp")
        for _ in range(3):
            if not self.chance(self.motor.missed_grasp_probability):
                return
            self.event("missed_grasp", hand, name)
            self.jaws(hand, 0.75, "grasp")
            self.move(hand, grip_mm + self.rng.normal(0.0, 4.0, 3) + np.array([0, 0, 6.0]), "grasp", width_mm=width_mm)
            self.move(hand, grip_mm, "grasp", width_mm=width_mm)
            self.jaws(hand, 0.12, "grasp")
