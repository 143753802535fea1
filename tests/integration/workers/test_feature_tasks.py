"""From samples on disk to features, segments and a video that is ready."""

from pathlib import Path

import av
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from inference.screen_text.found import SCREEN_TEXT_NAME, ScreenText
from inference.screen_text.rapid import RapidTextReader
from inference.simulator.simulation import Simulation
from inference.simulator.spec import SimulationSpec, Task
from inference.vision.eyes.eyes import ROW_NAMES
from inference.vision.outputs import TIMELINE_GESTURE
from inference.vision.store import FeatureStore
from inference.vision.writer import FeatureWriter
from tests.factories import JobFactory, VideoFactory
from webapp.jobs.models import Job
from webapp.lib.storage import ContentPaths, content_paths
from webapp.videos.models import Video
from webapp.videos.selectors import facts_for_video
from workers.feature_tasks import extract_features, find_timeline
from workers.runtime import frame_encoder

pytestmark = pytest.mark.django_db


def waiting_video(stage: str) -> tuple[Video, ContentPaths]:
    job = JobFactory(kind="ingest", stage=stage, status=Job.Status.QUEUED)
    video = VideoFactory(job=job, owner=job.owner, hospital=job.hospital, status=Video.Status.PROCESSING)
    paths = content_paths(video.hospital_id, video.content.sha256)
    paths.root.mkdir(parents=True)
    return video, paths


def write_samples(path: Path, pictures: list[NDArray[np.uint8]]) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=1, options={"g": "1"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def grey(*, num_frames: int) -> list[NDArray[np.uint8]]:
    return [np.full((54, 96, 3), 40 * index, np.uint8) for index in range(num_frames)]


def drawn(task: Task, *, num_frames: int) -> list[NDArray[np.uint8]]:
    """A simulated video of a seed that no head was trained on, a frame a second."""
    spec = SimulationSpec(task=task, skill=0.6, seed=77_001, duration_s=float(num_frames), width_px=480, height_px=270)
    simulation = Simulation(spec)
    return [simulation.frame(index) for index in range(0, simulation.num_frames, spec.fps)]


def write_store(path: Path, logits: dict[str, float], *, encoder_id: str, heads_id: str | None = None) -> None:
    """Twenty seconds in which every frame says the same, and no text was found on the screen. Of a cholecystectomy, if
    nothing else is said."""
    text = ScreenText(RapidTextReader().reader_id, ())
    text.save(path.with_name(SCREEN_TEXT_NAME))
    said = {"kind/laparoscopic_cholecystectomy": 8.0} | logits
    row = torch.tensor([[said.get(name, -8.0) for name in ROW_NAMES]])
    with FeatureWriter(
        path,
        encoder_id=encoder_id,
        expected_frames=20,
        output_names=ROW_NAMES,
        covering_id=text.covering_id,
        heads_id=heads_id if heads_id is not None else frame_encoder().heads_id,
    ) as writer:
        writer.append(torch.zeros(20, 49, 1280), row.repeat(20, 1))
        writer.finish()


def test_features_are_stored_and_the_job_goes_on_to_the_timeline() -> None:
    video, paths = waiting_video("features")
    write_samples(paths.samples, grey(num_frames=3))
    extract_features(str(video.job.id), "features")
    video.refresh_from_db()
    video.job.refresh_from_db()
    store = FeatureStore.open(paths.features)
    assert (video.job.status, video.job.stage) == (Job.Status.QUEUED, "timeline")
    assert video.content.encoder_id == store.encoder_id == frame_encoder().encoder_id
    assert store.num_frames == 3


def test_what_the_heads_saw_becomes_segments_and_the_video_is_ready() -> None:
    video, paths = waiting_video("timeline")
    write_store(paths.features, {"instrument/grasper": 9.0}, encoder_id=frame_encoder().encoder_id)
    find_timeline(str(video.job.id), "timeline")
    video.refresh_from_db()
    found = facts_for_video(video).get(lane="instrument")
    assert video.status == Video.Status.READY
    assert (found.label, found.start_s, found.end_s) == ("grasper", 0.0, 20.0)
    assert found.probability > 0.9


def test_outside_the_body_nothing_else_is_claimed() -> None:
    video, paths = waiting_video("timeline")
    seen = {"instrument/grasper": 9.0, "phase/preparation": 9.0, "body/outside": 30.0}
    write_store(paths.features, seen, encoder_id=frame_encoder().encoder_id)
    find_timeline(str(video.job.id), "timeline")
    # The store's pictures are all alike, which the course says.
    assert set(facts_for_video(video).values_list("lane", flat=True)) == {"body", "kind", "course"}


@pytest.mark.parametrize(
    ("task", "instruments"),
    [("pattern_cutting", {"grasper", "scissors"}), ("suturing", {"needle_driver"})],
)
def test_a_box_trainer_video_shows_its_exercise_instruments_and_gestures(task: Task, instruments: set[str]) -> None:
    video, paths = waiting_video("features")
    write_samples(paths.samples, drawn(task, num_frames=12))
    extract_features(str(video.job.id), "features")
    find_timeline(str(video.job.id), "timeline")
    video.refresh_from_db()
    gestures = set(facts_for_video(video).filter(lane="verb").values_list("label", flat=True))
    assert video.status == Video.Status.READY
    assert list(facts_for_video(video).filter(lane="phase").values_list("label", flat=True)) == [task]
    assert set(facts_for_video(video).filter(lane="instrument").values_list("label", flat=True)) == instruments
    assert gestures
    assert gestures <= set(TIMELINE_GESTURE.labels)


def test_a_box_trainer_video_stored_before_its_heads_is_made_again() -> None:
    video, paths = waiting_video("timeline")
    write_store(paths.features, {"kind/box_trainer": 60.0}, encoder_id=frame_encoder().encoder_id)
    find_timeline(str(video.job.id), "timeline")
    video.job.refresh_from_db()
    assert (video.job.status, video.job.stage) == (Job.Status.QUEUED, "features")
    assert not paths.features.exists()


def test_features_of_another_encoder_are_made_again() -> None:
    video, paths = waiting_video("timeline")
    write_store(paths.features, {}, encoder_id="another")
    find_timeline(str(video.job.id), "timeline")
    video.job.refresh_from_db()
    assert (video.job.status, video.job.stage) == (Job.Status.QUEUED, "features")
    assert not paths.features.exists()
