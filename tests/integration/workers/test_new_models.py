"""Models are replaced: every content gets a new revision by one way, and what does not fit together says so."""

from dataclasses import replace
from io import StringIO
from typing import Any

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command

from inference.errors import ModelMismatch
from inference.vision.encoder import FrameEncoder, heads_hash
from inference.vision.timeline import TimelineHeads
from tests.factories import JobFactory, MembershipFactory, VideoFactory
from tests.integration.workers.test_feature_tasks import write_samples
from webapp.jobs.models import Job
from webapp.jobs.services import job_retry
from webapp.lib.storage import content_paths
from webapp.videos.models import Content, Timeline, Video
from webapp.videos.selectors import timeline_newest
from webapp.videos.timelines import timeline_add
from workers import makers
from workers.feature_tasks import extract_features, find_timeline
from workers.management.commands.doctor import describe_timelines
from workers.runtime import frame_encoder, timeline_heads

pytestmark = pytest.mark.django_db


class OtherHeads(FrameEncoder):
    """The same backbone with heads that were trained anew, as far as anything but their values can tell."""

    def __init__(self, encoder: FrameEncoder, *, heads_id: str = "trained-anew", encoder_id: str = "") -> None:
        self.__dict__.update(encoder.__dict__)
        self.heads_id = heads_id
        self.encoder_id = encoder_id or encoder.encoder_id


def use(monkeypatch: pytest.MonkeyPatch, *, encoder: FrameEncoder | None = None, heads: Any = None) -> None:
    """From now on this worker has these models."""
    monkeypatch.setattr(makers, "frame_encoder", lambda: encoder or frame_encoder())
    monkeypatch.setattr(makers, "timeline_heads", lambda: heads or timeline_heads())


def known_heads() -> TimelineHeads:
    heads = timeline_heads()
    assert heads is not None
    return heads


def ingested(stage: str = "features") -> Video:
    job = JobFactory(kind="ingest", stage=stage, status=Job.Status.QUEUED)
    video = VideoFactory(job=job, owner=job.owner, hospital=job.hospital, status=Video.Status.PROCESSING)
    paths = content_paths(video.hospital_id, video.content.sha256)
    paths.root.mkdir(parents=True)
    write_samples(paths.samples, [np.full((54, 96, 3), 40 * index, np.uint8) for index in range(3)])
    return video


def ready() -> Video:
    video = ingested()
    extract_features(str(video.job_id), "features")
    find_timeline(str(video.job_id), "timeline")
    video.refresh_from_db()
    assert video.status == Video.Status.READY
    return video


def newest(content: Content) -> Timeline:
    timeline = timeline_newest(content)
    assert timeline is not None
    return timeline


def refresh(*ids: str) -> str:
    out = StringIO()
    call_command("refresh_features", *ids, stdout=out)
    return out.getvalue()


def test_the_doctor_counts_what_other_models_saw(monkeypatch: pytest.MonkeyPatch) -> None:
    ready()
    assert describe_timelines() == "1 prepared recordings, all as this version's models see them"
    use(monkeypatch, encoder=OtherHeads(frame_encoder()))
    assert describe_timelines() == "1 of 1 prepared recordings were seen by other models: `manage.py refresh_features`"


def test_what_the_models_of_now_made_is_left_alone() -> None:
    video = ready()
    before = newest(video.content)
    assert "as it should be" in refresh()
    assert newest(video.content) == before


def test_a_revision_says_which_versions_of_which_models_made_it() -> None:
    made_by = newest(ready().content).made_by
    encoder, heads = frame_encoder(), known_heads()
    assert (made_by["encoder"], made_by["heads"]) == (encoder.encoder_id, encoder.heads_id)
    assert made_by["calibration"] == heads.calibration_id
    assert encoder.simulator is not None
    assert encoder.eyes is not None
    assert made_by["eyes"] == encoder.eyes.eyes_id
    assert made_by["simulator_heads"] == encoder.simulator.heads_id
    assert made_by["text_reader"].startswith("rapidocr")


def test_one_refresh_reaches_every_video_of_a_content(monkeypatch: pytest.MonkeyPatch) -> None:
    video = ready()
    other = VideoFactory(content=video.content, owner=MembershipFactory(hospital=video.hospital).user)
    use(monkeypatch, heads=replace(known_heads(), calibration_id="calibrated-anew"))
    said = refresh(str(other.pk))
    assert said.count("made anew") == 1
    assert str(video.pk) in said
    assert str(other.pk) in said
    assert newest(other.content).made_by["calibration"] == "calibrated-anew"


