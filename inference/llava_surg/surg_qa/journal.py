"""What has been done, one line for each clip, on disk before the next begins: a killed run goes on where it was.

A line is one write followed by fsync; a line torn by a crash is cut off at the next start. One process at a time.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from inference.errors import InferenceError
from inference.llava_surg.surg_qa.records import Record


class JournalBusy(InferenceError):
    """Another run is writing to this folder."""

    code = "journal_busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The outcome for one clip. `fingerprint` names the input and the rules; `record` is None if nothing was left."""

    clip_id: str
    fingerprint: str
    rejected: dict[str, int]
    num_statements: int
    num_pairs: int
    record: Record | None


class Journal:
    def __init__(self, descriptor: int, entries: dict[str, Entry]) -> None:
        self._descriptor = descriptor
        self.entries = entries

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator["Journal"]:
        """Raises JournalBusy if another process has it open."""
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise JournalBusy("Another run is writing to this folder.") from error
            yield cls(descriptor, _read(path, descriptor))
        finally:
            os.close(descriptor)

    def is_done(self, clip_id: str, fingerprint: str) -> bool:
        entry = self.entries.get(clip_id)
        return entry is not None and entry.fingerprint == fingerprint

    def add(self, entry: Entry) -> None:
        line = json.dumps(asdict(entry), ensure_ascii=False, separators=(",", ":")) + "\n"
        data = line.encode("utf-8")
        written = os.write(self._descriptor, data)
        while written < len(data):
            written += os.write(self._descriptor, data[written:])
        os.fsync(self._descriptor)
        self.entries[entry.clip_id] = entry


def _read(path: Path, descriptor: int) -> dict[str, Entry]:
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        os.ftruncate(descriptor, len(whole))
    entries = {}
    for line in whole.decode("utf-8", errors="replace").splitlines():
        try:
            entry = Entry(**json.loads(line))
        except (ValueError, TypeError):
            continue  # a line of another version: the clip is done again
        entries[entry.clip_id] = entry
    return entries
