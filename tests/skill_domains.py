"""A domain in the file layout of the A-VBANet authors' features."""

from pathlib import Path

import openpyxl
import torch


def write_domain(root: Path, key: str, rows: list[tuple[str, float, int]], files: dict[str, int]) -> None:
    folder = root / "a-vbanet" / "input" / f"SS_feats_{key}_8"
    folder.mkdir(parents=True)
    for name, length in files.items():
        torch.save(torch.rand(8, 1, length), folder / f"{name}.pt")
    book = openpyxl.Workbook()
    book.active.append(["Names", "Scores", "Scores_Binary"])
    for row in rows:
        book.active.append(list(row))
    book.save(root / "a-vbanet" / "input" / f"meta_{key}.xlsx")
