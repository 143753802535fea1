"""The only place that turns an error into a retry or a failure, and into words for the job's owner.

A passing trouble is tried again without anybody asking as often as the job's kind says.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog
from django.db import OperationalError
from redis.exceptions import RedisError

from inference.errors import (
    EngineFailed,
    FeaturesStale,
    InferenceError,
    MediaRejected,
    ModelError,
    PromptTooLong,
    StorageFull,
)
from webapp.jobs.kinds import kind_get
from webapp.jobs.models import Job
from webapp.jobs.services import ClaimLost, claim_held, job_fail, job_requeue
from webapp.lib.errors import ApplicationError
from webapp.lib.outside import OutsideUnreachable
from webapp.lib.trouble import is_disk_full
from webapp.videos.selectors import video_for_job
from webapp.videos.services import video_set_rejected

STORAGE_FULL = "The server's disk is full. What you uploaded is kept; try again once room has been made."
OUT_OF_MEMORY = "The server ran out of memory while working on this. Try again later."
# Which file, and what to do about it, is for those who run the server: the log and `manage.py doctor` say it.
MODELS_UNFIT = (
    "This server's models are not as they should be, so this could not be done. Your administrator finds the reason "
    "under job {job_id}; once it is mended, try again."
)
BUSY = "The server was too busy to store the result. Try again in a moment."

# Errors of models that are about this question or this video; all others are about the server.
_OF_THE_WORK = (EngineFailed, FeaturesStale, PromptTooLong)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What the owner of a job is told, and whether trying again can help."""

    code: str
    message: str
    permanent: bool
    # Trying again at once can help: true for passing trouble, false where something must change first.
    is_passing: bool = False


def settle_failure(job: Job, error: Exception) -> Callable[[], object]:
    """The write that ends a job which raised: tried again, failed, or (a video that can never be used) rejected."""
    failure = describe(error, job_id=str(job.id))
    _log(failure, error)
    if failure.is_passing and job.attempts <= kind_get(job.kind).retries:
        return partial(job_requeue, job.id, worker=job.worker)
    return partial(_fail, job, failure, is_rejected=isinstance(error, MediaRejected))


def _fail(job: Job, failure: Failure, *, is_rejected: bool) -> None:
    """The verdict on a file comes before the end of its job, so nobody takes it for trouble that may pass."""
    try:
        with claim_held(job.id, worker=job.worker):
            video = video_for_job(job.id) if is_rejected else None
            if video is not None:
                video_set_rejected(video, code=failure.code, reason=failure.message)
            job_fail(job.id, code=failure.code, message=failure.message, permanent=failure.permanent)
    except ClaimLost:
        log.info("claim_lost")


def describe(error: Exception, *, job_id: str) -> Failure:
    """The sentence for an error. What has no name is ours to find: its sentence carries only the job's id."""
    match error:
        case ModelError() if not isinstance(error, _OF_THE_WORK):
            # Nothing changes by itself; once the files are there and fit, the owner may try again.
            return Failure(code=error.code, message=MODELS_UNFIT.format(job_id=job_id), permanent=False)
        case StorageFull():
            return Failure(code=error.code, message=STORAGE_FULL, permanent=False)
        case InferenceError():
            message = str(error) or (type(error).__doc__ or "").strip()
            return Failure(code=error.code, message=message, permanent=error.permanent, is_passing=not error.permanent)
        case OutsideUnreachable():
            return Failure(code=error.code, message=error.message, permanent=False, is_passing=True)
        case ApplicationError():
            return Failure(code=error.code, message=error.message, permanent=error.permanent)
        case OSError() | OperationalError() if is_disk_full(error):
            return Failure(code=StorageFull.code, message=STORAGE_FULL, permanent=False)
        case MemoryError():
            return Failure(code="out_of_memory", message=OUT_OF_MEMORY, permanent=False)
        case OperationalError() | RedisError():
            return Failure(code="busy", message=BUSY, permanent=False, is_passing=True)
        case _:
            message = f"Something went wrong on our side. The team can find it under job {job_id}."
            return Failure(code="internal_error", message=message, permanent=False)


def _log(failure: Failure, error: Exception) -> None:
    """A refused file is the sender's news, not an alarm; the trace is for what may be our fault."""
    facts = {"code": failure.code, "message": failure.message, "detail": getattr(error, "detail", "") or str(error)}
    if failure.permanent:
        log.info("stage_refused", **facts)
    elif failure.code == "internal_error":
        log.error("stage_failed", **facts, exc_info=error)
    else:
        log.warning("stage_failed", **facts, exc_info=error)
