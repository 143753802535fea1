"""What the database says after a fault, held against what people were promised."""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.load import Asked, Load
from tests.faults.stack import Stack, wait_until

SETTLE_LIMIT_S = 420
# The figure to reach.
UNCLAIMED_LIMIT_S = 30.0
POLL_S = 0.25


@dataclass
class WaitingTimes:
    """Watches how long any job waits without a worker. Counted from the end of the fault where that came later."""

    stack: Stack
    longest_s: float = 0.0
    fault_ended_at_s: float = float("inf")
    _since_s: dict[tuple[str, str, int], float] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "WaitingTimes":
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(POLL_S):
            self._look(time.monotonic())

    def _look(self, now_s: float) -> None:
        queued = self.stack.rows("SELECT id, stage, attempts FROM jobs_job WHERE status = 'queued'")
        self._since_s = {key: self._since_s.get(key, now_s) for key in map(tuple, queued)}
        for since_s in self._since_s.values():
            self.longest_s = max(self.longest_s, now_s - max(since_s, self.fault_ended_at_s))


@dataclass(frozen=True)
class Outcome:
    """One row of the table of scenarios. `tried_again`: what ended with a reason, and went well at the owner's retry.

    `unclaimed_s`, `settled_s`: counted from the end of the fault.

    A process that was killed is at fault until it is back at work: how long a start takes is the machine's affair.
    """

    scenario: str
    uploads: int
    questions: int
    finished: int
    tried_again: int
    fault_s: float
    unclaimed_s: float
    settled_s: float

    @property
    def line(self) -> str:
        return (
            f"{self.scenario:<34} {self.uploads:>7} {self.questions:>9} {self.finished:>8} "
            f"{self.tried_again:>11} {self.fault_s:>7.1f} {self.unclaimed_s:>11.1f} {self.settled_s:>9.1f}"
        )


HEAD = (
    f"{'scenario':<34} {'uploads':>7} {'questions':>9} {'finished':>8} {'tried again':>11} {'fault s':>7} "
    f"{'unclaimed s':>11} {'settled s':>9}"
)


def wait_until_settled(stack: Stack) -> None:
    def is_settled() -> bool:
        return stack.rows("SELECT COUNT(*) FROM jobs_job WHERE status IN ('queued', 'running')") == [(0,)]

    wait_until(is_settled, limit_s=SETTLE_LIMIT_S, what="every job came to an end")


def check_uploads(stack: Stack, load: Load) -> int:
    """Each is one video, ready, and its bytes are those that were sent; a reason that offers another try is given one.

    Returns how many had to be tried again.
    """
    failed = [sha256 for sha256 in load.uploads if not _is_ready(stack, sha256)]
    for sha256 in failed:
        ((job_id,),) = stack.rows(f"SELECT video.job_id {_VIDEO_OF}", sha256)
        load.people[0].try_again(job_id)
    wait_until_settled(stack)
    for sha256 in failed:
        assert _is_ready(stack, sha256), f"failed again: {sha256}"
    return len(failed)


_VIDEO_OF = """FROM videos_video video JOIN videos_content content ON content.id = video.content_id
    WHERE content.sha256 = ?"""


def _is_ready(stack: Stack, sha256: str) -> bool:
    rows = stack.rows(f"SELECT video.status, video.reason {_VIDEO_OF}", sha256)
    assert len(rows) == 1, f"{len(rows)} videos of one upload: {rows}"
    (original,) = (stack.var / "storage" / "content").glob(f"*/*/{sha256}/original*")
    assert hashlib.sha256(original.read_bytes()).hexdigest() == sha256
    status, reason = rows[0]
    if status == "ready":
        return True
    assert status == "failed", rows
    assert reason
    return False


def check_answers(stack: Stack, load: Load) -> int:
    """Each question has one answer, whole or with a reason; a reason that offers another try is given one.

    Returns how many had to be tried again.
    """
    failed = [asked for asked in load.questions if not _is_whole(stack, asked)]
    for asked in failed:
        ((job_id,),) = stack.rows("SELECT job_id FROM conversations_answer WHERE id = ?", _hex(asked))
        asked.person.try_again(job_id)
    wait_until_settled(stack)
    for asked in failed:
        assert _is_whole(stack, asked), f"failed again: {asked.text}"
    return len(failed)


def _is_whole(stack: Stack, asked: Asked) -> bool:
    query = """SELECT answer.status, answer.text, answer.error_message FROM conversations_answer answer
        JOIN conversations_question question ON question.id = answer.question_id WHERE question.text = ?"""
    rows = stack.rows(query, asked.text)
    assert len(rows) == 1, f"{len(rows)} answers to one question: {rows}"
    status, text, reason = rows[0]
    if status == "finished":
        assert text.strip()
        assert not _is_doubled(text), text
        return True
    assert status == "failed", rows
    assert reason
    return False


def _is_doubled(text: str) -> bool:
    half = len(text) // 2
    return half > 20 and text[:half].strip() == text[half:].strip()


def _hex(asked: Asked) -> str:
    return asked.answer_id.replace("-", "")


def run_scenario(stack: Stack, load: Load, scenario: str, fault: Callable[[], None]) -> Outcome:
    """The load begins, the fault comes and goes, everything comes to an end; then the books are checked."""
    with WaitingTimes(stack) as waiting:
        load.start()
        try:
            wait_until(lambda: bool(load.uploads and load.questions), limit_s=120, what="work is going on")
            began_s = time.monotonic()
            fault()
            waiting.fault_ended_at_s = time.monotonic()
            time.sleep(5)
        finally:
            load.finish()
        wait_until_settled(stack)
        settled_s = time.monotonic() - waiting.fault_ended_at_s
        num_tried_again = check_uploads(stack, load)
        num_failed = check_answers(stack, load)
    outcome = Outcome(
        scenario=scenario,
        uploads=len(load.uploads),
        questions=len(load.questions),
        finished=len(load.questions) - num_failed,
        tried_again=num_tried_again + num_failed,
        fault_s=waiting.fault_ended_at_s - began_s,
        unclaimed_s=waiting.longest_s,
        settled_s=settled_s,
    )
    assert outcome.unclaimed_s <= UNCLAIMED_LIMIT_S, outcome.line
    return outcome
