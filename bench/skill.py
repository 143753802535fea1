"""How long it takes to adapt to three references and score a ten-minute video, from stored sequences, on one thread.

.venv/bin/python bench/skill.py
"""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch

from inference.avbanet.adapt import adapt
from inference.avbanet.model import load_skill_model
from inference.avbanet.reference import LEVELS, Reference, SkillSequence
from inference.avbanet.sequence import WIDTH
from inference.lab.command_line import WEIGHTS

VIDEO_S = 600
ROUNDS = 21


def sequence(seed: int, features: str) -> SkillSequence:
    return SkillSequence(
        content=str(seed),
        times_s=np.arange(VIDEO_S, dtype=np.float64),
        values=np.random.default_rng(seed).normal(0, 1, (VIDEO_S, WIDTH)).astype(np.float32),
        usable=np.ones(VIDEO_S, dtype=bool),
        duration_s=float(VIDEO_S),
        kind="box_trainer",
        encoder=features,
    )


def main() -> None:
    torch.set_num_threads(1)
    model = load_skill_model(WEIGHTS / "skill_encoder.safetensors")
    references = [
        Reference(key=level, sequence=sequence(place, model.features), level=level, procedure="any")
        for place, level in enumerate(LEVELS)
    ]
    video = sequence(9, model.features)
    took_ms = []
    for _ in range(ROUNDS):
        started_s = time.perf_counter()
        # Whether it abstains or not, the video goes through the encoder; `_told` is what a score costs beside that.
        scorer = adapt(references, model)
        scorer._told(video, model.read(video))
        took_ms.append(1000 * (time.perf_counter() - started_s))
    print(f"adapt and score {VIDEO_S} s: median {statistics.median(took_ms):.0f} ms, best {min(took_ms):.0f} ms")


if __name__ == "__main__":
    main()
