"""The bytes of one upload on their way in: a file with a lock that the kernel frees if its holder dies."""

import fcntl
import os
from pathlib import Path
from types import TracebackType


class PartBusy(Exception):
    """Another request is writing this upload."""


class PartFile:
    """An upload's part file, locked while it is open. Blocking: use it in threads."""

    def __init__(self, path: Path) -> None:
        """Creates the file if it is not there. Raises PartBusy at once if it is locked."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._descriptor)
            raise PartBusy from error

    def __enter__(self) -> "PartFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        os.close(self._descriptor)

    @property
    def size_bytes(self) -> int:
        return os.fstat(self._descriptor).st_size

    def append(self, data: bytes) -> None:
        """Raises OSError when the disk is full; `size_bytes` then says how much of `data` went in."""
        left = memoryview(data)
        while left:
            left = left[os.write(self._descriptor, left) :]

    def sync(self) -> None:
        os.fsync(self._descriptor)

    def truncate(self, size_bytes: int) -> None:
        os.ftruncate(self._descriptor, size_bytes)
        os.fsync(self._descriptor)

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)
