"""From samples on disk to features, segments and a video that is ready."""

from pathlib import Path

import av
import numpy as np
import pytest
import torch

from inference.screen_text.found import SCREEN_TEXT_NAME, ScreenText
from inference.screen_text.rapid import RapidTextReader
from inference.vision.dataset import output_names
from inference.vision.outputs import REAL_GROUPS, SCENE, SIMULATOR_GROUPS
from inference.vision.store import FeatureStore
from inference.vision.writer import FeatureWriter
from tests.factories import JobFactory, VideoFactory
from webapp.jobs.models import Job
from webapp.lib.storage import ContentPaths, content_paths
from webapp.videos.models import Video
from workers.feature_tasks import extract_features, find_timeline
from workers.runtime import frame_encoder

pytestmark = pytest.mark.django_db


def waiting_video(stage: str) -> tuple[Video, ContentPaths]:
    job = JobFactory(kind="ingest", stage=stage, status=Job.Status.QUEUED)
    video = VideoFactory(job=job, owner=job.owner, hospital=job.hospital, status=Video.Status.PROCESSING)
    paths = content_paths(video.hospital_id, video.sha256)
    paths.root.mkdir(parents=True)
    return video, paths


def write_samples(path: Path, *, num_frames: int) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=1, options={"g": "1"})
        stream.width, stream.height, stream.pix_fmt = 96, 54, "yuv420p"
        for index in range(num_frames):
            picture = av.VideoFrame.from_ndarray(np.full((54, 96, 3), 40 * index, np.uint8), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())


def write_store(path: Path, logits: dict[str, float], *, encoder_id: str) -> None:
    """Twenty seconds in which every frame says the same, and no text was found on the screen."""
    text = ScreenText(RapidTextReader().reader_id, ())
    text.save(path.with_name(SCREEN_TEXT_NAME))
    names = output_names((*REAL_GROUPS, SCENE, *SIMULATOR_GROUPS))
    row = torch.tensor([[logits.get(name, -8.0) for name in names]])
    with FeatureWriter(
        path, encoder_id=encoder_id, expected_frames=20, output_names=names, covering_id=text.covering_id
    ) as writer:
        writer.append(torch.zeros(20, 49, 1280), row.repeat(20, 1))
        writer.finish()


def test_features_are_stored_and_the_job_goes_on_to_the_timeline() -> None:
    video, paths = waiting_video("features")
    write_samples(paths.samples, num_frames=3)
    extract_features(str(video.job.id), "features")
    video.refresh_from_db()
    video.job.refresh_from_db()
    store = FeatureStore.open(paths.features)
    assert (video.job.status, video.job.stage) == (Job.Status.QUEUED, "timeline")
    assert video.encoder_id == store.encoder_id == frame_encoder().encoder_id
    assert store.num_frames == 3


def test_what_the_heads_saw_becomes_segments_and_the_video_is_ready() -> None:
    video, paths = waiting_video("timeline")
    write_store(paths.features, {"instrument/grasper": 9.0}, encoder_id=frame_encoder().encoder_id)
    find_timeline(str(video.job.id), "timeline")
    video.refresh_from_db()
    found = video.segments.get(lane="instrument")
    assert video.status == Video.Status.READY
    assert (found.label, found.start_s, found.end_s) == ("grasper", 0.0, 20.0)
    assert found.probability > 0.9


def test_outside_the_body_nothing_else_is_claimed() -> None:
    video, paths = waiting_video("timeline")
    seen = {"instrument/grasper": 9.0, "phase/preparation": 9.0, "body/outside": 30.0}
    write_store(paths.features, seen, encoder_id=frame_encoder().encoder_id)
    find_timeline(str(video.job.id), "timeline")
    assert set(video.segments.values_list("lane", flat=True)) == {"body"}


def test_a_box_trainer_video_shows_its_exercise_and_no_operation() -> None:
    video, paths = waiting_video("timeline")
    seen = {"scene/simulator": 30.0, "simulator/task/peg_transfer": 30.0, "instrument/hook": 9.0}
    write_store(paths.features, seen, encoder_id=frame_encoder().encoder_id)
    find_timeline(str(video.job.id), "timeline")
    assert list(video.segments.values_list("lane", "label")) == [("phase", "peg_transfer")]


def test_features_of_another_encoder_are_made_again() -> None:
    video, paths = waiting_video("timeline")
    write_store(paths.features, {}, encoder_id="another")
    find_timeline(str(video.job.id), "timeline")
    video.job.refresh_from_db()
    assert (video.job.status, video.job.stage) == (Job.Status.QUEUED, "features")
    assert not paths.features.exists()
