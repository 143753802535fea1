"""The published splits of JIGSAWS, so that figures stand beside others': four folds, and each surgeon left out.

They are pickles, and a pickle can do anything: a process without our environment reads them, and only JSON comes back.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Literal

from inference.datasets.frames import DatasetInvalid
from inference.datasets.skill_folders import skill_folder

FOLDER = "jigsaws-splits"
TIMEOUT_S = 60
Scheme = Literal["4_fold", "louo"]
READ = """
import json, sys
import numpy
print(json.dumps(numpy.load(sys.argv[1], allow_pickle=True).item()))
"""

Folds = dict[str, tuple[tuple[str, ...], ...]]


def read(data: Path, scheme: Scheme) -> Folds:
    """task -> folds of trial names; a surgeon without trials of a task is no fold. Raises DatasetInvalid."""
    path = skill_folder(data, FOLDER) / "vtpe" / "metas" / f"JIGSAWS_split_{scheme}.npy"
    if not path.is_file():
        raise FileNotFoundError(2, "no such split", str(path))
    command = [sys.executable, "-I", "-c", READ, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False, env={})  # noqa: S603
    if done.returncode:
        raise DatasetInvalid(f"{path.name} can not be read: {done.stderr.strip().splitlines()[-1:]}")
    return {task: _folds(folds, path.name) for task, folds in json.loads(done.stdout).items()}


def _folds(folds: list[list[str]], where: str) -> tuple[tuple[str, ...], ...]:
    """Raises DatasetInvalid where a trial is in two folds."""
    names = [name for fold in folds for name in fold]
    if len(names) != len(set(names)):
        raise DatasetInvalid(f"{where}: a trial stands in two folds")
    return tuple(tuple(fold) for fold in folds if fold)
