"""A Celery consumer that is back soon after its broker is: Celery's own waits up to half a minute between two tries."""

from functools import partial
from typing import Any

from celery.worker.consumer import Consumer as CeleryConsumer

LONGEST_PAUSE_S = 3


class Consumer(CeleryConsumer):
    def ensure_connected(self, conn: Any) -> Any:
        conn.ensure_connection = partial(conn.ensure_connection, interval_start=1, interval_max=LONGEST_PAUSE_S)
        return super().ensure_connected(conn)