def test_new_calibration_reads_the_stored_features_and_encodes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    video = ready()
    features = content_paths(video.hospital_id, video.content.sha256).features
    written = features.stat().st_mtime_ns
    use(monkeypatch, heads=replace(known_heads(), calibration_id="calibrated-anew"))
    assert "made anew" in refresh()
    assert (newest(video.content).number, features.stat().st_mtime_ns) == (2, written)


def test_old_logits_never_meet_new_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    video = ready()
    features = content_paths(video.hospital_id, video.content.sha256).features
    written = features.stat().st_mtime_ns
    use(monkeypatch, encoder=OtherHeads(frame_encoder()))
    assert "made anew" in refresh()
    assert newest(video.content).made_by["heads"] == "trained-anew"
    assert features.stat().st_mtime_ns != written


def test_features_that_were_lost_are_made_again() -> None:
    video = ready()
    features = content_paths(video.hospital_id, video.content.sha256).features
    features.unlink()
    assert "made anew" in refresh()
    assert features.exists()


def test_a_video_that_is_not_prepared_is_left_to_its_job() -> None:
    ingested()
    assert refresh() == ""


def test_a_revision_of_unknown_models_is_made_anew() -> None:
    """As the migration from before revisions leaves it: only the encoder is known."""
    video = ready()
    timeline_add(video.content, made_by={"encoder": frame_encoder().encoder_id}, facts=[])
    assert "made anew" in refresh()
    assert newest(video.content).number == 3


# --- what does not fit together -----------------------------------------------------------------------------------


def fewer_outputs() -> TimelineHeads:
    heads = known_heads()
    return replace(heads, platt={name: pair for name, pair in heads.platt.items() if name != "instrument/hook"})


@pytest.mark.parametrize("stage", ["features", "timeline"])
def test_a_tower_with_outputs_that_the_heads_do_not_know_fails_with_a_reason(
    monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    use(monkeypatch, heads=fewer_outputs())
    video = ingested(stage)
    task = extract_features if stage == "features" else find_timeline
    task(str(video.job_id), stage)
    video.refresh_from_db()
    assert video.job is not None
    assert (video.status, video.reason_code, video.job.status) == ("failed", "model_mismatch", "failed")
    assert "instrument/hook" not in video.reason
    assert str(video.job_id) in video.reason
    assert not content_paths(video.hospital_id, video.content.sha256).features.exists()


def test_once_the_files_fit_the_same_job_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        use(patched, heads=fewer_outputs())
        video = ingested()
        extract_features(str(video.job_id), "features")
    job = job_retry(Job.objects.get(pk=video.job_id), actor=None)
    extract_features(str(job.pk), "features")
    find_timeline(str(job.pk), "timeline")
    video.refresh_from_db()
    assert video.status == "ready"


def test_heads_of_another_tower_are_refused() -> None:
    with pytest.raises(ModelMismatch, match="fitted for the tower"):
        known_heads().require_match(encoder_id="another", output_names=frame_encoder().output_names)


def test_a_refresh_says_which_video_could_not_be_made_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    video = ready()
    use(monkeypatch, heads=fewer_outputs())
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("refresh_features", stdout=out)
    assert f"{video.pk}: The tower has outputs" in out.getvalue()
    assert newest(video.content).number == 1


def test_two_workers_with_different_weights_end_the_job_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    video = ingested()
    one, other = OtherHeads(frame_encoder(), heads_id="one"), OtherHeads(frame_encoder(), heads_id="other")
    for _ in range(5):
        use(monkeypatch, encoder=one)
        extract_features(str(video.job_id), "features")
        use(monkeypatch, encoder=other)
        find_timeline(str(video.job_id), "timeline")
    video.refresh_from_db()
    assert (video.status, video.reason_code) == ("failed", "sent_back_in_vain")
    assert "may not fit together" in video.reason
    assert not video.content.timelines.exists()


# --- the names ----------------------------------------------------------------------------------------------------


def test_heads_trained_anew_on_the_same_tower_have_another_name() -> None:
    encoder = frame_encoder()
    assert encoder.heads is not None
    before = heads_hash(encoder.heads, encoder.simulator)
    anew = type(encoder.heads)(encoder.heads.output_names)
    anew.load_state_dict(encoder.heads.state_dict())
    assert heads_hash(anew, encoder.simulator) == before
    assert heads_hash(encoder.heads, encoder.simulator, eyes=encoder.eyes) == encoder.heads_id
    with torch.no_grad():
        anew.frame_score.bias.add_(0.5)
    assert heads_hash(anew, encoder.simulator) != before
