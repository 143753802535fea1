"""The A-VBANet authors' own inputs: eight self-supervised features a frame, one folder and one table a domain.

A domain KEY is `SS_feats_KEY_8/*.pt`, tensors (8, 1, T), and `meta_KEY.xlsx` with Names, Scores, Scores_Binary. Any KEY
that lies there is read, so another operating room needs no code. Trials of JIGSAWS were filmed by two cameras at 30 Hz
(`NAME_capture1.pt`); the rest is about 1 Hz. Research use only: never to train what is shipped.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openpyxl
import torch
from numpy.typing import NDArray
from scipy.signal import resample

from inference.datasets.frames import DatasetInvalid
from inference.datasets.skill_folders import skill_folder

FOLDER = "a-vbanet"
FEATURES = re.compile(r"^SS_feats_(?P<key>.+)_8$")
CAPTURE = re.compile(r"^(?P<trial>.+)_capture\d+$")
CAPTURE_HZ = 30
# JIGSAWS: the letter before the trial's number is the surgeon. FLS: S<subject>D<day>T<trial>. STB: E01_01.
SUBJECTS = (
    re.compile(r"^[A-Za-z]+_[A-Za-z]+_(?P<subject>[A-Z])\d+$"),
    re.compile(r"^Suturing_(?P<subject>[A-Z])\d+$"),
    re.compile(r"^[LS](?P<subject>\d+)D\d+T\d+$"),
    re.compile(r"^(?P<subject>[A-Za-z]+\d+)_\d+$"),
)
ORDER = ("STB", "PC", "ST", "NP", "KT")

Views = tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillTrial:
    """One performance. views : one or two of shape (T, 8), float32, about a row a second · label : 0 is the lowest."""

    name: str
    subject: str
    label: int
    score: float
    views: Views

    @property
    def duration_s(self) -> float:
        return float(np.mean([len(view) for view in self.views]))


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillDomain:
    """`num_missing` : rows of the table without features; they are left out."""

    key: str
    trials: tuple[SkillTrial, ...]
    num_missing: int = 0

    @property
    def labels(self) -> NDArray[np.int64]:
        return np.array([trial.label for trial in self.trials], dtype=np.int64)

    @property
    def num_classes(self) -> int:
        return int(self.labels.max()) + 1

    @property
    def subjects(self) -> tuple[str, ...]:
        return tuple(trial.subject for trial in self.trials)


def read(data: Path) -> list[SkillDomain]:
    """Every domain that lies there, the authors' five first. Raises FileNotFoundError, or DatasetInvalid."""
    root = skill_folder(data, FOLDER)
    root = root / "input" if (root / "input").is_dir() else root
    keys = [found["key"] for path in sorted(root.iterdir()) if (found := FEATURES.match(path.name))]
    if not keys:
        raise DatasetInvalid(f"{root.name} holds no SS_feats_*_8")
    keys.sort(key=lambda key: (ORDER.index(key) if key in ORDER else len(ORDER), key))
    return [_domain(root, key) for key in keys]


def subject_of(name: str) -> str:
    """Who performed, as far as the trial's name tells; each trial is somebody's own where it does not."""
    matches = (pattern.match(name) for pattern in SUBJECTS)
    return next((found["subject"] for found in matches if found), name)


def _domain(root: Path, key: str) -> SkillDomain:
    files = _files(root / f"SS_feats_{key}_8")
    rows = _rows(root / f"meta_{key}.xlsx")
    trials = [_trial(row, paths, where=f"meta_{key}.xlsx") for row in rows if (paths := files.get(_same(row["Names"])))]
    if not trials:
        raise DatasetInvalid(f"meta_{key}.xlsx names no trial that SS_feats_{key}_8 holds")
    return SkillDomain(key=key, trials=tuple(trials), num_missing=len(rows) - len(trials))


def _files(folder: Path) -> dict[str, list[Path]]:
    """Trial's name -> its one or two files."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.pt")):
        capture = CAPTURE.match(path.stem)
        found.setdefault(_same(capture["trial"] if capture else path.stem), []).append(path)
    return found


def _same(name: object) -> str:
    """Spaces, dashes and case aside; FLS trials are S<subject>... in the table and L<subject>... on disk."""
    plain = re.sub(r"[^a-z0-9]", "", str(name).casefold())
    return re.sub(r"^l(?=\d+d\d+t\d+$)", "s", plain)


def _rows(path: Path) -> list[Mapping[str, object]]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    head, *rows = list(book.worksheets[0].iter_rows(values_only=True))
    book.close()
    named = [{str(key): value for key, value in zip(head, row, strict=False) if key is not None} for row in rows]
    return [row for row in named if row.get("Names") is not None]


def _trial(row: Mapping[str, object], paths: list[Path], *, where: str) -> SkillTrial:
    name = str(row["Names"]).strip()
    try:
        label, score = int(float(str(row["Scores_Binary"]))), float(str(row["Scores"]))
    except (KeyError, ValueError) as error:
        raise DatasetInvalid(f"{where}, {name}: no label or score: {error}") from error
    views = tuple(_series(path) for path in paths)
    return SkillTrial(name=name, subject=subject_of(name), label=label, score=score, views=views)


def _series(path: Path) -> NDArray[np.float32]:
    """(8, 1, T) on disk -> (T, 8), a row a second."""
    tensor = torch.load(path, weights_only=True, map_location="cpu")
    if tensor.ndim != 3 or tensor.shape[1] != 1:
        raise DatasetInvalid(f"{path.name} is no (channels, 1, time) tensor")
    values = tensor[:, 0].numpy().T.astype(np.float32)
    if CAPTURE.match(path.stem):
        values = resample(values, max(1, len(values) // CAPTURE_HZ), axis=0)
    return np.ascontiguousarray(values, dtype=np.float32)
