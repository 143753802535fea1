"""DICOM both ways: objects come in by STOW-RS and by a folder, ours go out; against a real archive if there is one."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from pydicom import dcmread

from tests.conftest import free_port, skip_or_fail
from tests.factories import MembershipFactory, VideoFactory
from tests.integration.api.caller import caller_of, token_of
from tests.skill_rows import SCORES, skill_rows
from webapp.accounts.actors import Actor
from webapp.accounts.models import Membership
from webapp.api.dicom.reading import PATIENT, STUDY
from webapp.api.identifiers import CaseIdentifier, identifiers_add, identifiers_of
from webapp.lib.storage import content_paths
from webapp.skills.models import SignedRevision, SkillReport
from webapp.videos.models import Upload, Video

pytestmark = pytest.mark.django_db
BOUNDARY = "b7f3"
# Of odd length, which no fragment has.
STREAM = bytes(range(256)) * 37 + b"odd"


@pytest.fixture
def ana(settings, tmp_path: Path) -> Membership:
    settings.STORAGE_DIR, settings.DISK_RESERVE_BYTES = tmp_path / "storage", 0
    return MembershipFactory()


def prepared_video(owner: Membership, stream: bytes, *cases: CaseIdentifier) -> Video:
    video = VideoFactory(owner=owner.user)
    paths = content_paths(video.hospital_id, video.content.sha256)
    paths.root.mkdir(parents=True)
    paths.proxy.write_bytes(stream)
    if cases:
        identifiers_add(video, cases, actor=Actor(membership=owner, via="page"))
    return video


def exported(owner: Membership, stream: bytes = STREAM, patient: str = "P-1", kind: str = "photographic") -> bytes:
    cases = [CaseIdentifier(system=PATIENT, value=patient), CaseIdentifier(system=STUDY, value="1.2.3.4")]
    video = prepared_video(owner, stream, *cases)
    response = caller_of(owner.user).get(f"/videos/{video.pk}/dicom?kind={kind}")
    assert response.status_code == 200, response.content
    return bytes(response.content)


def multipart(*parts: bytes) -> bytes:
    body = b"".join(
        b"--" + BOUNDARY.encode() + b"\r\nContent-Type: application/dicom\r\n\r\n" + part + b"\r\n" for part in parts
    )
    return body + b"--" + BOUNDARY.encode() + b"--\r\n"


def stow(owner: Membership, body: bytes, content_type: str = "") -> HttpResponse:
    kind = content_type or f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'
    headers = {"Authorization": f"Bearer {token_of(owner.user)}", "Accept": "application/dicom+json"}
    return Client().generic("POST", "/api/dicom/studies", body, kind, headers=headers)


def original_of(video: Video) -> bytes:
    return content_paths(video.hospital_id, video.content.sha256).original.read_bytes()


@pytest.mark.parametrize("kind", ["photographic", "endoscopic"])
def test_what_went_out_comes_back_byte_for_byte(ana: Membership, kind: str) -> None:
    receiver = MembershipFactory()
    response = stow(receiver, multipart(exported(ana, kind=kind)))
    assert response.status_code == 200, response.content
    (stored,) = response.json()["00081199"]["Value"]
    video = Video.objects.get(owner=receiver.user)
    assert stored["00081190"]["Value"][0].endswith(f"/api/v1/videos/{video.pk}")
    assert original_of(video) == STREAM
    assert {(one.system, one.value) for one in identifiers_of(video)} >= {(PATIENT, "P-1"), (STUDY, "1.2.3.4")}


def test_nothing_of_the_header_is_in_the_clear(ana: Membership) -> None:
    receiver = MembershipFactory()
    stow(receiver, multipart(exported(ana, patient="MUSTER-77")))
    video = Video.objects.get(owner=receiver.user)
    assert "MUSTER" not in str(list(Video.objects.values())) + str(list(video.identifiers.values()))


def test_two_patients_in_one_request_are_refused_and_nothing_is_kept(ana: Membership) -> None:
    receiver = MembershipFactory()
    objects = exported(ana), exported(ana, STREAM + b"x", patient="P-2")
    response = stow(receiver, multipart(*objects))
    assert (response.status_code, response.json()["code"]) == (409, "two_patients")
    assert not Video.objects.filter(owner=receiver.user).exists()
    assert not Upload.objects.exists()


def test_two_objects_of_one_case_are_two_videos(ana: Membership) -> None:
    receiver = MembershipFactory()
    assert stow(receiver, multipart(exported(ana), exported(ana, STREAM + b"x"))).status_code == 200
    assert Video.objects.filter(owner=receiver.user).count() == 2


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", "", 415),
        (multipart(), "", 400),
        (multipart(b"no dicom"), "", 422),
        (multipart(b"\0" * 128 + b"DICM"), "", 422),
        (b"--b7f3\r\nContent-Type: application/dicom\r\n\r\nhalf", "", 400),
        (b"--b7f3\r\n" + b"x" * 20_000, "", 400),
        (b"{}", "application/json", 415),
        (multipart(b"x"), 'multipart/related; type="application/dicom"', 400),
        (multipart(b"x"), 'multipart/related; type="text/plain"; boundary=b7f3', 415),
    ],
)
def test_a_request_that_is_none_is_refused(ana: Membership, body: bytes, content_type: str, status: int) -> None:
    assert stow(ana, body, content_type).status_code == status
    assert not Video.objects.exists()


def test_an_object_that_is_cut_off_or_no_video_is_refused(ana: Membership) -> None:
    receiver = MembershipFactory()
    whole = exported(ana)
    assert stow(receiver, multipart(whole[:-200])).status_code == 422
    assert stow(receiver, multipart(whole, whole[:-200])).status_code == 422
    report = signed_report(ana)
    document = caller_of(ana.user).get(f"/reports/{report.pk}/dicom")
    assert stow(receiver, multipart(bytes(document.content))).status_code == 422
    assert not Video.objects.filter(owner=receiver.user).exists()


def test_a_request_that_is_too_large_is_refused(ana: Membership, settings) -> None:
    whole = exported(ana)
    settings.UPLOAD_MAX_BYTES = 1000
    assert stow(ana, multipart(whole)).status_code == 413


def test_a_recorders_folder_is_taken_in(ana: Membership, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "good.dcm").write_bytes(exported(ana))
    (folder / "bad.dcm").write_bytes(b"x")
    receiver = MembershipFactory()
    call_command("dicom_import", str(folder), "--owner", receiver.user.email)
    assert original_of(Video.objects.get(owner=receiver.user)) == STREAM
    assert (folder / "done/good.dcm").exists()
    assert (folder / "refused/bad.txt").read_text() != ""


def signed_report(owner: Membership) -> SkillReport:
    reviewer = MembershipFactory(hospital=owner.hospital, role="reviewer")
    ids = skill_rows(VideoFactory(owner=owner.user), reviewer.user)
    SkillReport.objects.filter(pk=ids["report_id"]).update(state="signed")
    report = SkillReport.objects.get(pk=ids["report_id"])
    SignedRevision.objects.create(report=report, number=1, scores=SCORES, levels=["expert"], sha256="0" * 64)
    return report


@pytest.fixture
def orthanc(tmp_path: Path) -> Iterator[str]:
    """A real archive with its DICOMweb plugin, from Debian's packages."""
    binary, plugin = shutil.which("Orthanc"), Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
    if binary is None or not plugin.exists():
        skip_or_fail("no Orthanc (Debian: orthanc, orthanc-dicomweb)")
    port, folder = free_port(), tmp_path / "orthanc"
    folder.mkdir()
    settings = {
        "StorageDirectory": str(folder),
        "IndexDirectory": str(folder),
        "HttpPort": port,
        "DicomServerEnabled": False,
        "AuthenticationEnabled": False,
        "Plugins": [str(plugin)],
    }
    (folder / "orthanc.json").write_text(json.dumps(settings))
    log = (folder / "log").open("wb")
    process = subprocess.Popen([str(binary), str(folder / "orthanc.json")], stdout=log, stderr=log, env=os.environ)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx2.get(f"{url}/system", timeout=2)
                break
            except httpx2.TransportError:
                time.sleep(0.2)
        yield url
    finally:
        process.kill()
        process.wait()
        log.close()


