"""What deleted rows leave behind outside of their tables: pages of SQLite's write-ahead log, Redis's append-only file.

Deleted content is overwritten in SQLite's own file (secure_delete, webapp/settings.py). PostgreSQL frees it when it
vacuums; its archives and backups are kept and ended by whoever runs it.
"""

import logging

import redis
from django.conf import settings
from django.db import OperationalError, connection

from webapp.lib.impatience import impatient

logger = logging.getLogger(__name__)
TIMEOUT_S = 2


def remains_erase() -> None:
    """After commit, and again by the clock: what another reader holds open cannot be cut off at once. Never raises."""
    _cut_write_ahead_log()
    _rewrite_append_only_file()


def _cut_write_ahead_log() -> None:
    if connection.vendor != "sqlite":
        return
    try:
        with impatient(), connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except OperationalError as error:
        logger.info("the write-ahead log is in use; the clock cuts it later: %s", error)


def _rewrite_append_only_file() -> None:
    """A Redis of somebody else's may not allow it; then its keys' expiry is what there is."""
    try:
        with redis.Redis.from_url(
            settings.STREAMS_URL, socket_connect_timeout=TIMEOUT_S, socket_timeout=TIMEOUT_S
        ) as client:
            client.bgrewriteaof()
    except redis.RedisError as error:
        logger.info("Redis did not rewrite its append-only file: %s", error)
