"""SHA-256 of uploads while they arrive, so that a finished one need not be read again.

Only a short cut: kept in this process's memory, for the uploads seen last. Where one is missing or does not fit (the
server was restarted, another process took a chunk), the file is read at the end.
"""

import hashlib
import threading
import uuid
from collections import OrderedDict

MAX_KEPT = 256


class RunningDigest:
    """The hash of the first `num_bytes` bytes of an upload, or nothing once bytes were missed."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._num_bytes = 0
        self._is_broken = False

    def fits(self, offset_bytes: int) -> bool:
        return not self._is_broken and self._num_bytes == offset_bytes

    def update(self, data: bytes) -> None:
        self._hash.update(data)
        self._num_bytes += len(data)

    def forget(self) -> None:
        self._is_broken = True

    def hexdigest(self, *, size_bytes: int) -> str:
        """Empty if it is not the hash of exactly `size_bytes`."""
        return self._hash.hexdigest() if self.fits(size_bytes) else ""


class Digests:
    def __init__(self) -> None:
        self._kept: OrderedDict[uuid.UUID, RunningDigest] = OrderedDict()
        self._lock = threading.Lock()

    def at(self, upload_id: uuid.UUID, *, offset_bytes: int) -> RunningDigest:
        """The upload's running hash, made anew (and of use only from byte 0) if the kept one does not fit."""
        with self._lock:
            digest = self._kept.pop(upload_id, None)
            if digest is None or not digest.fits(offset_bytes):
                digest = RunningDigest()
            if offset_bytes and not digest.fits(offset_bytes):
                digest.forget()
            self._kept[upload_id] = digest
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
            return digest

    def drop(self, upload_id: uuid.UUID) -> None:
        with self._lock:
            self._kept.pop(upload_id, None)
