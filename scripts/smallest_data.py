"""The smallest data that every training and evaluation runs through: a few frames of each video of each set.

    .venv/bin/python scripts/smallest_data.py DATA OUT [FRAMES]

Whether a command works from end to end, and goes on after a stop, shows on it in minutes; no figure of it means
anything. Pictures are links to those of DATA.
"""

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

NUM_FRAMES, NUM_VIDEOS, NUM_STRETCHES = 12, 6, 4
# Of each set the column that names a row's video.
TABLES = {"cholec80-phases": "video", "endoscapes": "video", "gynsurg-bleeding": "case"}
LINES = {"m2cai16-tool-boxes": "cholec80_video", "surgery-or-not": "source"}


def main() -> int:
    given = sys.argv[1:]
    if len(given) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    data, out = Path(given[0]).resolve(), Path(given[1])
    num_frames = int(given[2]) if len(given) == 3 else NUM_FRAMES
    cholect50(data / "cholect50", out / "cholect50", num_frames)
    for name, column in TABLES.items():
        table(data / name, out / name, column, num_frames)
    for name, column in LINES.items():
        lines(data / name, out / name, column, num_frames)
    pictures = sorted((data / "stanford-frames/images").glob("*.jpg"))
    link(few(pictures, lambda path: path.stem.partition("-")[0], num_frames), data, out)
    link(few(sorted((data / "other-endoscopy").glob("*/*.jpg")), lambda path: path.parent.name, num_frames), data, out)
    return 0


def cholect50(data: Path, out: Path, num_frames: int) -> None:
    """Stretches far apart, so that several phases are among them."""
    for path in sorted((data / "labels").glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        seconds = sorted(content["annotations"], key=int)
        starts = [len(seconds) * part // NUM_STRETCHES for part in range(NUM_STRETCHES)]
        kept = [second for start in starts for second in seconds[start : start + num_frames]]
        content["annotations"] = {second: content["annotations"][second] for second in kept}
        write(out / "labels" / path.name, json.dumps(content))
        names = {f"{int(second):06d}" for second in kept}
        frames = [frame for frame in sorted((data / "videos" / path.stem).iterdir()) if frame.stem in names]
        link(frames, data, out)


def table(data: Path, out: Path, column: str, num_frames: int) -> None:
    with (data / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        columns, kept = rows.fieldnames or [], few(rows, lambda row: row[column], num_frames)
    out.mkdir(parents=True, exist_ok=True)
    with (out / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(kept)
    stems = {Path(row["file"]).stem for row in kept}
    link([path for path in sorted(data.glob("*/*")) if path.stem in stems], data, out)


def lines(data: Path, out: Path, column: str, num_frames: int) -> None:
    rows = [json.loads(line) for line in (data / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    kept = few([row for row in rows if row.get("file")], lambda row: row[column], num_frames)
    write(out / "labels.jsonl", "".join(json.dumps(row) + "\n" for row in kept))
    link([data / "images" / row["file"] for row in kept], data, out)


def few(rows: Iterable[Any], video_of: Any, num_frames: int) -> list[Any]:
    """The first of each of the first videos."""
    seen: Counter[Any] = Counter()
    kept = []
    for row in rows:
        seen[video_of(row)] += 1
        if seen[video_of(row)] <= num_frames and len(seen) <= NUM_VIDEOS:
            kept.append(row)
    return kept


def link(paths: Iterable[Path], data: Path, out: Path) -> None:
    for path in paths:
        target = out / path.relative_to(data)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            target.symlink_to(path)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
