"""What a hospital's system does, from the first token to the archive, against a server as `make run` starts it.

It signs for a token, uploads, is told by a webhook, reads a signed report as FHIR, and stores its PDF in an archive.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from joserfc.jwk import ECKey
from pydicom import dcmread
from standardwebhooks import Webhook as Verifier

from tests.conftest import ROOT
from tests.integration.api.test_dicom import kept_by, orthanc
from tests.integration.api.test_fhir import wrong_as_r4
from tests.webserver import WebServer

sys.path.insert(0, str(ROOT / "clients/python"))
from debrief_client import Debrief, SignedToken

__all__ = ["orthanc"]
pytestmark = pytest.mark.slow
PEOPLE = """
import django, json, sys; django.setup()
from tests.factories import MembershipFactory, VideoFactory
from tests.skill_rows import SCORES, skill_rows
from webapp.accounts.actors import Actor
from webapp.api.oauth.clients import client_create
from webapp.skills.models import SignedRevision, SkillReport
admin = MembershipFactory(role="admin")
reviewer = MembershipFactory(hospital=admin.hospital, role="reviewer")
surgeon = MembershipFactory(hospital=admin.hospital)
client, _ = client_create(
    actor=Actor(membership=admin, via="page"), name="HIS", role="reviewer", auth_method="private_key_jwt",
    scopes=["videos:read", "videos:write", "skills:read", "skills:write", "system/DiagnosticReport.rs"],
    jwks=sys.argv[1],
)
ids = skill_rows(VideoFactory(owner=surgeon.user), reviewer.user)
SkillReport.objects.filter(pk=ids["report_id"]).update(state="signed")
report = SkillReport.objects.get(pk=ids["report_id"])
SignedRevision.objects.create(report=report, number=1, scores=SCORES, levels=["expert"], sha256="0" * 64)
from webapp.api.webhooks.services import webhook_create
_, secret = webhook_create(
    actor=Actor(membership=admin, via="page"), name="HIS", url=sys.argv[2], event_types=["video.created"]
)
print("TOLD", json.dumps({"client": client.client_id, "report": str(report.pk), "secret": secret}))
"""
SENDER = """
import django, threading; django.setup()
from workers.webhooks import deliver
deliver(threading.Event(), every_s=0.2)
"""


@pytest.fixture
def came() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """Where the hospital listens, and what it was told."""
    told: list[tuple[dict[str, str], bytes]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.append(({name.lower(): text for name, text in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/told", told
    server.shutdown()
    server.server_close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[WebServer]:
    (tmp_path / "var/static").mkdir(parents=True)
    server = WebServer(tmp_path / "var")
    server.more = {"DEBRIEF_OUTSIDE_ALLOWED": "127.0.0.0/8"}
    server.python("manage.py", "migrate", "-v0")
    server.start()
    sender = subprocess.Popen([sys.executable, "-c", SENDER], cwd=ROOT, env=server.environment)
    try:
        yield server
    finally:
        sender.kill()
        sender.wait()
        server.stop()


def test_from_the_first_token_to_the_archive(
    served: WebServer, came: tuple[str, list[tuple[dict[str, str], bytes]]], orthanc: str, tmp_path: Path
) -> None:
    receiver_url, told = came
    key = ECKey.generate_key("P-384", {"kid": "his"})
    jwks = json.dumps({"keys": [key.as_dict(private=False)]})
    people = json.loads(served.python("-c", PEOPLE, jwks, receiver_url).split("TOLD ")[1])
    token = SignedToken(served.url, people["client"], key.as_dict(private=True))
    debrief = Debrief(served.url, token=token)

    case = tmp_path / "case.mp4"
    case.write_bytes(os.urandom(100_000))
    video = debrief.upload(case)

    deadline_s = time.monotonic() + 60
    while not told and time.monotonic() < deadline_s:
        time.sleep(0.1)
    headers, body = told[0]
    event = Verifier(people["secret"]).verify(body, headers)
    assert (event["type"], event["data"]["id"]) == ("video.created", video)

    debrief.send("POST", f"/api/v1/reports/{people['report']}/open")
    (report,) = debrief.fhir("DiagnosticReport", _id=people["report"])
    assert report["status"] == "final"
    assert wrong_as_r4([report]) == [""]

    document, _ = debrief.send("GET", report["presentedForm"][0]["url"])
    assert document.startswith(b"%PDF-")
    as_object, _ = debrief.send("GET", f"/api/v1/reports/{people['report']}/dicom")
    (tmp_path / "kept.dcm").write_bytes(kept_by(orthanc, as_object))
    kept = dcmread(tmp_path / "kept.dcm")
    assert kept.EncapsulatedDocument[: kept.EncapsulatedDocumentLength].startswith(b"%PDF-")
