"""What is not yours does not exist: the same 404 for a stranger's video, media, conversation and made-up ids."""

import json
import re
import subprocess
import sys
import uuid
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.conftest import ROOT
from tests.e2e.conftest import Debrief, sign_in
from tests.e2e.steps import make_clip, upload_and_open

MAKE_STRANGER = """
from webapp.accounts.services import hospital_create, user_create
hospital = hospital_create(name="Elsewhere", slug="elsewhere")
user_create(email="charlie@elsewhere.example", password="{password}", name="Charlie", hospital=hospital, role="surgeon")
"""


def make_stranger(debrief: Debrief) -> dict[str, str]:
    account = {"email": "charlie@elsewhere.example", "password": f"Pw-{uuid.uuid4()}"}
    code = MAKE_STRANGER.format(password=account["password"])
    command = [sys.executable, "manage.py", "shell", "-c", code]
    subprocess.run(command, cwd=ROOT, env=debrief.environment, check=True)
    return account


def test_a_stranger_finds_nothing(surgeon: Page, browser: Browser, debrief: Debrief, tmp_path: Path) -> None:
    upload_and_open(surgeon, make_clip(tmp_path / "private.mp4", duration_s=3, seed=41))
    path = "/" + surgeon.url.split("/", 3)[3]
    context = browser.new_context(base_url=debrief.url)
    charlie = context.new_page()
    sign_in(charlie, make_stranger(debrief))
    for address in (path, f"{path}proxy.mp4", re.sub(r"[0-9a-f-]{36}", str(uuid.uuid4()), path)):
        response = charlie.request.get(address)
        assert response.status == 404, address
        assert "private" not in response.text()
    charlie.goto("/")
    assert charlie.locator(".video-row").count() == 0
    context.close()


def test_nobody_sees_anything_without_signing_in(browser: Browser, debrief: Debrief) -> None:
    context = browser.new_context(base_url=debrief.url)
    page = context.new_page()
    page.goto("/")
    assert "/accounts/login/" in page.url
    assert page.request.get("/jobs/", max_redirects=0).status == 302
    response = page.request.post("/uploads/", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "5"})
    assert response.status in {401, 403}
    assert json.loads(response.text())["status"] == response.status
    context.close()
