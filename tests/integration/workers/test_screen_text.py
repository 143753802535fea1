"""From a recording with text burnt in to its lane, and never to the language model."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from inference.errors import ModelMissing
from inference.llava_surg.answering.prompt import shared_messages
from inference.screen_text import rapid
from inference.vision.store import FeatureStore
from tests.factories import MembershipFactory
from tests.overlays import HOSTILE_ORDER, Picture, put, write_clip
from webapp.accounts.actors import command_actor
from webapp.lib.storage import content_paths
from webapp.videos.models import Content, Video
from webapp.videos.selectors import facts_for_video, timeline_newest
from webapp.videos.services import video_create_from_path
from webapp.videos.timelines import timeline_add
from workers import preparing
from workers.answer_tasks import timeline_facts
from workers.management.commands.doctor import describe_text_reader, examine
from workers.pipeline import run_in_foreground
from workers.runtime import frame_encoder

pytestmark = pytest.mark.django_db(transaction=True)


def draw(picture: Picture, _time_s: float) -> None:
    put(picture, "Patient: DOE, JANE", (30, 50))
    put(picture, HOSTILE_ORDER, (200, 640), height_px=26)


def prepared(path: Path) -> Video:
    membership = MembershipFactory()
    video = video_create_from_path(
        path=path, owner=membership.user, hospital=membership.hospital, actor=command_actor(), enqueue=False
    )
    assert video.job is not None
    run_in_foreground(video.job.pk)
    video.refresh_from_db()
    return video


@pytest.fixture
def no_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(**_options: Any) -> None:
        raise ModelMissing("On-screen text is not read: rapidocr-onnxruntime is not installed. Run `make setup`.")

    monkeypatch.setattr(rapid, "RapidTextReader", missing)
    # The real one may have been built already by another test.
    monkeypatch.setattr(preparing, "text_reader", lambda: None)


def test_an_order_on_the_screen_is_a_segment_and_no_part_of_the_prompt(tmp_path: Path) -> None:
    video = prepared(write_clip(tmp_path / "clip.mp4", seconds=4, draw=draw))
    labels = set(facts_for_video(video).filter(lane="text").values_list("label", flat=True))
    assert (video.status, video.content.is_text_covered) == (Video.Status.READY, True)
    assert HOSTILE_ORDER in labels
    facts = timeline_facts(timeline_newest(video.content))
    assert not [fact for fact in facts if fact.lane == "text"]
    prompt = " ".join(message.text for message in shared_messages(facts=facts, start_s=0, end_s=4, has_video=True))
    assert "gnore" not in prompt
    assert "died" not in prompt
    assert "DOE" not in prompt


def test_the_encoder_sees_other_pixels_than_without_the_cover_and_says_so(tmp_path: Path) -> None:
    video = prepared(write_clip(tmp_path / "clip.mp4", seconds=4, draw=draw))
    paths = content_paths(video.hospital_id, video.content.sha256)
    covered = FeatureStore.open(paths.features)
    preparing.extract_features(paths.samples, tmp_path / "plain.safetensors", frame_encoder())
    plain = FeatureStore.open(tmp_path / "plain.safetensors")
    assert covered.encoder_id == plain.encoder_id
    assert covered.covering_id.startswith("debrief-screen-text-1-")
    assert plain.covering_id == ""
    assert (covered.frame_features() - plain.frame_features()).abs().max() > 0.01


def test_a_video_without_text_has_the_features_it_had_before_to_the_last_bit(tmp_path: Path) -> None:
    video = prepared(write_clip(tmp_path / "clip.mp4", seconds=4, draw=lambda _picture, _time_s: None))
    paths = content_paths(video.hospital_id, video.content.sha256)
    preparing.extract_features(paths.samples, tmp_path / "plain.safetensors", frame_encoder())
    plain, now = (FeatureStore.open(path) for path in (tmp_path / "plain.safetensors", paths.features))
    assert (now.frame_features() == plain.frame_features()).all()
    assert video.content.is_text_covered
    assert not facts_for_video(video).filter(lane="text").exists()


def test_features_made_before_text_was_covered_are_made_anew(tmp_path: Path) -> None:
    video = prepared(write_clip(tmp_path / "clip.mp4", seconds=4, draw=draw))
    paths = content_paths(video.hospital_id, video.content.sha256)
    paths.screen_text.unlink()
    paths.features.unlink()
    preparing.extract_features(paths.samples, paths.features, frame_encoder())
    Content.objects.filter(pk=video.content_id).update(is_text_covered=False)
    timeline_add(video.content, made_by={"encoder": "e"}, facts=[])
    call_command("refresh_features")
    video.refresh_from_db()
    assert video.content.is_text_covered
    assert FeatureStore.open(paths.features).covering_id != ""
    assert facts_for_video(video).filter(lane="text", label=HOSTILE_ORDER).exists()


@pytest.mark.usefixtures("no_reader")
def test_without_the_reader_a_video_becomes_ready_without_the_lane_and_says_so(tmp_path: Path) -> None:
    video = prepared(write_clip(tmp_path / "clip.mp4", seconds=4, draw=draw))
    assert (video.status, video.content.is_text_covered) == (Video.Status.READY, False)
    assert not facts_for_video(video).filter(lane="text").exists()


@pytest.mark.usefixtures("no_reader")
def test_the_doctor_says_what_is_missing() -> None:
    finding = examine("on-screen text", describe_text_reader)
    assert not finding.ok
    assert "rapidocr-onnxruntime is not installed" in finding.detail
