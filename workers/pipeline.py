"""Walks a job's way in the foreground.

In the background nobody runs the chain: each stage hands the job to the next by its row (workers/stages.py). What the
stages of a kind are stands in its app's `jobs.py`; both ways read it there.
"""

import time
from collections.abc import Callable
from importlib import import_module
from uuid import UUID

from webapp.jobs.kinds import Stage, kind_get
from webapp.jobs.models import Job
from webapp.jobs.queue import kept_here

POLL_S = 0.5


def run_in_foreground(job_id: UUID) -> Job:
    """Works on the job here until it is finished, without a broker. Returns its row.

    What a worker process claims first is waited for.
    """
    job = Job.objects.get(pk=job_id)
    with kept_here(job.pk):
        while not job.is_finished:
            if job.status == Job.Status.QUEUED:
                task_of(kind_get(job.kind).stage(job.stage))(str(job.pk), job.stage)
            else:
                time.sleep(POLL_S)
            job.refresh_from_db()
    return job


def task_of(stage: Stage) -> Callable[[str, str], None]:
    """The task itself: called, it works here."""
    module, _, name = stage.task.rpartition(".")
    task: Callable[[str, str], None] = getattr(import_module(module), name)
    return task
