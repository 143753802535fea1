"""What the simulator draws today, in one word: what another one drew is drawn again.

A version is easily left alone when the code moves, so it is the code itself that is hashed, without its comments,
docstrings and layout, and the libraries that draw.
"""

import ast
from functools import cache
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np

FOLDER = Path(__file__).parent


@cache
def simulator_fingerprint() -> str:
    """12 hexadecimal characters."""
    return fingerprint_of(FOLDER)


def fingerprint_of(folder: Path) -> str:
    digest = sha256(f"{np.__version__} {cv2.__version__}".encode())
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"{path.relative_to(folder)} {_code(path)}".encode())
    return digest.hexdigest()[:12]


def _code(path: Path) -> str:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)
