"""Uploads against a real server process that is killed, filled up and asked twice at once."""

import hashlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from tusclient.client import TusClient

from tests.environment import ROOT, free_port

pytestmark = pytest.mark.slow

MIB = 1024 * 1024
# One person of one hospital with a live session, made in the server's own database.
SIGN_IN = """
import django; django.setup()
from django.test import Client
from webapp.accounts.models import Hospital, Membership, User
hospital = Hospital.objects.create(name="H", slug="h")
user = User.objects.create_user("alice@example.org", "correct-horse-battery", name="Alice")
Membership.objects.create(user=user, hospital=hospital)
client = Client(); client.force_login(user)
print("COOKIE", client.cookies["sessionid"].value)
"""


@dataclass
class Server:
    """A web process of its own: database, storage, port. `start` again after `kill`."""

    var: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    cookie: str = ""

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "DEBRIEF_VAR": str(self.var),
            "DJANGO_SETTINGS_MODULE": "webapp.settings",
            "DEBRIEF_DISK_RESERVE_BYTES": "0",
        }
        return {**os.environ, "DATABASE_URL": f"sqlite:///{self.var}/web.sqlite3", **own}

    def prepare(self) -> None:
        self._python("manage.py", "migrate", "-v0")
        said = self._python("-c", SIGN_IN)
        self.cookie = said.split("COOKIE ")[1].split()[0]

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "webapp.asgi:application", "--port", str(self.port)]
        log = (self.var / "web.log").open("ab")
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        wait_until(lambda: can_connect(self.port))

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": f"sessionid={self.cookie}", "Tus-Resumable": "1.0.0"}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def offset(self, path: str) -> int:
        return int(httpx2.head(f"{self.url}{path}", headers=self.headers, timeout=60).headers["Upload-Offset"])

    def create(self, size_bytes: int) -> str:
        headers = {**self.headers, "Upload-Length": str(size_bytes)}
        return str(httpx2.post(f"{self.url}/uploads/", headers=headers, timeout=60).headers["Location"])

    def contents(self) -> list[str]:
        with sqlite3.connect(self.var / "web.sqlite3") as database:
            return [row[0] for row in database.execute("SELECT sha256 FROM videos_content")]

    def part(self, path: str) -> Path:
        return self.var / "storage" / "uploads" / f"{path.rsplit('/', 1)[-1]}.part"

    def _python(self, *arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout


class OpenPatch:
    """A PATCH that has sent its head and some of its body, and stays open."""

    def __init__(self, server: Server, path: str, *, offset: int, length: int) -> None:
        self.connection = socket.create_connection(("127.0.0.1", server.port))
        head = [
            f"PATCH {path} HTTP/1.1",
            f"Host: 127.0.0.1:{server.port}",
            "Content-Type: application/offset+octet-stream",
            f"Upload-Offset: {offset}",
            f"Content-Length: {length}",
            *(f"{name}: {text}" for name, text in server.headers.items()),
        ]
        self.connection.sendall(("\r\n".join(head) + "\r\n\r\n").encode())

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def close(self) -> None:
        self.connection.close()


def wait_until(is_so: object, *, limit_s: float = 60) -> None:
    assert callable(is_so)
    end = time.monotonic() + limit_s
    while not is_so():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def can_connect(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("web"))
    server.prepare()
    server.start()
    yield server
    server.kill()


def test_a_common_client_uploads_in_parts(server: Server, tmp_path: Path) -> None:
    content = os.urandom(3 * MIB + 17)
    source = tmp_path / "case.mp4"
    source.write_bytes(content)
    client = TusClient(f"{server.url}/uploads/", headers=server.headers)
    client.uploader(str(source), chunk_size=MIB, metadata={"filename": "case.mp4"}, upload_checksum=True).upload()
    assert hashlib.sha256(content).hexdigest() in server.contents()


def test_a_common_client_that_declares_nothing_goes_on_by_address(server: Server, tmp_path: Path) -> None:
    content = os.urandom(3 * MIB + 17)
    source = tmp_path / "case.mp4"
    source.write_bytes(content)
    client = TusClient(f"{server.url}/uploads/", headers=server.headers)
    first = client.uploader(str(source), chunk_size=MIB)
    first.upload(stop_at=MIB)
    client.uploader(str(source), chunk_size=MIB, url=first.url).upload()
    assert hashlib.sha256(content).hexdigest() in server.contents()


def test_killed_in_the_middle_of_a_chunk_it_goes_on_and_the_bytes_are_the_same(server: Server) -> None:
    content = os.urandom(48 * MIB)
    path = server.create(len(content))
    patch = OpenPatch(server, path, offset=0, length=len(content))
    patch.send(content[: 40 * MIB])
    wait_until(lambda: server.part(path).stat().st_size >= 39 * MIB)
    server.kill()
    patch.close()
    server.start()
    offset = server.offset(path)
    assert 16 * MIB <= offset <= 40 * MIB
    headers = {**server.headers, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    said = httpx2.patch(f"{server.url}{path}", headers=headers, content=content[offset:], timeout=120)
    assert said.status_code == 204
    assert said.headers["Debrief-Video"].startswith("/videos/")
    assert hashlib.sha256(content).hexdigest() in server.contents()


def test_a_connection_that_breaks_keeps_every_byte_that_came(server: Server) -> None:
    path = server.create(8 * MIB)
    patch = OpenPatch(server, path, offset=0, length=8 * MIB)
    patch.send(b"x" * (5 * MIB + 3))
    wait_until(lambda: server.part(path).stat().st_size >= 4 * MIB)
    patch.close()
    wait_until(lambda: server.offset(path) == 5 * MIB + 3)


def test_a_second_writer_is_kept_out_while_the_first_sends(server: Server) -> None:
    path = server.create(8 * MIB)
    patch = OpenPatch(server, path, offset=0, length=8 * MIB)
    patch.send(b"x" * 2 * MIB)
    wait_until(lambda: server.part(path).exists() and server.part(path).stat().st_size >= MIB)
    headers = {**server.headers, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert httpx2.patch(f"{server.url}{path}", headers=headers, content=b"y", timeout=60).status_code == 423
    patch.send(b"x" * 6 * MIB)
    wait_until(lambda: server.offset(path) == 8 * MIB)
    patch.close()


def test_of_two_at_once_one_wins(server: Server) -> None:
    path, content = server.create(4 * MIB), os.urandom(4 * MIB)
    headers = {**server.headers, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    statuses: list[int] = []

    def send() -> None:
        statuses.append(httpx2.patch(f"{server.url}{path}", headers=headers, content=content, timeout=60).status_code)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses.count(204) == 1
    assert set(statuses) <= {204, 409, 423}
    assert server.contents().count(hashlib.sha256(content).hexdigest()) == 1


def test_memory_does_not_grow_with_the_upload(server: Server) -> None:
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status")
    if not status.exists():
        pytest.skip("SKIPPED, not tested: memory is read from /proc, which is Linux's")
    before = resident_bytes(status)
    chunk = b"\0" * (64 * MIB)
    path = server.create(4 * len(chunk))
    for offset in range(0, 4 * len(chunk), len(chunk)):
        headers = {**server.headers, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        assert httpx2.patch(f"{server.url}{path}", headers=headers, content=chunk, timeout=120).status_code == 204
    assert resident_bytes(status) - before < 64 * MIB


def resident_bytes(status: Path) -> int:
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024
