"""python -m inference.llava_surg.surg_qa.align --out DIR [--truth F.truth.json ...] [--cholect50 DIR]

Writes concept alignment records by split and prints their counts.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from inference.errors import InferenceError
from inference.llava_surg.surg_qa.concepts import concept_record
from inference.llava_surg.surg_qa.records import SPLITS, Record
from inference.llava_surg.surg_qa.report import write_json
from inference.llava_surg.surg_qa.windows import Window, cholect50_windows, simulator_windows


def windows(truths: list[Path], cholect50: Path | None) -> Iterator[Window]:
    for path in truths:
        yield from simulator_windows(json.loads(path.read_text(encoding="utf-8")))
    for label_file in sorted((cholect50 / "labels").glob("*.json")) if cholect50 else []:
        yield from cholect50_windows(label_file)


def write_records(records: list[Record], folder: Path) -> dict[str, dict[str, int]]:
    """One file for each split; returns counts of records by split and of pairs by level."""
    folder.mkdir(parents=True, exist_ok=True)
    by_split = {split: [record for record in records if record["meta"]["split"] == split] for split in SPLITS}
    for split, rows in by_split.items():
        write_json(folder / f"{split}.json", rows)
    levels = Counter(level for record in records for level in record["meta"]["levels"])
    return {"num_records": {split: len(rows) for split, rows in by_split.items()}, "pairs_by_level": dict(levels)}


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m inference.llava_surg.surg_qa.align")
    arguments.add_argument("--truth", type=Path, nargs="*", default=[], help="truth files of the simulator")
    arguments.add_argument("--cholect50", type=Path, default=None, help="a folder with labels/*.json")
    arguments.add_argument("--out", type=Path, required=True)
    options = arguments.parse_args()
    try:
        found = [record for window in windows(options.truth, options.cholect50) if (record := concept_record(window))]
        print(json.dumps(write_records(found, options.out)))
    except (InferenceError, OSError, ValueError, KeyError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
