"""`manage.py ingest`: the whole pipeline in the foreground, one JSON object a file."""

import getpass
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.clips import write_counting_clip
from tests.factories import JobFactory, MembershipFactory
from webapp.audit.models import AuditEvent
from webapp.jobs import queue
from webapp.jobs.models import Job
from webapp.jobs.services import job_enqueue
from webapp.lib.storage import content_paths
from webapp.videos.models import Video

pytestmark = pytest.mark.django_db(transaction=True)


def ingest(*paths: Path, owner: str = "") -> list[dict[str, Any]]:
    out = StringIO()
    arguments = ["--owner", owner] if owner else []
    call_command("ingest", *arguments, "--json", "--", *map(str, paths), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_video_goes_all_the_way(tmp_path: Path) -> None:
    clip = write_counting_clip(tmp_path / "-rf $(x) clip.mp4", seconds=2)
    [outcome] = ingest(clip)
    video = Video.objects.get(pk=outcome["id"])
    paths = content_paths(video.hospital_id, video.content.sha256)
    assert (outcome["status"], outcome["duration_s"], outcome["frames"]) == ("ready", 2.0, 50)
    assert video.job is not None
    assert (video.job.status, video.job.stage) == (Job.Status.SUCCEEDED, "timeline")
    assert all(path.is_file() for path in (paths.proxy, paths.samples, paths.features, paths.poster))


def test_nothing_is_handed_to_a_broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(queue, "enqueue", lambda job_id, _stage: sent.append(str(job_id)) or True)
    [outcome] = ingest(write_counting_clip(tmp_path / "clip.mp4", seconds=2))
    assert outcome["status"] == "ready"
    assert sent == []


def test_a_job_of_somebody_else_is_still_handed_over_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(queue, "enqueue", lambda job_id, _stage: sent.append(str(job_id)) or True)
    mine, other = JobFactory(), JobFactory()
    with queue.kept_here(mine.pk):
        job_enqueue(mine)
        job_enqueue(other)
    job_enqueue(mine)
    assert sent == [str(other.pk), str(mine.pk)]


def test_a_bad_file_is_rejected_with_its_sentence_and_the_next_one_goes_on(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "notes.mp4").write_text("not a video")
    first, second = ingest(tmp_path / "empty.mp4", tmp_path / "notes.mp4")
    assert (first["status"], second["status"]) == ("rejected", "rejected")
    assert first["reason"].startswith("The file is empty")
    assert first["frames"] is None


def test_the_video_belongs_to_the_named_person(tmp_path: Path) -> None:
    surgeon = MembershipFactory().user
    (tmp_path / "empty.mp4").touch()
    [outcome] = ingest(tmp_path / "empty.mp4", owner=surgeon.email)
    assert Video.objects.get(pk=outcome["id"]).owner == surgeon


def test_the_same_file_twice_is_one_video(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    first, second = ingest(tmp_path / "empty.mp4", tmp_path / "empty.mp4")
    assert first["id"] == second["id"]


def test_a_folder_stands_for_the_files_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    (folder / "more").mkdir(parents=True)
    for name in ("b.mp4", "a.mp4"):
        (folder / name).write_text(name)
    outcomes = ingest(folder)
    assert [Path(outcome["path"]).name for outcome in outcomes] == ["a.mp4", "b.mp4"]
    assert all(outcome["took_s"] >= 0 for outcome in outcomes)


def test_a_missing_file_is_told_and_the_exit_says_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="not every file"):
        ingest(tmp_path / "gone.mp4")


def test_an_unknown_owner_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nobody with the e-mail"):
        ingest(tmp_path / "x.mp4", owner="nobody@example.org")


def test_what_is_ingested_is_in_the_audit_log_with_who_sat_at_the_machine(tmp_path: Path) -> None:
    surgeon = MembershipFactory()
    (tmp_path / "empty.mp4").touch()
    [outcome] = ingest(tmp_path / "empty.mp4", owner=surgeon.user.email)
    row = AuditEvent.objects.get(hospital_id=str(surgeon.hospital_id))
    assert (row.action, row.object_id, row.actor_email) == ("video.upload", outcome["id"], surgeon.user.email)
    assert (row.detail["via"], row.detail["operator"]) == ("command", getpass.getuser())
