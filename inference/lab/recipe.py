"""Results that are kept under a name made of all they depend on, and written whole or not at all.

A name that leaves something out prints an old figure for a new question without a word.
"""

import fcntl
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

KEY_CHARS = 16


def recipe_key(*facts: object, files: Iterable[Path] = (), arrays: Iterable[NDArray[np.generic]] = ()) -> str:
    """`facts` as JSON, in their order; `files` and `arrays` by their bytes. 16 hexadecimal characters."""
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for path in files:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for array in arrays:
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:KEY_CHARS]


def kept(path: Path, write: Callable[[Path], object]) -> Path:
    """`path`; where it is not there yet, what `write` makes under another name, moved into place once it is whole.

    Two runs that want the same make it once: the second waits and finds it. One that died leaves no lock behind.
    """
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with alone(path):
        if not path.exists():
            replaced(path, write)
    return path


def replaced(path: Path, write: Callable[[Path], object]) -> None:
    """What `write` makes under another name, moved into place once it is whole."""
    # The ending stays: writers of arrays and pictures go by it.
    half_made = path.with_name(f".half-made-{path.name}")
    write(half_made)
    half_made.replace(path)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """No other run makes `path` meanwhile.

    The lock goes with the process that holds it; its empty file stays, or another might lock one that is gone.
    """
    with path.with_name(f".lock-{path.name}").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"another run is making {path.name}; waiting for it", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
