"""The one shape every task has: claim the job, work, hand it on.

    run_stage(job_id, "transcode", transcode_video)

`work` gets a StageContext and returns the name of the next stage, or None when the job is done. It raises an
InferenceError for what can be named; workers/failures.py decides what becomes of it. SentBack asks for an earlier
stage's work anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ParamSpec, TypeVar
from uuid import UUID

import structlog
from structlog.contextvars import bound_contextvars

from inference.errors import Stopped
from inference.progress import ProgressCallback, StopCheck
from webapp.jobs.models import Job
from webapp.jobs.services import (
    ClaimLost,
    claim_held,
    job_advance,
    job_cancelled,
    job_claim,
    job_send_back,
    job_succeed,
)
from workers.claims import StopPoll, claim_name, heartbeat
from workers.failures import settle_failure
from workers.patience import CLAIM_LIMIT_S, SETTLE_LIMIT_S, patiently
from workers.progress import RowReporter

P = ParamSpec("P")
T = TypeVar("T")
log = structlog.get_logger(__name__)


class SentBack(Exception):
    """What the earlier stage `stage` made is of no use. Raise it from the error that says why."""

    def __init__(self, stage: str) -> None:
        super().__init__(stage)
        self.stage = stage


@dataclass(frozen=True, slots=True, kw_only=True)
class StageContext:
    """What a stage may know of its job, and the only way in which it writes rows."""

    job: Job
    on_progress: ProgressCallback
    should_stop: StopCheck

    def write(self, service: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Calls a service in one transaction with the proof that the job is still ours. Waits for a locked database.

        Raises Stopped if another worker has the job by now.
        """

        def fenced() -> T:
            with claim_held(self.job.id, worker=self.job.worker):
                return service(*args, **kwargs)

        try:
            return patiently(fenced, limit_s=SETTLE_LIMIT_S)
        except ClaimLost as error:
            raise Stopped("another worker has this job by now") from error


StageWork = Callable[[StageContext], str | None]


def run_stage(job_id: str, stage: str, work: StageWork) -> None:
    """Runs `work` if the job waits at this stage; returns quietly if it does not, so redelivery is harmless."""
    with bound_contextvars(job_id=job_id, stage=stage):
        claim = partial(job_claim, UUID(job_id), stage=stage, worker=claim_name())
        job = patiently(claim, limit_s=CLAIM_LIMIT_S)
        if job is None:
            log.info("stage_not_claimed")
            return
        log.info("stage_started", attempt=job.attempts)
        with heartbeat(job):
            _settle(job, _worked(job, work))


def _worked(job: Job, work: StageWork) -> Callable[[], object]:
    """Works, and returns the write that settles the job. It names the claim, so it changes nothing if that was lost."""
    reporter = RowReporter(job)
    try:
        next_stage = work(StageContext(job=job, on_progress=reporter, should_stop=StopPoll(job)))
        reporter.flush()
    except Stopped:
        log.info("stage_stopped")
        return partial(job_cancelled, job.id, worker=job.worker)
    except SentBack as error:
        log.warning("stage_sent_back", to=error.stage, reason=str(error.__cause__))
        return partial(job_send_back, job.id, stage=error.stage, worker=job.worker)
    except Exception as error:
        return settle_failure(job, error)
    log.info("stage_finished", next_stage=next_stage)
    if next_stage is None:
        return partial(job_succeed, job.id, worker=job.worker)
    return partial(job_advance, job.id, stage=next_stage, worker=job.worker)


def _settle(job: Job, settle: Callable[[], object]) -> None:
    """Where even the hand-on is refused (a receiver raised, the next stage comes before this one), the job fails."""
    try:
        patiently(settle, limit_s=SETTLE_LIMIT_S)
    except Exception as error:
        patiently(settle_failure(job, error), limit_s=SETTLE_LIMIT_S)
