"""Results that are kept under a name made of all they depend on, and written whole or not at all.

A name that leaves something out prints an old figure for a new question without a word.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
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
    """`path`; where it is not there yet, what `write` makes under another name, moved into place once it is whole."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # The ending stays: writers of arrays and pictures go by it.
        half_made = path.with_name(f".half-made-{path.name}")
        write(half_made)
        half_made.replace(path)
    return path
