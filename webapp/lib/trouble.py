"""What the database and the disk below us raise, in the words of errors.py.

A full disk is not "busy": waiting helps nobody.
"""

import errno

from django.db import OperationalError

from webapp.lib.errors import ApplicationError, ServiceUnavailable, StorageFull

DISK_FULL = "The server's disk is full. Your administrator has to make room; then try again."
STORAGE_AWAY = (
    "The server's storage cannot be used right now. What was uploaded is kept; your administrator can find out why."
)
_FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT)
# SQLite cannot grow its file, or the shared memory beside it; PostgreSQL's class of "disk full".
_FULL_IN_SQLITE = ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")
_FULL_IN_POSTGRESQL = "53100"


def is_disk_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in _FULL_ERRNOS
    cause = error.__cause__
    is_sqlite = getattr(cause, "sqlite_errorname", "") in _FULL_IN_SQLITE
    return is_sqlite or getattr(cause, "sqlstate", "") == _FULL_IN_POSTGRESQL


def database_trouble(error: OperationalError, *, busy: str) -> ApplicationError:
    """`busy`: the sentence for a database that is locked or away, which passes by itself."""
    return StorageFull(DISK_FULL, "disk_full") if is_disk_full(error) else ServiceUnavailable(busy, "database_busy")


def storage_trouble(error: OSError) -> ApplicationError:
    return StorageFull() if is_disk_full(error) else ServiceUnavailable(STORAGE_AWAY, "storage_away")
