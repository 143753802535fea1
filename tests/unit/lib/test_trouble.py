"""A full disk is told apart from a busy one, whoever says it."""

import errno
import sqlite3
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError

from webapp.lib.errors import ServiceUnavailable, StorageFull
from webapp.lib.trouble import database_trouble, is_disk_full, storage_trouble


def as_django_raises(cause: Exception) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


def full_sqlite(folder: Path) -> sqlite3.OperationalError:
    with sqlite3.connect(folder / "full.sqlite3") as database:
        database.execute("CREATE TABLE t (x)")
        database.execute("PRAGMA max_page_count = 4")
        with pytest.raises(sqlite3.OperationalError) as caught:
            database.execute("INSERT INTO t VALUES (zeroblob(100000))")
    return caught.value


def locked_sqlite(folder: Path) -> sqlite3.OperationalError:
    first, second = (sqlite3.connect(folder / "locked.sqlite3", timeout=0) for _ in range(2))
    first.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError) as caught:
        second.execute("BEGIN IMMEDIATE")
    first.close()
    second.close()
    return caught.value


def test_a_full_database_is_told_as_a_full_disk(tmp_path: Path) -> None:
    for cause in (full_sqlite(tmp_path), psycopg.errors.DiskFull("could not extend file")):
        trouble = database_trouble(as_django_raises(cause), busy="busy")
        assert isinstance(trouble, StorageFull)
        assert "disk is full" in trouble.message


def test_a_locked_database_is_busy(tmp_path: Path) -> None:
    for cause in (locked_sqlite(tmp_path), psycopg.errors.LockNotAvailable("lock timeout")):
        trouble = database_trouble(as_django_raises(cause), busy="busy now")
        assert isinstance(trouble, ServiceUnavailable)
        assert trouble.message == "busy now"


@pytest.mark.parametrize(
    ("number", "is_full"), [(errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EIO, False), (errno.EACCES, False)]
)
def test_only_a_full_storage_is_called_full(number: int, is_full: bool) -> None:
    error = OSError(number, "x")
    assert is_disk_full(error) == is_full
    assert isinstance(storage_trouble(error), StorageFull if is_full else ServiceUnavailable)
