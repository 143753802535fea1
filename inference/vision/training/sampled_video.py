"""A simulated video as the product would read it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.simulator.spec import Task
from inference.simulator.truth_file import FrameTruth


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledVideo:
    """patches : (T, 49, 1280), float16, memory-mapped · truths : T of them."""

    task: Task
    skill: float
    seed: int
    size_px: tuple[int, int]
    patches: NDArray[np.float16]
    truths: list[FrameTruth]
