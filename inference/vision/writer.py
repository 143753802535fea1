"""Writes a feature store while frames stream by: memory is one bucket, however long the video.

Rows go to scratch files beside the destination; `finish` joins them under one safetensors header and renames the whole
into place, so a reader sees a complete store or none.
"""

import json
import os
import shutil
import struct
import tempfile
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import torch
from torch import Tensor

from inference.vision.backbone import FEATURE_DIM, NUM_PATCHES
from inference.vision.store import FORMAT, PREFIX_STRIDE, FeatureInfo

# As many buckets as a 12-hour video needs at its widest bucket stay under 350 MB of file.
MAX_BUCKETS_BEFORE_WIDENING = 512
MAX_FRAMES_PER_BUCKET = 16
NAMES = {torch.float16: "F16", torch.float32: "F32", torch.float64: "F64", torch.int32: "I32"}


def frames_per_bucket(num_frames: int) -> int:
    """A power of two: 1 up to 512 frames (every window exact), 2 up to 1,024, ... never more than 16."""
    width = 1
    while width < MAX_FRAMES_PER_BUCKET and num_frames > width * MAX_BUCKETS_BEFORE_WIDENING:
        width *= 2
    return width


class FeatureWriter:
    """Use as a context manager; leaving without `finish` leaves nothing behind."""

    def __init__(
        self,
        destination: Path,
        *,
        encoder_id: str,
        expected_frames: int,
        interval_s: float = 1.0,
        output_names: tuple[str, ...] = (),
        covering_id: str = "",
        heads_id: str = "",
    ) -> None:
        self._destination = destination
        self._encoder_id = encoder_id
        self._interval_s = interval_s
        self._output_names = output_names
        self._covering_id = covering_id
        self._heads_id = heads_id
        self._bucket_frames = frames_per_bucket(expected_frames)
        destination.parent.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(prefix=".features-", dir=destination.parent))
        self._frames = _Rows(self._folder / "frames", torch.float16, (FEATURE_DIM,))
        self._logits = _Rows(self._folder / "logits", torch.float16, (len(output_names),))
        self._sums = _Rows(self._folder / "sums", torch.float16, (NUM_PATCHES, FEATURE_DIM))
        self._prefixes = _Rows(self._folder / "prefixes", torch.float64, (NUM_PATCHES, FEATURE_DIM))
        self._counts = _Rows(self._folder / "counts", torch.int32, ())
        self._open_bucket: list[Tensor] = []
        self._running = torch.zeros(NUM_PATCHES, FEATURE_DIM, dtype=torch.float64)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for rows in (self._frames, self._logits, self._sums, self._prefixes, self._counts):
            rows.file.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def append(self, patches: Tensor, logits: Tensor | None = None) -> None:
        """patches : (B, 49, 1280) of the next B frames · logits : (B, C), where the tower has heads."""
        # From a GPU: the running sums and the files are in main memory.
        patches = patches.float().cpu()
        self._frames.append(patches.mean(dim=1))
        if self._output_names:
            if logits is None:
                raise ValueError("this store keeps logits, and none came")
            self._logits.append(logits)
        for frame in patches:
            self._open_bucket.append(frame)
            if len(self._open_bucket) == self._bucket_frames:
                self._close_bucket()

    def finish(self) -> FeatureInfo:
        """Puts the store in place. Raises ValueError if no frame came."""
        if not self._frames.num_rows:
            raise ValueError("a feature store needs at least one frame")
        if self._open_bucket:
            self._close_bucket()
        if self._sums.num_rows % PREFIX_STRIDE == 0:
            self._prefixes.append(self._running[None])  # the sum before the bucket after the last
        tensors = {
            "frame_features": self._frames,
            "bucket_patch_sums": self._sums,
            "bucket_counts": self._counts,
            "prefix_patch_sums": self._prefixes,
        }
        if self._output_names:
            tensors["frame_logits"] = self._logits
        _join(tensors, self._folder / "store", self._metadata())
        os.replace(self._folder / "store", self._destination)
        num_frames = self._frames.num_rows
        return FeatureInfo(encoder_id=self._encoder_id, num_frames=num_frames, duration_s=num_frames * self._interval_s)

    def _close_bucket(self) -> None:
        # Rounded before it is added up, so that prefix sums and bucket sums agree to the last bit.
        total = torch.stack(self._open_bucket).sum(dim=0).half()
        if self._sums.num_rows % PREFIX_STRIDE == 0:
            self._prefixes.append(self._running[None])
        self._sums.append(total[None])
        self._counts.append(torch.tensor([len(self._open_bucket)]))
        self._running += total.double()
        self._open_bucket.clear()

    def _metadata(self) -> dict[str, str]:
        return {
            "format": FORMAT,
            "encoder_id": self._encoder_id,
            "num_frames": str(self._frames.num_rows),
            "interval_s": str(self._interval_s),
            "bucket_s": str(self._bucket_frames * self._interval_s),
            "output_names": json.dumps(list(self._output_names)),
            "covering_id": self._covering_id,
            "heads_id": self._heads_id,
        }


class _Rows:
    """Rows of one tensor, appended to a file of raw little-endian numbers."""

    def __init__(self, path: Path, dtype: torch.dtype, row_shape: tuple[int, ...]) -> None:
        self.dtype = dtype
        self.row_shape = row_shape
        self.num_rows = 0
        self.file: BinaryIO = path.open("w+b")

    @property
    def num_bytes(self) -> int:
        return self.file.tell()

    def append(self, rows: Tensor) -> None:
        self.file.write(rows.to(self.dtype).cpu().contiguous().numpy().tobytes())
        self.num_rows += len(rows)


def _join(tensors: dict[str, _Rows], path: Path, metadata: dict[str, str]) -> None:
    """One safetensors file: length of the header, header, then the tensors' bytes in the header's order."""
    header: dict[str, object] = {"__metadata__": metadata}
    offset = 0
    # Widest numbers first keeps every tensor aligned to its own number size.
    ordered = sorted(tensors.items(), key=lambda item: -item[1].dtype.itemsize)
    for name, rows in ordered:
        end = offset + rows.num_bytes
        header[name] = {
            "dtype": NAMES[rows.dtype],
            "shape": [rows.num_rows, *rows.row_shape],
            "data_offsets": [offset, end],
        }
        offset = end
    encoded = json.dumps(header).encode()
    encoded += b" " * (-len(encoded) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(encoded)) + encoded)
        for _, rows in ordered:
            rows.file.seek(0)
            shutil.copyfileobj(rows.file, file)
        file.flush()
        os.fsync(file.fileno())
