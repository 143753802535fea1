"""Sequences and models made of a seed, for tests that need no video."""

import numpy as np
import torch

from inference.avbanet.calibrate import Calibration
from inference.avbanet.encoder import EncoderShape, SkillEncoder
from inference.avbanet.model import SkillModel
from inference.avbanet.reference import Reference, SkillSequence
from inference.avbanet.sequence import WIDTH

FEATURES = "motion-1+tower-x"
KIND = "box_trainer"


def model(*, calibration: Calibration | None = None) -> SkillModel:
    torch.manual_seed(3)
    return SkillModel(
        SkillEncoder(EncoderShape(width=WIDTH)).eval(), FEATURES, calibration or Calibration(duration_weight=1.0)
    )


def sequence(seed: int, *, seconds: int = 40, **changes: object) -> SkillSequence:
    random = np.random.default_rng(seed)
    fields: dict[str, object] = {
        "content": f"content-{seed}",
        "times_s": np.arange(seconds, dtype=np.float64),
        "values": random.normal(seed % 3, 1.0, (seconds, WIDTH)).astype(np.float32),
        "usable": np.ones(seconds, dtype=bool),
        "duration_s": float(seconds),
        "kind": KIND,
        "encoder": FEATURES,
    }
    return SkillSequence(**(fields | changes))  # type: ignore[arg-type]


def reference(seed: int, level: str, **changes: object) -> Reference:
    fields: dict[str, object] = {
        "key": f"ref-{seed}",
        "sequence": sequence(seed),
        "level": level,
        "procedure": "suturing",
    }
    return Reference(**(fields | changes))  # type: ignore[arg-type]


def references() -> list[Reference]:
    return [
        reference(0, "novice"),
        reference(3, "novice"),
        reference(1, "intermediate"),
        reference(2, "expert"),
        reference(5, "expert"),
    ]
