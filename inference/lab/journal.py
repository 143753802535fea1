"""What a long computation has done, item by item, in SQLite: a killed run goes on where it was.

A chunk of items is computed and written in one transaction, so a chunk is there whole or not at all; its seed comes
from its items. A run that was killed and one that was not therefore compute the same chunks and give the same values.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from inference.errors import InputInvalid, Stopped, StorageFull
from inference.progress import Progress, ProgressCallback, StopCheck, ignore_progress, never_stop

T = TypeVar("T")
MAX_SEED = 2**31 - 1
IN_MEMORY = ":memory:"
WAIT_S = 60.0


class Journal:
    """`recipe` names everything that the values depend on beside the items: another recipe sees none of them. Raises
    InputInvalid for a file that is no journal."""

    def __init__(self, path: Path | str, *, recipe: str, should_stop: StopCheck = never_stop) -> None:
        self._recipe = recipe
        self._should_stop = should_stop
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        # Another run that writes is waited for.
        self._database = sqlite3.connect(path, isolation_level=None, timeout=WAIT_S)
        try:
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=FULL")
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS done (recipe TEXT, stage TEXT, key TEXT, value TEXT,"
                " PRIMARY KEY (recipe, stage, key))"
            )
        except sqlite3.DatabaseError as error:
            raise InputInvalid(f"{Path(path).name} is no journal of ours: {error}") from error

    def close(self) -> None:
        self._database.close()

    def value(self, stage: str, key: str) -> Any | None:
        """None for what has not been done, and for what is done and came to nothing."""
        row = self._row(stage, key)
        return None if row is None else json.loads(row[0])

    def is_done(self, stage: str, key: str) -> bool:
        """Also where it came to nothing: that took as long as anything else."""
        return self._row(stage, key) is not None

    def mapped(
        self,
        stage: str,
        items: Sequence[tuple[str, T]],
        compute: Callable[[Sequence[T], int], Sequence[Any]],
        *,
        chunk: int,
        report: ProgressCallback = ignore_progress,
    ) -> list[Any]:
        """The value (JSON) of each keyed item, in order; `compute` gets the items of one chunk and a seed.

        Raises Stopped between two chunks, StorageFull where the disk is full.
        """
        for start in range(0, len(items), chunk):
            some = items[start : start + chunk]
            if not all(self.is_done(stage, key) for key, _ in some):
                if self._should_stop():
                    raise Stopped(f"Stopped in {stage} after {start} of {len(items)}.")
                self._put(stage, [key for key, _ in some], compute([item for _, item in some], chunk_seed(stage, some)))
            report(Progress(done=start + len(some), total=len(items), unit="steps"))
        return [self.value(stage, key) for key, _ in items]

    def counts(self) -> dict[str, int]:
        """Items done, by stage."""
        rows = self._database.execute(
            "SELECT stage, COUNT(*) FROM done WHERE recipe = ? GROUP BY stage ORDER BY MIN(rowid)", (self._recipe,)
        )
        return dict(rows.fetchall())

    def _row(self, stage: str, key: str) -> Any | None:
        return self._database.execute(
            "SELECT value FROM done WHERE recipe = ? AND stage = ? AND key = ?", (self._recipe, stage, key)
        ).fetchone()

    def _put(self, stage: str, keys: Sequence[str], values: Sequence[Any]) -> None:
        rows = [(self._recipe, stage, key, json.dumps(value)) for key, value in zip(keys, values, strict=True)]
        try:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany("INSERT OR REPLACE INTO done VALUES (?, ?, ?, ?)", rows)
            self._database.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            if "full" in str(error):
                raise StorageFull("The disk is full: the run goes on from here once there is room.") from error
            raise


def chunk_seed(stage: str, items: Sequence[tuple[str, Any]]) -> int:
    """The same for the same items of the same stage."""
    said = "\n".join([stage, *(key for key, _ in items)])
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:8], "big") & MAX_SEED
