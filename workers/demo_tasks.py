"""Draws the demo video with the simulator, and hands it in as an upload would: it is prepared like any other."""

import tempfile
from pathlib import Path

from celery import shared_task
from django.conf import settings

from inference.simulator.demo import DemoClip, demo_clips
from inference.simulator.simulation import Simulation
from inference.simulator.video import write_simulation
from webapp.accounts.actors import Actor
from webapp.accounts.selectors import membership_get
from webapp.videos.services import video_create_from_path
from workers.stages import StageContext, run_stage

CLIP = "peg-transfer-novice"


@shared_task(name="workers.demo_tasks.draw_demo")
def draw_demo(job_id: str, stage: str) -> None:
    run_stage(job_id, stage, draw_stage)


def draw_stage(context: StageContext) -> None:
    """Raises PermissionRefused for a person who was taken out of the hospital meanwhile."""
    owner = context.job.owner
    clip = demo_clip()
    if owner is None:
        return
    actor = Actor(membership=membership_get(owner), via="worker", operator=context.job.worker)
    settings.STORAGE_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".demo-", dir=settings.STORAGE_DIR) as folder:
        files = write_simulation(
            Simulation(clip.spec),
            Path(folder),
            name=clip.name,
            on_progress=context.on_progress,
            should_stop=context.should_stop,
        )
        context.write(
            video_create_from_path,
            path=files.video,
            owner=owner,
            hospital=context.job.hospital,
            actor=actor,
            title=clip.title,
        )


def demo_clip() -> DemoClip:
    return next(clip for clip in demo_clips() if clip.name == CLIP)
