"""The eyes as one file (inference/weights/eyes.safetensors): branch, early and kind head, readers, how sure to be.

In two steps, like the simulator's heads: while frames are encoded, each becomes a row of the feature store; when a
timeline is made, the rows of the whole video are read. Rows of other eyes are recognised by name.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from inference.errors import FeaturesStale, ModelUntrained
from inference.models.artifact import open_artifact
from inference.vision.artifacts import describe_eyes
from inference.vision.backbone import imagenet_backbone
from inference.vision.eyes.branch import EyesBranch
from inference.vision.eyes.early_head import EarlyHead
from inference.vision.eyes.early_statistics import statistics
from inference.vision.eyes.kind_head import NUM_LOOKS, KindHead
from inference.vision.eyes.phase_reader import PhaseReader
from inference.vision.eyes.settings import EyesSettings
from inference.vision.fused import run_late
from inference.vision.outputs import EYES_NAMES, KIND
from inference.vision.smoothing import Values
from inference.vision.store import FeatureStore
from inference.vision.weights import weights_hash

STRANGENESS = "scene/strangeness"
LOOKS = tuple(f"look/{index}" for index in range(NUM_LOOKS))
ROW_NAMES = (*EYES_NAMES, *KIND.output_names, STRANGENESS, *LOOKS)


class Eyes:
    """Thread-safe once built: looking only reads the weights."""

    def __init__(
        self,
        branch: EyesBranch,
        kind_head: KindHead,
        early_head: EarlyHead,
        readers: Sequence[PhaseReader],
        settings: EyesSettings,
        *,
        encoder_id: str,
    ) -> None:
        self.branch = branch.eval().requires_grad_(False)
        self.kind_head = kind_head.eval().requires_grad_(False)
        self.early_head = early_head.eval().requires_grad_(False)
        self.readers = [reader.eval().requires_grad_(False) for reader in readers]
        self.settings = settings
        self._is_fused = False
        # What makes rows, and all that reads them: the latter may be replaced without looking again.
        self.rows_id = weights_hash(self.branch, self.kind_head, self.early_head)
        said = hashlib.sha256(json.dumps(asdict(settings), sort_keys=True).encode()).hexdigest()
        self.eyes_id = f"{weights_hash(self.branch, self.kind_head, self.early_head, *self.readers)}-{said[:12]}"
        self.encoder_id = encoder_id

    @property
    def row_names(self) -> tuple[str, ...]:
        return ROW_NAMES

    @classmethod
    def load(cls, path: Path) -> "Eyes":
        """Strictly: a missing or unknown key is an error. Raises ModelUntrained if the file's outputs are not ours."""
        open_artifact(path, kind="eyes")
        with safe_open(str(path), framework="pt", device="cpu") as file:
            metadata = file.metadata() or {}
            state = {key: file.get_tensor(key).float() for key in file.keys()}  # noqa: SIM118 - not a mapping
        if tuple(json.loads(metadata.get("output_names", "[]"))) != EYES_NAMES:
            raise ModelUntrained(f"{path.name} was trained for other outputs")
        branch, kind_head, early_head = EyesBranch(imagenet_backbone(), EYES_NAMES), KindHead(), EarlyHead()
        branch.load_state_dict(_under("branch.", state))
        kind_head.load_state_dict(_under("kind_head.", state))
        early_head.load_state_dict(_under("early_head.", state))
        readers = []
        for index in range(int(metadata["num_readers"])):
            own = _under(f"readers.{index}.", state)
            reader = PhaseReader(len(own["mean"]))
            reader.load_state_dict(own)
            readers.append(reader)
        settings = _settings(json.loads(metadata["settings"]))
        return cls(branch, kind_head, early_head, readers, settings, encoder_id=metadata["encoder_id"])

    def save(self, path: Path) -> None:
        """float16, with the names of the outputs and the settings; the manifest beside it."""
        parts: dict[str, torch.nn.Module] = {
            "branch": self.branch,
            "kind_head": self.kind_head,
            "early_head": self.early_head,
        }
        parts |= {f"readers.{index}": reader for index, reader in enumerate(self.readers)}
        tensors = {
            f"{name}.{key}": value.half().contiguous()
            for name, part in parts.items()
            for key, value in part.state_dict().items()
        }
        metadata = {
            "encoder_id": self.encoder_id,
            "output_names": json.dumps(EYES_NAMES),
            "num_readers": str(len(self.readers)),
            "settings": json.dumps(asdict(self.settings)),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(tensors, path, metadata=metadata)
        describe_eyes(path, encoder_id=self.encoder_id, trained_on=self.settings.trained_on)

    def rows(self, hidden: Tensor, last: Tensor) -> Tensor:
        """hidden, last : (B, 192, 7, 7), what the branch's first block and the tower's last block read; left as they
        are · returns : (B, C), float32, named by `row_names`."""
        with torch.inference_mode():
            logits = self.branch.heads(self._maps(hidden).flatten(2).transpose(1, 2).float())
            values = statistics(last)
            return torch.cat([self.early_head.added_to(logits, values), self.kind_head.of_statistics(values)], dim=1)

    def _maps(self, hidden: Tensor) -> Tensor:
        """returns : (B, 1280, 7, 7)"""
        if self._is_fused:
            # Fused blocks add into what they are given.
            return run_late(list(self.branch.blocks), self.branch.head, hidden.clone())
        return self.branch.maps(hidden)

    def place(self, device: torch.device, dtype: torch.dtype, *, is_fused: bool) -> None:
        """Where frames are encoded; the readers over time stay on the CPU. `dtype`, `is_fused`: as the backbone is."""
        for part in (self.branch.blocks, self.branch.head):
            part.to(device, dtype).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.branch.heads.to(device)
        self.kind_head.to(device)
        self.early_head.to(device)
        self._is_fused = is_fused

    def stored_rows(self, store: FeatureStore) -> Values:
        """returns : (T, C), columns ROW_NAMES, of a store opened for this encoder's `heads_id`. Raises FeaturesStale if
        it has none."""
        logits = store.frame_logits()
        if logits is None or store.output_names[: len(ROW_NAMES)] != ROW_NAMES:
            raise FeaturesStale("the stored rows were not made by these eyes")
        return np.asarray(logits[:, : len(ROW_NAMES)].double().numpy())


def _settings(fields: dict[str, Any]) -> EyesSettings:
    platt = {name: (slope, offset) for name, (slope, offset) in fields.pop("platt").items()}
    shown, trained_on = tuple(fields.pop("shown")), tuple(fields.pop("trained_on"))
    return EyesSettings(platt=platt, shown=shown, trained_on=trained_on, **fields)


def _under(prefix: str, state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
