"""A skill encoder that is ready to score: its network, its rows, its calibration; and its file."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save_file

from inference.avbanet.calibrate import Calibration
from inference.avbanet.encoder import EncoderShape, SkillEncoder
from inference.avbanet.heads import Head, prototype_head
from inference.avbanet.reference import SkillSequence
from inference.models.artifact import open_artifact
from inference.models.manifest import Need, describe
from inference.vision.weights import weights_hash

FORMAT = "debrief-skill-encoder-1"
ID_PREFIX = "skill-encoder"
CARD = "avbanet"
SECONDS_PER_MOMENT = 5

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Read:
    """One sequence through the encoder.

    moments, weights : (T, E), as Encoded · mistakes : (T,), as Encoded · embedding : (E,) · row : (D,), mean scaled row
    """

    moments: Values
    weights: Values
    mistakes: Values
    row: Values

    @property
    def embedding(self) -> Values:
        return np.asarray((self.weights * self.moments).sum(axis=0))


@dataclass(frozen=True)
class SkillModel:
    """`features` : the version of rows it reads, as SkillSequence.encoder has it."""

    encoder: SkillEncoder
    features: str
    calibration: Calibration

    @cached_property
    def version(self) -> str:
        """Of the weights: a scorer adapted with others is refused."""
        return f"{ID_PREFIX}-{weights_hash(self.encoder)}"

    def head(self, embedded: Sequence[Values]) -> Head:
        """embedded : (N, E) of each level, lowest first · returns : nearest level as a linear head, double precision"""
        means = torch.from_numpy(np.stack([one.mean(axis=0) for one in embedded]))
        shots = float(np.mean([len(one) for one in embedded]))
        with torch.inference_mode():
            return prototype_head(self._exact.centres(means, shots))

    def read(self, sequence: SkillSequence) -> Read:
        return self.read_all([sequence])[0]

    def read_all(self, sequences: Sequence[SkillSequence]) -> list[Read]:
        """In one pass; each comes out as if it were alone, to rounding."""
        longest = max(len(sequence.times_s) for sequence in sequences)
        width = self.encoder.shape.width
        values = torch.zeros(len(sequences), longest, width, dtype=torch.float64)
        usable = torch.zeros(len(sequences), longest, dtype=torch.bool)
        for row, sequence in enumerate(sequences):
            values[row, : len(sequence.times_s)] = torch.from_numpy(sequence.values.astype(np.float64))
            usable[row, : len(sequence.times_s)] = torch.from_numpy(sequence.usable)
        with torch.inference_mode():
            encoded = self._exact(values, usable)
            scaled = (values - self._exact.mean) / self._exact.scale
        return [
            Read(
                moments=encoded.moments[row, :length].numpy(),
                weights=encoded.weights[row, :length].numpy(),
                mistakes=encoded.mistakes[row, :length].numpy(),
                row=scaled[row, :length][usable[row, :length]].mean(dim=0).numpy(),
            )
            for row, length in enumerate(len(sequence.times_s) for sequence in sequences)
        ]

    @cached_property
    def _exact(self) -> SkillEncoder:
        """In double precision: it costs nothing at this size, and a batch then changes no digit that is shown."""
        exact = SkillEncoder(self.encoder.shape).double()
        exact.load_state_dict(self.encoder.state_dict())
        return exact.eval()


def model_save(
    model: SkillModel, path: Path, *, trained_on: Sequence[str], tower_id: str, facts: dict[str, object]
) -> None:
    """Weights, and the manifest that names the tower without which its rows mean nothing."""
    metadata = {
        "format": FORMAT,
        "features": model.features,
        "shape": json.dumps(asdict(model.encoder.shape)),
        "calibration": json.dumps(asdict(model.calibration)),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous() for name, value in model.encoder.state_dict().items()}, path, metadata)
    describe(
        path,
        [path],
        kind="scorer",
        name=path.stem,
        artifact_id=model.version,
        needs=[Need(kind="tower", id=tower_id)],
        licence="as the project",
        trained_on=trained_on,
        card=CARD,
        facts=facts,
    )


def load_skill_model(path: Path) -> SkillModel:
    """Raises ModelMissing without the file or its manifest, ModelError if it is not the file that was measured."""
    open_artifact(path, kind="scorer")
    with safe_open(str(path), framework="pt", device="cpu") as file:
        metadata = file.metadata() or {}
        state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    fields = json.loads(metadata["shape"])
    encoder = SkillEncoder(EncoderShape(**{**fields, "dilations": tuple(fields["dilations"])}))
    encoder.load_state_dict(state, strict=True)
    calibration = Calibration(**json.loads(metadata["calibration"]))
    return SkillModel(encoder.eval(), metadata["features"], calibration)
