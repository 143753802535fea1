"""What to simulate: a task, an operator's skill, a seed, a length and a picture size.

Everything random is drawn from named streams of one seed, so one part can change its draws without moving another's.
"""

import zlib
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

SIMULATOR_VERSION = "1.0.0"

Task = Literal["peg_transfer", "pattern_cutting", "suturing", "needle_passing", "knot_tying", "organ"]
SkillLevel = Literal["novice", "intermediate", "expert"]
Hand = Literal["left", "right"]

TASKS: tuple[Task, ...] = get_args(Task)
HANDS: tuple[Hand, ...] = get_args(Hand)
Cameras = Literal["usual", "varied"]
SKILL_OF_LEVEL: dict[SkillLevel, float] = {"novice": 0.1, "intermediate": 0.5, "expert": 0.9}
MAX_DURATION_S = 3600.0


def skill_level(skill: float) -> SkillLevel:
    """Three equal thirds of the scale."""
    if skill < 1 / 3:
        return "novice"
    return "intermediate" if skill < 2 / 3 else "expert"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationSpec:
    """`skill` runs from 0 (first time) to 1 (expert). Without a duration the operator performs the task once.

    operator : who performs: beside skill everybody has a way of moving, the same in all their videos; 0 has none
    cameras : "usual" stands about where it always does, "varied" is put up anew for each video, as in other rooms
    """

    task: Task
    skill: float
    seed: int
    duration_s: float | None = None
    fps: int = 15
    width_px: int = 854
    height_px: int = 480
    operator: int = 0
    cameras: Cameras = "usual"

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise ValueError(f"unknown task {self.task!r}: one of {', '.join(TASKS)}")
        if not 0.0 <= self.skill <= 1.0:
            raise ValueError("skill lies between 0 and 1")
        if self.seed < 0 or self.operator < 0:
            raise ValueError("seed and operator are non-negative whole numbers")
        if self.duration_s is not None and not 0.0 < self.duration_s <= MAX_DURATION_S:
            raise ValueError(f"duration_s lies between 0 and {MAX_DURATION_S:.0f}")
        if not 1 <= self.fps <= 120:
            raise ValueError("fps lies between 1 and 120")
        if (
            not (64 <= self.width_px <= 1920 and 64 <= self.height_px <= 1080)
            or self.width_px % 2
            or self.height_px % 2
        ):
            raise ValueError("width and height are even and between 64 and 1920 x 1080")

    @property
    def level(self) -> SkillLevel:
        return skill_level(self.skill)

    def rng(self, stream: str) -> np.random.Generator:
        """The generator of one named stream, e.g. "motor" or "camera"."""
        return np.random.default_rng([self.seed, zlib.crc32(self.task.encode()), zlib.crc32(stream.encode())])

    def operator_rng(self) -> np.random.Generator:
        """The generator of the operator's own way of moving: the same in every task and video of theirs."""
        return np.random.default_rng([self.operator, zlib.crc32(b"operator")])