def kept_by(url: str, given: bytes) -> bytes:
    """Sent by STOW-RS, and fetched again as the archive keeps it."""
    headers = {"Content-Type": f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'}
    sent = httpx2.post(f"{url}/dicom-web/studies", content=multipart(given), headers=headers, timeout=60)
    assert sent.status_code == 200, sent.text
    (instance,) = httpx2.get(f"{url}/instances", timeout=60).json()[-1:]
    return bytes(httpx2.get(f"{url}/instances/{instance}/file", timeout=60).content)


@pytest.mark.slow
def test_a_round_trip_through_a_real_archive_returns_the_same_stream(ana: Membership, orthanc: str) -> None:
    receiver = MembershipFactory()
    response = stow(receiver, multipart(kept_by(orthanc, exported(ana))))
    assert response.status_code == 200, response.content
    assert original_of(Video.objects.get(owner=receiver.user)) == STREAM


@pytest.mark.slow
def test_a_real_archive_keeps_the_report(ana: Membership, orthanc: str, tmp_path: Path) -> None:
    given: Any = caller_of(ana.user).get(f"/reports/{signed_report(ana).pk}/dicom")
    assert given.status_code == 200, given.content
    (tmp_path / "kept.dcm").write_bytes(kept_by(orthanc, bytes(given.content)))
    kept = dcmread(tmp_path / "kept.dcm")
    assert kept.EncapsulatedDocument[: kept.EncapsulatedDocumentLength].startswith(b"%PDF-")
