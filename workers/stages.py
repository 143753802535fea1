"""The one shape every task has: claim the job, work, hand it on.

    run_stage(job_id, "transcode", transcode_video)

`work` gets a StageContext and returns the name of the next stage, or None when the job is done. It raises an
InferenceError for what can be named; workers/failures.py decides what becomes of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import structlog
from structlog.contextvars import bound_contextvars

from inference.errors import Stopped
from inference.progress import ProgressCallback, StopCheck
from webapp.jobs.models import Job
from webapp.jobs.services import job_advance, job_cancelled, job_claim, job_succeed
from workers.claims import StopPoll, claim_name, heartbeat
from workers.failures import settle_failure
from workers.progress import RowReporter

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageContext:
    """What a stage may know of its job."""

    job: Job
    on_progress: ProgressCallback
    should_stop: StopCheck


StageWork = Callable[[StageContext], str | None]


def run_stage(job_id: str, stage: str, work: StageWork) -> None:
    """Runs `work` if the job waits at this stage; returns quietly if it does not, so redelivery is harmless."""
    with bound_contextvars(job_id=job_id, stage=stage):
        job = job_claim(UUID(job_id), stage=stage, worker=claim_name())
        if job is None:
            log.info("stage_not_claimed")
            return
        log.info("stage_started", attempt=job.attempts)
        with heartbeat(job):
            _work_and_settle(job, work)


def _work_and_settle(job: Job, work: StageWork) -> None:
    """Every write names the claim, so it changes nothing if the job went to another worker meanwhile."""
    reporter = RowReporter(job)
    try:
        next_stage = work(StageContext(job=job, on_progress=reporter, should_stop=StopPoll(job)))
        reporter.flush()
    except Stopped:
        log.info("stage_stopped")
        job_cancelled(job.id, worker=job.worker)
    except Exception as error:
        settle_failure(job, error)
    else:
        _hand_on(job, next_stage)


def _hand_on(job: Job, next_stage: str | None) -> None:
    log.info("stage_finished", next_stage=next_stage)
    if next_stage is None:
        job_succeed(job.id, worker=job.worker)
    else:
        job_advance(job.id, stage=next_stage, worker=job.worker)
