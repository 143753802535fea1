"""Videos that this server fetches by itself, from a real HTTP store and a mounted folder, with the faults they have."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from tests.clips import write_counting_clip
from tests.factories import HospitalFactory, MembershipFactory
from tests.integration.api.caller import Caller, caller_of
from tests.stores import RecordingStore, recording_store
from webapp.accounts.models import Membership
from webapp.api.models import Webhook, WebhookEvent
from webapp.audit.models import AuditEvent
from webapp.jobs.models import Job
from webapp.lib.storage import content_paths, upload_part_path
from webapp.stores import stores_read
from webapp.videos.models import Fetch, Upload, Video
from workers import fetch_tasks
from workers.feature_tasks import extract_features, find_timeline
from workers.fetch_tasks import fetch_video
from workers.media_tasks import prepare_video

pytestmark = pytest.mark.django_db(transaction=True)
BYTES = os.urandom(3_000_000)


@pytest.fixture
def store(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordingStore]:
    cache.clear()
    monkeypatch.setattr(fetch_tasks, "WAITS_S", (0.0, 0.0, 0.0))
    monkeypatch.setattr(fetch_tasks, "DURABLE_EVERY_BYTES", 500_000)
    with recording_store() as running:
        running.files["/recordings/case.mp4"] = BYTES
        settings.OUTSIDE_ALLOWED = ["127.0.0.0/8"]
        settings.FETCH_STORES = stores_read([f"clinic@{running.url}/recordings/"])
        yield running


@pytest.fixture
def member() -> Membership:
    return MembershipFactory(hospital=HospitalFactory(slug="clinic"))


@pytest.fixture
def caller(member: Membership) -> Caller:
    return caller_of(member.user)


def ask(caller: Caller, address: str, *, key: str = "k1", **more: str) -> Any:
    return caller.post("/fetches", {"address": address, **more}, Idempotency_Key=key)


def work(fetch_id: str) -> dict[str, Any]:
    fetch = Fetch.objects.get(pk=fetch_id)
    fetch_video(str(fetch.job_id), "fetch")
    fetch.job.refresh_from_db()
    return {"status": fetch.job.status, "code": fetch.job.error_code}


def test_a_video_is_fetched_and_prepared_like_any_other(
    caller: Caller, member, store, tmp_path: Path, handed_over
) -> None:
    clip = write_counting_clip(tmp_path / "Case 17.mp4", seconds=2)
    store.files["/recordings/Case%2017.mp4"] = clip.read_bytes()
    asked = ask(caller, f"{store.url}/recordings/Case%2017.mp4?signature=secret")
    assert asked.status_code == 202
    assert asked["Location"] == asked.json()["url"]
    assert work(asked.json()["id"]) == {"status": "succeeded", "code": ""}
    told = caller.get(f"/fetches/{asked.json()['id']}").json()
    video = Video.objects.get(pk=told["video"])
    assert (video.original_filename, video.title, video.owner) == ("Case 17.mp4", "Case 17", member.user)
    assert told["offset_bytes"] == told["size_bytes"] == clip.stat().st_size
    paths = content_paths(video.hospital_id, video.content.sha256)
    assert paths.original.read_bytes() == clip.read_bytes()
    for stage, task in (("probe", prepare_video), ("transcode", prepare_video)):
        task(str(video.job_id), stage)
    extract_features(str(video.job_id), "features")
    find_timeline(str(video.job_id), "timeline")
    video.refresh_from_db()
    assert video.status == "ready"
    assert (str(video.job_id), "probe") in handed_over


def test_the_address_is_sealed_told_to_nobody_and_forgotten_at_the_end(caller: Caller, store) -> None:
    asked = ask(caller, f"{store.url}/recordings/case.mp4?signature=secret")
    row = Fetch.objects.get()
    told = json.dumps(
        [asked.json(), caller.get("/jobs").json(), list(AuditEvent.objects.values("detail"))], default=str
    )
    assert "signature" not in told + row.address_sealed
    assert AuditEvent.objects.get(action="video.fetch").detail["store"] == "127.0.0.1"
    work(str(row.pk))
    row.refresh_from_db()
    assert row.address_sealed == ""


def test_what_broke_off_goes_on_where_it_was(caller: Caller, store) -> None:
    store.breaks_after_bytes = [1_200_000, 700_000]
    asked = ask(caller, f"{store.url}/recordings/case.mp4", sha256=hashlib.sha256(BYTES).hexdigest())
    assert work(asked.json()["id"])["status"] == "succeeded"
    assert [request.get("range", "") for request in store.asked] == ["", "bytes=1200000-", "bytes=1900000-"]
    assert Video.objects.get().content.sha256 == hashlib.sha256(BYTES).hexdigest()


def test_a_store_that_breaks_off_every_time_is_told_and_a_retry_goes_on(caller: Caller, store) -> None:
    store.breaks_after_bytes = [400_000] * 4
    asked = ask(caller, f"{store.url}/recordings/case.mp4").json()
    Job.objects.update(attempts=10)
    assert work(asked["id"]) == {"status": "failed", "code": "unreachable"}
    assert caller.get(f"/fetches/{asked['id']}").json()["offset_bytes"] == 1_600_000
    assert caller.post(f"/jobs/{asked['job']}/retry").status_code == 202
    assert work(asked["id"])["status"] == "succeeded"
    assert store.asked[-1]["range"] == "bytes=1600000-"


def test_a_file_that_changed_meanwhile_begins_anew(caller: Caller, store) -> None:
    store.breaks_after_bytes = [1_000_000]
    asked = ask(caller, f"{store.url}/recordings/case.mp4").json()
    other = os.urandom(2_000_000)

    def change(context: Any, wait_s: float) -> None:
        store.files["/recordings/case.mp4"], store.etag = other, '"two"'

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetch_tasks, "_sleep", change)
        assert work(asked["id"])["status"] == "succeeded"
    assert Video.objects.get().content.sha256 == hashlib.sha256(other).hexdigest()
    assert Upload.objects.count() == 1


def test_a_store_of_its_own_sha256_is_believed_only_if_it_is_so(caller: Caller, store) -> None:
    asked = ask(caller, f"{store.url}/recordings/case.mp4", sha256="0" * 64).json()
    assert work(asked["id"]) == {"status": "failed", "code": "checksum_mismatch"}
    assert not Video.objects.exists()
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("redirects", "store_refused"),
        ("refuses", "store_answered"),
        ("unmeasured", "store_answered"),
        ("huge", "file_too_large"),
    ],
)
def test_a_store_that_does_not_send_the_file_is_told_in_a_sentence(caller: Caller, store, fault, code) -> None:
    store.faults["/recordings/odd.mp4"] = fault
    asked = ask(caller, f"{store.url}/recordings/odd.mp4").json()
    assert work(asked["id"]) == {"status": "failed", "code": code}
    told = caller.get(f"/fetches/{asked['id']}").json()["error_message"]
    assert told.endswith(".")
    assert "signature" not in told.replace("A signed address", "")
    assert not Video.objects.exists()


def test_what_is_not_there_is_told(caller: Caller, store) -> None:
    asked = ask(caller, f"{store.url}/recordings/none.mp4").json()
    assert work(asked["id"]) == {"status": "failed", "code": "store_no_file"}


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/recordings/case.mp4",
        "{url}/other/case.mp4",
        "{url}/recordings/../other/case.mp4",
        "{url}/recordings/%2e%2e/other/case.mp4",
        "{url}/recordings/%252e%252e/other/case.mp4",
        "{url}/recordings/a%2fcase.mp4",
        "{url}/recordings\\..\\case.mp4",
        "{url}/recordings/",
        "{url}@elsewhere.example/recordings/case.mp4",
        "http://user:word@{host}/recordings/case.mp4",
        "http://127.0.0.1:1/recordings/case.mp4",
        "https://{host}/recordings/case.mp4",
        "{url}/recordings/case.mp4#x",
        "store:theatre/case.mp4",
        "http://[::1/recordings/case.mp4",
        "http://127.0.0.1:99999/recordings/case.mp4",
    ],
)
def test_an_address_outside_the_stores_is_refused_before_anything_is_called(caller, store, address) -> None:
    given = address.replace("{url}", store.url).replace("{host}", store.url.removeprefix("http://"))
    refused = ask(caller, given)
    assert (refused.status_code, refused.json()["code"]) in ((403, "store_refused"), (403, "address_refused"))
    assert store.asked == []
    assert not Job.objects.exists()


def test_a_store_is_for_its_hospital_alone(store) -> None:
    stranger = caller_of(MembershipFactory().user)
    assert ask(stranger, f"{store.url}/recordings/case.mp4").status_code == 403


def test_a_store_inside_the_house_is_called_only_where_it_is_allowed_too(caller, store, settings) -> None:
    settings.OUTSIDE_ALLOWED = []
    assert ask(caller, f"{store.url}/recordings/case.mp4").json()["code"] == "address_refused"
    assert store.asked == []


def test_a_store_that_was_taken_off_the_list_is_not_called_any_more(caller, store, settings) -> None:
    asked = ask(caller, f"{store.url}/recordings/case.mp4").json()
    settings.FETCH_STORES = ()
    assert work(asked["id"]) == {"status": "failed", "code": "store_refused"}
    assert store.asked == []


def test_the_same_key_asks_once_and_a_stranger_sees_nothing_of_it(caller, store) -> None:
    asked = [ask(caller, f"{store.url}/recordings/case.mp4").json()["id"] for _ in range(2)]
    assert asked[0] == asked[1]
    assert Job.objects.count() == 1
    assert caller_of(MembershipFactory(role="admin").user).get(f"/fetches/{asked[0]}").status_code == 404


def test_cancelling_stops_it_and_what_came_is_kept_for_a_retry(caller, store, monkeypatch) -> None:
    asked = ask(caller, f"{store.url}/recordings/case.mp4").json()
    seen: list[int] = []

    def cancel_soon(self: Any) -> bool:
        seen.append(1)
        return len(seen) > 1

    monkeypatch.setattr("workers.claims.StopPoll.__call__", cancel_soon)
    assert work(asked["id"])["status"] == "cancelled"
    upload = Upload.objects.get()
    assert upload_part_path(upload.pk).stat().st_size == upload.offset_bytes


def test_room_is_asked_for_as_for_any_upload(caller, store, settings) -> None:
    settings.HOSPITAL_QUOTA_BYTES = 1_000_000
    asked = ask(caller, f"{store.url}/recordings/case.mp4").json()
    assert work(asked["id"]) == {"status": "failed", "code": "quota_exceeded"}


# --- a mounted folder


@pytest.fixture
def folder(settings: Any, tmp_path: Path, store) -> Path:
    root = tmp_path / "theatre"
    (root / "2026").mkdir(parents=True)
    (root / "2026" / "case 3.mp4").write_bytes(BYTES)
    (tmp_path / "outside.mp4").write_bytes(b"of another hospital")
    (root / "way-out").symlink_to(tmp_path)
    (root / "link.mp4").symlink_to(tmp_path / "outside.mp4")
    settings.FETCH_STORES = stores_read([f"clinic@theatre={root}"])
    return root


def test_a_recording_in_a_mounted_folder_is_fetched(caller, folder) -> None:
    asked = ask(caller, "store:theatre/2026/case%203.mp4").json()
    assert work(asked["id"])["status"] == "succeeded"
    assert Video.objects.get().original_filename == "case 3.mp4"


@pytest.mark.parametrize("path", ["way-out/outside.mp4", "link.mp4"])
def test_a_link_leads_nowhere_out_of_the_folder(caller, folder, path) -> None:
    asked = ask(caller, f"store:theatre/{path}").json()
    assert work(asked["id"]) == {"status": "failed", "code": "store_refused"}
    assert not Upload.objects.exists()


@pytest.mark.parametrize("path", ["2026", "none.mp4"])
def test_what_is_no_file_is_told(caller, folder, path) -> None:
    asked = ask(caller, f"store:theatre/{path}").json()
    assert work(asked["id"]) == {"status": "failed", "code": "store_no_file"}


@pytest.mark.parametrize("path", ["../outside.mp4", "%2e%2e/outside.mp4", "/etc/passwd", "2026/../../outside.mp4"])
def test_a_path_that_climbs_is_refused_at_once(caller, folder, path) -> None:
    refused = ask(caller, f"store:theatre/{path}")
    if refused.status_code == 202:  # //etc/passwd: a name inside the folder that is not there
        assert work(refused.json()["id"])["code"] in ("store_no_file", "store_refused")
    else:
        assert refused.json()["code"] == "store_refused"
    assert not Upload.objects.exists()


def test_its_end_is_told_to_webhooks_as_that_of_any_job(caller, member, store) -> None:
    Webhook.objects.create(
        hospital=member.hospital,
        name="PACS",
        url="https://pacs.example.org/",
        sealed_key="x",
        event_types=["video.created"],
    )
    asked = ask(caller, f"{store.url}/recordings/case.mp4").json()
    work(asked["id"])
    [event] = WebhookEvent.objects.filter(type="video.created")
    assert str(event.object_id) == str(Video.objects.get().pk)
