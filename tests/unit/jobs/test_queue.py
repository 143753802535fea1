"""Handing a job over: to a broker that is there, is away, and comes back."""

import json
import os
import signal
import subprocess
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from tests.environment import free_port, redis_binary
from webapp.conversations.jobs import ANSWER
from webapp.jobs import queue
from webapp.jobs.kinds import WorkQueue
from webapp.jobs.queue import celery_app


@pytest.fixture
def broker_port(settings: Any) -> Iterator[int]:
    port = free_port()
    settings.BROKER_URL = f"redis://127.0.0.1:{port}/0"
    queue.celery_app.cache_clear()
    yield port
    queue.celery_app.cache_clear()


@pytest.fixture
def start_broker(broker_port: int) -> Iterator[Any]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> redis.Redis:
        command = [redis_binary(), "--port", str(broker_port), "--bind", "127.0.0.1", "--save", ""]
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        retry = redis.retry.Retry(redis.backoff.ConstantBackoff(0.05), 200)
        client = redis.Redis(port=broker_port, retry=retry, retry_on_error=[redis.ConnectionError])
        client.ping()
        return client

    yield start
    for process in started:
        process.kill()
        process.wait()


def enqueue(job_id: uuid.UUID) -> bool:
    return queue.enqueue(job_id, ANSWER.stage("answer"))


def test_a_message_holds_two_texts_and_no_object(start_broker: Any) -> None:
    broker, job_id = start_broker(), uuid.uuid4()
    assert enqueue(job_id)
    message = json.loads(broker.lindex("answers", 0))
    assert message["content-type"] == "application/json"
    assert message["headers"]["argsrepr"] == f"('{job_id}', 'answer')"


@pytest.mark.usefixtures("broker_port")
def test_a_broker_that_is_away_is_said_not_raised() -> None:
    assert not enqueue(uuid.uuid4())


def test_a_broker_that_comes_back_is_used_again(start_broker: Any) -> None:
    assert not enqueue(uuid.uuid4())
    broker = start_broker()
    assert enqueue(uuid.uuid4())
    assert broker.llen("answers") == 1


def test_a_broker_that_restarts_is_used_again(start_broker: Any, broker_port: int) -> None:
    broker = start_broker()
    assert enqueue(uuid.uuid4())
    broker.shutdown(nosave=True)
    enqueue(uuid.uuid4())
    broker = start_broker()
    assert enqueue(uuid.uuid4())


def test_the_broker_says_which_jobs_have_a_message(start_broker: Any) -> None:
    start_broker()
    job_id = uuid.uuid4()
    enqueue(job_id)
    assert queue.waiting_in(WorkQueue.ANSWERS) == {f"{job_id}:answer"}
    assert queue.waiting_in(WorkQueue.BULK) == set()


@pytest.mark.usefixtures("broker_port")
def test_a_broker_that_is_away_says_nothing() -> None:
    assert queue.waiting_in(WorkQueue.ANSWERS) is None


def test_a_broker_that_takes_connections_but_hangs_is_given_up(start_broker: Any) -> None:
    process_id = start_broker().info()["process_id"]
    os.kill(process_id, signal.SIGSTOP)
    try:
        assert not enqueue(uuid.uuid4())
    finally:
        os.kill(process_id, signal.SIGCONT)


def test_no_worker_acknowledges_over_a_connection_that_may_be_gone() -> None:
    assert celery_app().conf.task_acks_late is False
