"""A person who asks does not wait for other people's videos."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.books import wait_until_settled
from tests.faults.load import another
from tests.faults.person import Person
from tests.faults.stack import Stack

pytestmark = pytest.mark.faults

NUM_INGESTS = 20


def test_a_question_behind_twenty_ingests_starts_at_once(stack: Stack, people: list[Person], clip: bytes) -> None:
    asker, uploader = people
    alone_s = first_word_s(asker, "What is visible?")
    with stack.stopped("bulk"), ThreadPoolExecutor(4) as uploads:
        list(uploads.map(lambda number: uploader.upload(another(clip), f"{number}.mp4"), range(NUM_INGESTS)))
        wait_until_queued(stack)
    behind_s = first_word_s(asker, "And which instruments?")
    num_unprepared = len(unprepared(stack))
    print(
        f"\nfirst word: {alone_s:.1f} s alone, {behind_s:.1f} s with {num_unprepared} of {NUM_INGESTS} ingests waiting"
    )
    wait_until_settled(stack)
    assert num_unprepared >= NUM_INGESTS // 2


def first_word_s(person: Person, text: str) -> float:
    started_s = time.monotonic()
    person.first_word_s(person.ask(person.video, text))
    return time.monotonic() - started_s


def wait_until_queued(stack: Stack) -> None:
    """Every ingest waits for its frames to be looked at."""
    while len(unprepared(stack, stage="features")) < NUM_INGESTS:
        time.sleep(0.5)


def unprepared(stack: Stack, *, stage: str = "%") -> list[tuple[str]]:
    query = "SELECT id FROM jobs_job WHERE kind = 'ingest' AND status IN ('queued', 'running') AND stage LIKE ?"
    return stack.rows(query, stage)
