"""The simulator's heads: their file, their rows in a store, their probabilities, their calibration."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from inference.errors import FeaturesStale, ModelMismatch, ModelUntrained
from inference.vision.artifacts import describe_simulator_heads
from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.outputs import SIMULATED_INSTRUMENT, TIMELINE_GESTURE
from inference.vision.simulated.heads import READ_NAMES, SimulatorHeads
from inference.vision.simulated.reader import ROW_WIDTH, PatchProjection, SequenceReader
from inference.vision.store import FeatureStore
from inference.vision.training.simulator_calibrate import UNCALIBRATED, fit_calibration
from inference.vision.training.simulator_targets import UNKNOWN, Targets
from inference.vision.writer import FeatureWriter
from tests.conftest import ROOT

SHIPPED = ROOT / "inference" / "weights" / "simulator_heads.safetensors"
TOWER = ROOT / "inference" / "weights" / "vision_tower.safetensors"


def untrained_heads(*, seed: int = 0, encoder_id: str = "tower-a") -> SimulatorHeads:
    torch.manual_seed(seed)
    return SimulatorHeads(PatchProjection(), SequenceReader(len(READ_NAMES)), UNCALIBRATED, encoder_id=encoder_id)


def write_store(path: Path, heads: SimulatorHeads, patches: torch.Tensor) -> FeatureStore:
    with FeatureWriter(
        path, encoder_id="tower-a", expected_frames=len(patches), output_names=("scene/simulator", *heads.row_names)
    ) as writer:
        writer.append(patches, torch.cat([torch.zeros(len(patches), 1), heads.rows(patches)], dim=1))
        writer.finish()
    return FeatureStore.open(path)


def test_what_is_loaded_is_what_was_saved(tmp_path: Path) -> None:
    heads = untrained_heads()
    heads.save(tmp_path / "heads.safetensors")
    loaded = SimulatorHeads.load(tmp_path / "heads.safetensors")
    patches = torch.rand(5, 49, 1280)
    assert loaded.row_names == heads.row_names
    assert loaded.calibration == heads.calibration
    np.testing.assert_allclose(loaded.logits(heads.rows(patches)), heads.logits(heads.rows(patches)), atol=1e-2)


@pytest.mark.parametrize("change", ["missing", "unknown"])
def test_a_file_with_other_keys_is_refused(tmp_path: Path, change: str) -> None:
    path = tmp_path / "heads.safetensors"
    untrained_heads().save(path)
    with safe_open(str(path), framework="pt") as file:
        metadata = file.metadata()
    tensors = load_file(path)
    if change == "missing":
        del tensors["outputs.bias"]
    else:
        tensors["another"] = torch.zeros(1)
    save_file(tensors, path, metadata=metadata)
    describe_simulator_heads(path, encoder_id="tower-a", heads_id="h")
    with pytest.raises(RuntimeError, match=r"outputs\.bias|another"):
        SimulatorHeads.load(path)


def test_heads_for_other_outputs_are_refused(tmp_path: Path) -> None:
    save_file({"weight": torch.zeros(1)}, tmp_path / "h", metadata={"output_names": '["simulator/gesture/reach"]'})
    describe_simulator_heads(tmp_path / "h", encoder_id="tower-a", heads_id="h")
    with pytest.raises(ModelUntrained):
        SimulatorHeads.load(tmp_path / "h")


def test_heads_of_another_tower_are_refused(tmp_path: Path) -> None:
    untrained_heads(encoder_id="tower-b").save(tmp_path / "heads.safetensors")
    with pytest.raises(ModelMismatch, match="tower-b"):
        FrameEncoder(EncoderOptions(weights=TOWER, simulator=tmp_path / "heads.safetensors"))


def test_the_shipped_heads_are_small_and_belong_to_the_shipped_tower() -> None:
    encoder = FrameEncoder(EncoderOptions(weights=TOWER, simulator=SHIPPED))
    assert SHIPPED.stat().st_size <= 1_500_000
    assert encoder.encoder_id == "efficientnet-lite0-surgical-35f1a94a2ab1"
    assert encoder.simulator is not None
    assert encoder.output_names[-ROW_WIDTH:] == encoder.simulator.row_names


def test_the_towers_own_logits_are_the_same_beside_the_simulators_rows() -> None:
    frames = torch.rand(2, 3, 224, 224) * 2 - 1
    plain = FrameEncoder(EncoderOptions(weights=TOWER))
    both = FrameEncoder(EncoderOptions(weights=TOWER, simulator=SHIPPED))
    alone, beside = plain.read(frames).rows, both.read(frames).rows
    assert alone is not None
    assert beside is not None
    assert both.output_names[: alone.shape[1]] == plain.output_names
    torch.testing.assert_close(beside[:, : alone.shape[1]], alone)


def test_a_video_is_read_from_its_store_alone(tmp_path: Path) -> None:
    heads, patches = untrained_heads(), torch.rand(6, 49, 1280)
    read = heads.read(write_store(tmp_path / "store", heads, patches))
    direct = heads.probabilities(heads.logits(heads.rows(patches)))
    assert set(read) == set(READ_NAMES)
    for name in READ_NAMES:
        np.testing.assert_allclose(read[name], direct[name], atol=1e-2)
    gestures = np.stack([read[name] for name in TIMELINE_GESTURE.output_names])
    np.testing.assert_allclose(gestures.sum(axis=0), 1)


def test_rows_of_other_heads_are_stale(tmp_path: Path) -> None:
    store = write_store(tmp_path / "store", untrained_heads(), torch.rand(3, 49, 1280))
    with pytest.raises(FeaturesStale):
        untrained_heads(seed=1).read(store)


def test_calibration_cools_answers_that_were_too_sure() -> None:
    random = np.random.default_rng(0)
    size = 600
    gestures = random.integers(0, 2, size)
    logits = random.normal(0, 1, (size, len(READ_NAMES)))
    first = READ_NAMES.index(TIMELINE_GESTURE.output_names[0])
    right = np.where(random.random(size) < 0.75, gestures, 1 - gestures)
    logits[:, first : first + len(TIMELINE_GESTURE.labels)] = -20.0
    logits[np.arange(size), first + right] = 10.0
    logits[np.arange(size), first + 1 - right] = 0.0
    targets = Targets(
        task=torch.zeros(size, dtype=torch.long),
        gesture=torch.from_numpy(gestures),
        hands=torch.zeros(size, 2, dtype=torch.long),
        phase=torch.cat([torch.tensor([0]), torch.full((size - 1,), UNKNOWN)]),
        instruments=torch.from_numpy(random.integers(0, 2, (size, len(SIMULATED_INSTRUMENT.labels)))),
        poses=torch.zeros(size, 12),
    )
    assert fit_calibration([logits], [targets]).temperature[TIMELINE_GESTURE.name] > 2
