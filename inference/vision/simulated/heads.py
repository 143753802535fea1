"""Reads simulated videos: rows while encoding, calibrated probabilities when a timeline is made.

One safetensors file of our own beside the tower (inference/weights/simulator_heads.safetensors), trained by
`python -m inference.train simulator-heads`. It belongs to one tower; rows of other heads are recognised by name.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from inference.errors import FeaturesStale, ModelUntrained
from inference.models.artifact import open_artifact
from inference.vision.artifacts import SIMULATOR_LICENCE, describe_simulator_heads
from inference.vision.backbone import NUM_PATCHES
from inference.vision.outputs import (
    SIMULATED_INSTRUMENT,
    SIMULATED_PHASE,
    SIMULATED_TASK,
    SIMULATOR_ROWS,
    TIMELINE_GESTURE,
    columns_of,
)
from inference.vision.simulated.reader import NUM_CHANNELS, ROW_WIDTH, PatchProjection, SequenceReader
from inference.vision.smoothing import Values
from inference.vision.store import FeatureStore
from inference.vision.weights import weights_hash

READ_GROUPS = (SIMULATED_TASK, SIMULATED_INSTRUMENT, TIMELINE_GESTURE, SIMULATED_PHASE)
READ_NAMES = tuple(name for group in READ_GROUPS for name in group.output_names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """`temperature` : of each exclusive group · `platt` : (slope, offset) of each yes/no output."""

    temperature: Mapping[str, float]
    platt: Mapping[str, tuple[float, float]]


class SimulatorHeads:
    """Thread-safe once built: reading only reads the weights."""

    def __init__(
        self, projection: PatchProjection, reader: SequenceReader, calibration: Calibration, *, encoder_id: str
    ) -> None:
        self.projection = projection.eval()
        self.reader = reader.eval()
        self.calibration = calibration
        self.encoder_id = encoder_id
        digest = hashlib.sha256(projection.project.weight.detach().cpu().half().numpy().tobytes()).hexdigest()[:8]
        settings = json.dumps(asdict(calibration), sort_keys=True)
        self.heads_id = (
            f"{weights_hash(self.projection, self.reader)}-{hashlib.sha256(settings.encode()).hexdigest()[:12]}"
        )
        self.row_names = tuple(f"{SIMULATOR_ROWS}/{digest}-{index}" for index in range(ROW_WIDTH))

    @classmethod
    def load(cls, path: Path) -> "SimulatorHeads":
        """Strictly: a missing or unknown key is an error. Raises ModelUntrained if the file's outputs are not ours."""
        open_artifact(path, kind="simulator_heads")
        with safe_open(str(path), framework="pt", device="cpu") as file:
            metadata = file.metadata() or {}
            state = {key: file.get_tensor(key).float() for key in file.keys()}  # noqa: SIM118 - not a mapping
        if tuple(json.loads(metadata.get("output_names", "[]"))) != READ_NAMES:
            raise ModelUntrained(f"{path.name} was trained for other outputs")
        projection, reader = PatchProjection(), SequenceReader(len(READ_NAMES))
        projection.load_state_dict({"project.weight": state.pop("weight"), "project.bias": state.pop("bias")})
        reader.load_state_dict(state, strict=True)
        fields = json.loads(metadata["calibration"])
        platt = {name: (slope, offset) for name, (slope, offset) in fields["platt"].items()}
        calibration = Calibration(temperature=fields["temperature"], platt=platt)
        return cls(projection, reader, calibration, encoder_id=metadata["encoder_id"])

    def save(self, path: Path) -> None:
        """float16, with the names of the outputs, the calibration and the terms; the manifest beside it."""
        tensors = dict(self.reader.state_dict()) | dict(self.projection.project.state_dict())
        metadata = {
            "encoder_id": self.encoder_id,
            "output_names": json.dumps(READ_NAMES),
            "calibration": json.dumps(asdict(self.calibration)),
            "licence": SIMULATOR_LICENCE,
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        halves = {key: value.to(torch.float16).contiguous() for key, value in tensors.items()}
        save_file(halves, path, metadata=metadata)
        describe_simulator_heads(path, encoder_id=self.encoder_id, heads_id=self.heads_id)

    def rows(self, patches: Tensor) -> Tensor:
        """patches : (B, 49, 1280) · returns : (B, 784), float32: what a feature store keeps of each frame."""
        with torch.inference_mode():
            projected: Tensor = self.projection(patches.to(self.projection.project.weight.device))
        return projected.flatten(1)

    def logits(self, rows: Tensor, *, alone: bool = False) -> Values:
        """rows : (T, 784), of a whole video, a second apart · returns : (T, C), columns named by READ_NAMES.

        `alone` : each frame beside the video's mean, but without its neighbours.
        """
        placed = rows.float().reshape(1, len(rows), NUM_PATCHES, NUM_CHANNELS)
        read = self.reader.alone if alone else self.reader
        with torch.inference_mode():
            return np.asarray(read(placed, placed.mean(dim=1, keepdim=True))[0].double().numpy())

    def probabilities(self, logits: Values) -> dict[str, Values]:
        """logits : (T, C) · returns : by output's name (T,), calibrated; those of an exclusive group sum to 1."""
        found: dict[str, Values] = {}
        for group in READ_GROUPS:
            said = logits[:, columns_of(group.name, READ_NAMES)]
            if group.is_exclusive:
                columns = softmax(said / self.calibration.temperature[group.name]).T
            else:
                slope, offset = np.array([self.calibration.platt[name] for name in group.output_names]).T
                columns = (1 / (1 + np.exp(-(slope * said + offset)))).T
            found.update(zip(group.output_names, columns, strict=True))
        return found

    def read(self, store: FeatureStore) -> dict[str, Values]:
        """What the stored rows of a video say. Raises FeaturesStale if the store has none that these heads made."""
        logits = store.frame_logits()
        if logits is None or store.output_names[-ROW_WIDTH:] != self.row_names:
            raise FeaturesStale("the stored rows were not made by these simulator heads")
        return self.probabilities(self.logits(logits[:, -ROW_WIDTH:]))


def softmax(logits: Values) -> Values:
    """logits : (T, C) · returns : (T, C), rows sum to 1."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
