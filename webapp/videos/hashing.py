"""SHA-256 of files too large for memory, and of parts of them: how stored bytes are compared with a client's file."""

import hashlib
from pathlib import Path

# static/js/lib/uploads/file_digest.js reads the same ends.
END_BYTES = 1024 * 1024
# The most that one answer hashes: it is read into memory.
RANGE_MAX_BYTES = 16 * 1024 * 1024


def sha256_of(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def ends_sha256_of(path: Path) -> str:
    """Of the first END_BYTES followed by the last END_BYTES; they overlap in a file shorter than both."""
    size_bytes = path.stat().st_size
    with path.open("rb") as source:
        digest = hashlib.sha256(source.read(END_BYTES))
        source.seek(max(0, size_bytes - END_BYTES))
        digest.update(source.read(END_BYTES))
    return digest.hexdigest()


def range_sha256_of(path: Path, *, start_bytes: int, end_bytes: int) -> str:
    """Of the bytes from `start_bytes` up to and without `end_bytes`, at most RANGE_MAX_BYTES."""
    with path.open("rb") as source:
        source.seek(start_bytes)
        return hashlib.sha256(source.read(end_bytes - start_bytes)).hexdigest()
