"""All of Debrief as processes of their own, and a real browser in front of them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.conftest import ROOT, free_port, skip_or_fail

BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
]
START_LIMIT_S = 180


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e" in str(item.path):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(300))


@dataclass
class Debrief:
    """The running application: its address, its accounts and its processes by name."""

    url: str
    accounts: dict[str, dict[str, str]]
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        log = open(Path(self.environment["DEBRIEF_VAR"]) / f"{name}.log", "ab")  # noqa: SIM115 - lives as long as the process
        self.processes[name] = subprocess.Popen(
            self.command(name), cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )

    def kill(self, name: str) -> None:
        """kill -9 of the whole process group, as the out-of-memory killer or a pulled plug would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop_all(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)

    def command(self, name: str) -> list[str]:
        celery = [sys.executable, "-m", "celery", "-A"]
        worker = ["worker", "--loglevel", "INFO", "--without-mingle", "--without-gossip"]
        port = self.url.rsplit(":", 1)[1].strip("/")
        return {
            "web": [sys.executable, "-m", "uvicorn", "webapp.asgi:application", "--port", port, "--no-proxy-headers"],
            "media": [
                *celery,
                "workers.celery",
                *worker,
                "-n",
                "media@%h",
                "-Q",
                "media",
                "-P",
                "prefork",
                "-c",
                "1",
            ],
            "gpu": [*celery, "workers.gpu", *worker, "-n", "gpu@%h", "-Q", "answers", "-P", "threads", "-c", "16"],
            "bulk": [*celery, "workers.gpu", *worker, "-n", "bulk@%h", "-Q", "bulk", "-P", "threads", "-c", "2"],
            "beat": [*celery, "workers.clock", "beat", "--schedule", f"{self.environment['DEBRIEF_VAR']}/celerybeat"],
        }[name]

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}readyz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError(f"not ready in {START_LIMIT_S} s: see web.log")


@pytest.fixture(scope="session")
def debrief() -> Iterator[Debrief]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "webapp.settings", "PYTHONPATH": str(ROOT)}
    for arguments in (["migrate", "-v", "0"], ["demo_accounts", "--quiet"]):
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True)
    rows = json.loads((Path(environment["DEBRIEF_VAR"]) / "demo_accounts.json").read_text())
    app = Debrief(
        url=f"http://127.0.0.1:{free_port()}/",
        accounts={row["role"]: row for row in rows},
        environment=environment,
    )
    for name in ("web", "media", "gpu", "bulk", "beat"):
        app.start(name)
    try:
        app.wait_until_ready()
        yield app
    finally:
        app.stop_all()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        skip_or_fail("no chromium (apt-get install chromium, or set CHROMIUM)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, debrief: Debrief) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=debrief.url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(30_000)
    yield context
    context.close()


def sign_in(page: Page, account: dict[str, str]) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(account["email"])
    page.get_by_label("Password").fill(account["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


@pytest.fixture
def surgeon(context: BrowserContext, debrief: Debrief) -> Page:
    """A signed-in surgeon's page, which also fails the test on a console error or a broken content security policy."""
    page = context.new_page()
    sign_in(page, debrief.accounts["surgeon"])
    return page
