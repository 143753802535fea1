"""The weights that ship as witnesses: the product's eyes where there are eyes, silent where the product is silent."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from inference.datasets.cholect50 import LabelledVideo
from inference.evidence.kinds import VideoKind
from inference.evidence.watched import kind_of
from inference.lab.command_line import WEIGHTS
from inference.llava_surg.evaluation.cases import clips_of
from inference.llava_surg.evaluation.judged import trained_on
from inference.llava_surg.evaluation.shipped import ShippedEyes, shipped_witnesses
from inference.llava_surg.evaluation.table import table
from inference.vision.backbone import FEATURE_DIM, NUM_PATCHES
from inference.vision.encoder import FrameReading
from inference.vision.eyes.eyes import ROW_NAMES, STRANGENESS
from inference.vision.outputs import PHASES
from inference.vision.timeline import TimelineHeads
from tests.unit.llava_surg.test_seen_frames import video
from tests.unit.vision.test_eyes import ALWAYS, NEVER, cholecystectomy, untrained_eyes


class Says:
    """An encoder whose eyes say the same of every frame."""

    encoder_id, reading_id, heads = "tower", "tower heads float32", None

    def __init__(self, said: dict[str, float]) -> None:
        self.eyes = untrained_eyes()
        self._row = torch.tensor([[said.get(name, NEVER) for name in ROW_NAMES]])

    def read(self, frames: Tensor) -> FrameReading:
        return FrameReading(torch.zeros(len(frames), NUM_PATCHES, FEATURE_DIM), self._row.repeat(len(frames), 1))


@pytest.fixture(scope="module")
def heads() -> TimelineHeads:
    return TimelineHeads.load(WEIGHTS / "timeline_heads.json")


def lanes(tmp_path: Path, heads: TimelineHeads, said: dict[str, float]) -> dict[str, set[str]]:
    shown: LabelledVideo = video(tmp_path / "frames", num_frames=12)
    encoder: Any = Says(said)
    witnesses, patches = shipped_witnesses([shown], ShippedEyes(encoder=encoder, heads=heads), work=tmp_path / "work")
    assert patches["VID1"].shape == (12, NUM_PATCHES, FEATURE_DIM)
    (clip,) = clips_of(shown)
    facts = witnesses["VID1"].facts(clip)
    assert kind_of(facts) is VideoKind(next(fact.label for fact in facts if fact.lane == "kind"))
    return {lane: {fact.label for fact in facts if fact.lane == lane} for lane in {fact.lane for fact in facts}}


def test_what_the_eyes_say_is_told_in_the_timelines_lanes(
    tmp_path: Path, heads: TimelineHeads, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Structures are told in the phase they were learnt from alone.
    dissecting = [0.94 if phase == "carlot-triangle-dissection" else 0.01 for phase in PHASES]
    monkeypatch.setattr(
        "inference.vision.eyes.read_video.phase_probabilities",
        lambda rows, *_, **__: np.tile(dissecting, (len(rows), 1)),
    )
    told = lanes(tmp_path, heads, cholecystectomy(instrument__hook=ALWAYS, anatomy__cystic_duct=ALWAYS))

    assert told["kind"] == {"laparoscopic_cholecystectomy"}
    assert told["instrument"] == {"hook"}
    assert told["anatomy"] == {"cystic_duct"}


@pytest.mark.parametrize("said", [{STRANGENESS: 9.0}, {"body/outside": ALWAYS}])
def test_of_strange_frames_and_outside_the_body_nothing_is_told(
    tmp_path: Path, heads: TimelineHeads, said: dict[str, float]
) -> None:
    told = lanes(tmp_path, heads, cholecystectomy(instrument__hook=ALWAYS) | said)

    assert not told.keys() & {"instrument", "phase", "verb", "target", "anatomy"}


def test_what_is_watched_is_what_eyes_show_and_in_a_box_trainer_what_its_heads_show(heads: TimelineHeads) -> None:
    encoder: Any = Says({})
    with_eyes = ShippedEyes(encoder=encoder, heads=heads).watched
    encoder.eyes = None
    without = ShippedEyes(encoder=encoder, heads=heads).watched

    assert "anatomy/cystic_duct" in with_eyes.outputs - without.outputs
    assert without.outputs == frozenset(heads.shown)
    trainer = VideoKind.BOX_TRAINER
    assert with_eyes.labels_for(trainer) == without.labels_for(trainer)


def test_a_report_says_which_surgeries_the_weights_had_learnt_from() -> None:
    assert {"VID68", "VID70", "VID74"} <= trained_on(WEIGHTS)
    timeline = {"instrument_map": 0.5, "phase_accuracy": 0.5, "phase_macro_f1": 0.5}
    rule = {"rule_accuracy": 0.5, "rule_per_level": {"plan": 0.5}, "rule_flips": 0.5}
    report = {
        "answers_of": "weights",
        "seen_in_training": {"VID68": True, "VID99": False},
        "timeline": timeline | rule,
        "claims": {"supported_precision": None},
    }

    assert "learnt from: VID68\n" in table(report)
    assert "none of these surgeries" in table(report | {"seen_in_training": {"VID99": False}})
