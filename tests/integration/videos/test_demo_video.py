"""An empty library offers a video drawn on this server: labelled as simulated, for whoever asked, once at a time."""

from typing import Any

import pytest
from django.test import Client

from inference.simulator.spec import SimulationSpec
from tests.factories import VideoFactory
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.jobs.models import Job
from webapp.jobs.services import job_claim
from webapp.videos.models import Video
from workers import demo_tasks
from workers.demo_tasks import DemoClip, draw_demo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> DemoClip:
    spec = SimulationSpec(task="peg_transfer", skill=0.1, seed=11, duration_s=2.0, width_px=320, height_px=180)
    clip = DemoClip(name="short", title="Peg transfer, novice (simulated)", spec=spec)
    monkeypatch.setattr(demo_tasks, "demo_clip", lambda: clip)
    return clip


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def asked(user: User) -> Any:
    return browser_of(user).post("/videos/demo/", headers={"HX-Request": "true", "accept": "application/json"})


def test_an_empty_library_offers_it_and_says_what_it_is(alice: User) -> None:
    page = browser_of(alice).get("/").content.decode()
    assert "Draw a demo video" in page
    assert "No patient is in it" in page


def test_a_library_with_videos_does_not(alice: User) -> None:
    VideoFactory(owner=alice)
    assert "Draw a demo video" not in browser_of(alice).get("/").content.decode()


def test_it_is_drawn_for_whoever_asked_and_prepared_like_any_other(
    alice: User, short: DemoClip, sent: list[str]
) -> None:
    assert asked(alice).status_code == 204
    job = Job.objects.get(kind="demo_video")
    draw_demo(str(job.pk), "draw")
    job.refresh_from_db()
    video = Video.objects.get()
    assert (job.status, video.owner, video.title) == ("succeeded", alice, short.title)
    assert (video.status, video.job.kind) == ("processing", "ingest")  # type: ignore[union-attr]
    assert sent == [str(job.pk), str(video.job_id)]
    rows = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"video.demo", "video.upload"} <= rows


def test_while_it_is_drawn_the_library_counts_it_and_no_second_is_begun(alice: User) -> None:
    asked(alice)
    job = Job.objects.get(kind="demo_video")
    assert asked(alice).json()["code"] == "demo_running"
    job_claim(job.pk, stage="draw", worker="w")
    Job.objects.update(done=30, total=90, unit="frames")
    page = browser_of(alice).get("/").content.decode()
    assert "30 of 90 frames" in page
    assert "every 1500ms" in page
    assert "Draw a demo video" not in page


def test_a_colleague_is_not_held_up_by_it(alice: User, bob: User) -> None:
    asked(alice)
    assert asked(bob).status_code == 204


def test_without_room_it_is_not_begun(alice: User, settings: Any) -> None:
    settings.HOSPITAL_QUOTA_BYTES = 1_000_000
    assert asked(alice).status_code == 507
    assert not Job.objects.exists()


def test_a_cancelled_drawing_leaves_nothing(alice: User, short: DemoClip, own_storage: Any) -> None:
    asked(alice)
    job = Job.objects.get(kind="demo_video")
    Job.objects.update(cancel_requested=True)
    draw_demo(str(job.pk), "draw")
    assert not Video.objects.exists()
    assert list(own_storage.glob(".demo-*")) == []
