"""Records by split and the count of everything: clips, statements, pairs, and what fell by which rule."""

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict

from inference.llava_surg.surg_qa.journal import Entry
from inference.llava_surg.surg_qa.records import SPLITS, Record

REPORT_NAME = "report.json"


class Report(TypedDict):
    """Counts of the last lecture; `num_records` is of all lectures in the folder, by split."""

    video_id: str
    num_clips: int
    num_clips_with_record: int
    num_clips_without_record: int
    num_statements: int
    num_pairs: int
    pairs_by_level: dict[str, int]
    dropped_cues: dict[str, int]
    rejected_clips: dict[str, int]
    rejected_items: dict[str, int]
    removed_identifiers: dict[str, int]
    num_records: dict[str, int]


def write_results(
    folder: Path,
    entries: Iterable[Entry],
    *,
    video_id: str,
    clip_ids: set[str],
    dropped_cues: Counter[str],
    rejected_clips: Counter[str],
    removed_identifiers: Counter[str],
) -> Report:
    """<split>.json for each split, from the journal; report.json. Files appear whole or not at all."""
    known = list(entries)
    records = sorted((e.record for e in known if e.record), key=lambda r: (r["id"].split("/")[0], r["meta"]["start_s"]))
    by_split = {split: [r for r in records if r["meta"]["split"] == split] for split in SPLITS}
    for split, rows in by_split.items():
        write_json(folder / f"{split}.json", rows)
    mine = [entry for entry in known if entry.clip_id in clip_ids]
    kept = [entry.record for entry in mine if entry.record]
    rejected_items: Counter[str] = sum((Counter(entry.rejected) for entry in mine), Counter())
    report = Report(
        video_id=video_id,
        num_clips=len(mine),
        num_clips_with_record=len(kept),
        num_clips_without_record=len(mine) - len(kept),
        num_statements=sum(entry.num_statements for entry in mine),
        num_pairs=sum(entry.num_pairs for entry in mine),
        pairs_by_level=dict(_levels(kept)),
        dropped_cues=dict(sorted(dropped_cues.items())),
        rejected_clips=dict(sorted(rejected_clips.items())),
        rejected_items=dict(sorted(rejected_items.items())),
        removed_identifiers=dict(sorted(removed_identifiers.items())),
        num_records={split: len(rows) for split, rows in by_split.items()},
    )
    write_json(folder / REPORT_NAME, report)
    return report


def _levels(records: Iterable[Record]) -> Counter[str]:
    return Counter(level for record in records for level in record["meta"]["levels"])


def write_json(path: Path, value: object) -> None:
    """Whole or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
