"""One video's way, readable in one expression, and a runner that walks it in the foreground.

In the background nobody runs the chain: each stage hands the job to the next by its row (workers/stages.py), and
webapp/jobs/queue.py says which queue that is. Both tell the same story; a test compares them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from webapp.jobs.models import Job
from workers.feature_tasks import extract_features, find_timeline
from workers.media_tasks import prepare_video

POLL_S = 0.5


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of a job and the task that does it."""

    stage: str
    task: Callable[[str, str], None]


INGEST = (
    Step("probe", prepare_video),
    Step("transcode", prepare_video),
    Step("features", extract_features),
    Step("timeline", find_timeline),
)


def run_in_foreground(job_id: UUID, chain: tuple[Step, ...] = INGEST) -> Job:
    """Works on the job here until it is finished; what a worker process claims first is waited for. Returns its row."""
    tasks = {step.stage: step.task for step in chain}
    job = Job.objects.get(pk=job_id)
    while not job.is_finished:
        if job.status == Job.Status.QUEUED:
            tasks[job.stage](str(job.pk), job.stage)
        else:
            time.sleep(POLL_S)
        job.refresh_from_db()
    return job
