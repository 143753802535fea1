"""Two scenarios that every run plays; the others are in test_faults.py."""

import time

from tests.faults.conftest import Scenario
from tests.faults.stack import Stack


def test_nothing_is_lost_when_the_media_worker_is_killed(scenario: Scenario, stack: Stack) -> None:
    scenario("kill -9 media", lambda: stack.kill("media"))


def test_messages_that_redis_lost_are_found(scenario: Scenario, stack: Stack) -> None:
    def lose_messages() -> None:
        with stack.stopped("media"), stack.stopped("gpu"), stack.stopped("bulk"):
            # Work arrives that nobody can take; then all its messages are gone.
            time.sleep(5)
            stack.redis().flushall()

    scenario("redis flushed", lose_messages)
