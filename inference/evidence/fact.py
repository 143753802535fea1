"""A fact: what was seen from when to when, how surely, under an id that stays.

Answers, claims, corrections and evidence sheets cite facts. A fact that is stored has its row's id; one that is not has
an id made of what it says, so that the same pictures read by the same models give the same ids.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

ID_LENGTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """In [start_s, end_s] a watcher saw `label` in `lane`; `probability` is the mean over the stretch.

    A fact cut to a window (dataclasses.replace) keeps the id of the fact that it was cut from.
    """

    lane: str
    label: str
    start_s: float
    end_s: float
    probability: float
    id: str = ""

    def __post_init__(self) -> None:
        if not self.id:
            object.__setattr__(self, "id", derived_id(self.lane, self.label, self.start_s, self.end_s))

    @property
    def key(self) -> tuple[str, str]:
        return self.lane, self.label

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "id": self.id,
            "lane": self.lane,
            "label": self.label,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "probability": self.probability,
        }


def derived_id(lane: str, label: str, start_s: float, end_s: float) -> str:
    """Times count to the millisecond."""
    said = f"{lane}/{label}/{round(start_s * 1000)}/{round(end_s * 1000)}"
    return hashlib.sha256(said.encode()).hexdigest()[:ID_LENGTH]
