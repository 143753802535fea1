"""Deleting a video reaches every copy of what was said of it: rows, files, logs, Redis and its file, audit rows."""

import base64
import os
import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import redis

from tests.environment import free_port
from tests.integration.server.conftest import PEOPLE
from tests.webserver import WebServer, serve_script

pytestmark = pytest.mark.slow

MARK = "Zyxwvut"
UPLOAD = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}

# What workers do with an upload and with a question, without their models.
PREPARE = """
import django; django.setup()
from webapp.jobs.models import Job
from webapp.jobs.services import job_claim, job_fail
from webapp.videos.models import Content, Video
job = Job.objects.get()
job_claim(job.pk, stage=job.stage, worker="w")
job_fail(job.pk, code="bad", message="Zyxwvut could not be read", permanent=False)
Video.objects.update(status="ready", reason="")
Content.objects.update(duration_s=12.0)
"""
ANSWER = """
import django; django.setup()
from webapp.conversations import news
from webapp.conversations.models import Answer
from webapp.conversations.outcomes import AnswerOutcome, ClaimOutcome, answer_finish, answer_started
from webapp.jobs.services import job_claim
answer = Answer.objects.get()
job = job_claim(answer.job_id, stage="answer", worker="w")
answer_started(answer.pk)
for index in range(50):
    news.announce(answer.pk, "delta", {"text": "Zyxwvut ", "offset": 8 * index})
claim = ClaimOutcome(index=0, text="Zyxwvut was here", start_s=0, end_s=1, verdict="not_verified")
outcome = AnswerOutcome(text="Zyxwvut " * 50, model_name="m", adapter="", ttft_s=0.1, num_tokens=5)
answer_finish(answer.pk, outcome=outcome, claims=[claim], worker=job.worker)
print("ANSWER", answer.pk)
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """With a Redis of its own that writes to var/, as `make run` starts it."""
    monkeypatch.delenv("REDIS_URL")
    monkeypatch.setenv("DEBRIEF_LOG_LEVEL", "DEBUG")
    script = serve_script()
    monkeypatch.setattr(script, "free_port", lambda _wanted: free_port())
    (_name, command, _priority), *_rest = script.redis_programs(tmp_path)
    store = subprocess.Popen(shlex.split(command), stdout=subprocess.DEVNULL)
    (tmp_path / "static").mkdir()
    server = WebServer(tmp_path)
    try:
        server.python("manage.py", "migrate", "-v0")
        yield server
    finally:
        server.stop()
        store.kill()
        store.wait()


def bytes_of(path: Path) -> bytes:
    """Nothing of a file that went while it was looked for, as SQLite's do with the last connection."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def places_of(mark: str, server: WebServer) -> list[str]:
    """Files below var/ and keys of Redis that hold the mark, in any way it may be written."""
    forms = [mark.encode(), base64.b64encode(mark.encode())[:8]]
    files = [path for path in server.var.rglob("*") if path.is_file()]
    found = [str(path.relative_to(server.var)) for path in files if any(form in bytes_of(path) for form in forms)]
    found += [str(path) for path in files if mark in path.name]
    for number in (0, 2, 3):
        with redis.Redis.from_url(f"{os.environ['REDIS_URL']}/{number}") as client:
            held = [key for key in client.keys("*") if mark.encode() in (client.dump(key) or b"")]
            found += [f"redis {number} {key!r}" for key in held]
    return found


def test_nothing_of_a_deleted_video_is_left_anywhere(server: WebServer) -> None:
    cookie = server.python("-c", PEOPLE).split("COOKIE ")[1].split()[0]
    server.start()
    with httpx2.Client(base_url=server.url, cookies={"sessionid": cookie}, timeout=60) as client:
        page = upload(client, f"{MARK}.mp4")
        server.python("-c", PREPARE)
        client.get("/", params={"search": MARK})
        post(client, f"{page}rename/", title=f"{MARK} on the table")
        post(client, f"{page}questions/", text=f"Was {MARK} seen?")
        answer = server.python("-c", ANSWER).split("ANSWER ")[1].split()[0]
        post(client, f"/answers/{answer}/thumb/", thumb="down", reason=f"{MARK} again")
        client.get(page)
        before = " ".join(places_of(MARK, server))
        assert all(place in before for place in ("web.sqlite3", "appendonly", "redis 2")), before
        post(client, f"{page}delete/")
    server.python("-c", "import django; django.setup()\nfrom webapp.lib.erasure import remains_erase; remains_erase()")
    assert left_after_rewrite(server) == []


def upload(client: httpx2.Client, filename: str) -> str:
    content = b"not a video, but bytes"
    metadata = f"filename {base64.b64encode(filename.encode()).decode()}"
    headers = {**UPLOAD, "Upload-Length": str(len(content)), "Upload-Metadata": metadata}
    return client.post("/uploads/", content=content, headers=headers).headers["Debrief-Video"]


def post(client: httpx2.Client, path: str, **form: str) -> None:
    client.get("/account/")
    response = client.post(path, data=form, headers={"X-CSRFToken": client.cookies["csrftoken"]})
    assert response.status_code < 400, (path, response.text)


def left_after_rewrite(server: WebServer) -> list[str]:
    """Redis rewrites its file in a process of its own, which takes a moment."""
    for _ in range(100):
        left = places_of(MARK, server)
        if not left:
            break
        time.sleep(0.1)
    return left
