"""A video as the scorer sees it, and a reference that a site chose: numbers and names, no files, no weights."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FAULTS = ("black", "frozen", "out_of_body")
LEVELS = ("novice", "intermediate", "expert")

Values = NDArray[np.float32]
Seconds = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillSequence:
    """One video at one row a second.

    content : SHA-256 of the file, so that a query that is its own reference is found
    times_s : shape (T,), float64, seconds from the start, ascending · values : shape (T, D), float32, columns as
    `encoder` defines them · usable : shape (T,), bool, not black, not frozen, not outside the body
    faults : what is wrong with each second, "" or a word of FAULTS; empty where nothing is
    kind : value of `VideoKind` · encoder : which version of features this is; rows of two versions never meet.
    """

    content: str
    times_s: Seconds
    values: Values
    usable: Mask
    duration_s: float
    kind: str
    encoder: str
    faults: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not len(self.times_s) == len(self.values) == len(self.usable) or self.values.ndim != 2:
            raise ValueError("times, values and usable have one row a second")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """`key` : the caller's own id · `level` : a free name, such as "novice" · `procedure` : what was performed.

    A reference whose consent or standing was taken back is passed with `withdrawn`, and refused by name.
    """

    key: str
    sequence: SkillSequence
    level: str
    procedure: str
    withdrawn: bool = False
