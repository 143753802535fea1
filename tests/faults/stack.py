"""All of Debrief as `make run` starts it, in a folder and on ports of its own; its processes by name."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import xmlrpc.client
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import redis
from supervisor.xmlrpc import SupervisorTransport

from tests.environment import ROOT, free_port

START_LIMIT_S = 180
PROCESSES = ("web", "media", "gpu", "bulk", "beat", "redis")
# The test run's own world, which the stack must not share.
NOT_INHERITED = ("REDIS_URL", "DATABASE_URL", "DEBRIEF_SECRET_KEY", "DEBRIEF_VAR", "CI")


@dataclass
class Stack:
    """Use `running()`. `settings` are environment variables on top of the machine's."""

    var: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: text for name, text in os.environ.items() if name not in NOT_INHERITED}
        own = {
            "DEBRIEF_VAR": str(self.var),
            "DEBRIEF_PORT": str(self.port),
            "DEBRIEF_DISK_RESERVE_BYTES": "0",
            "DEBRIEF_ANSWER_MAX_TOKENS": "32",
            "OMP_NUM_THREADS": "1",
        }
        return {**inherited, **own, **self.settings}

    @contextmanager
    def running(self) -> Iterator["Stack"]:
        self.var.mkdir(parents=True, exist_ok=True)
        log = (self.var / "serve.log").open("ab")
        command = [sys.executable, "scripts/serve.py"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        try:
            wait_until(self.is_ready, limit_s=START_LIMIT_S, what="the stack is ready")
            yield self
        finally:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)

    def is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.var / "serve.log").read_text()
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                return all(self.pid(name) for name in PROCESSES)
        except (urllib.error.URLError, OSError):
            return False

    def pid(self, name: str) -> int:
        """0 while it is not running."""
        return int(self._supervisor().getProcessInfo(name)["pid"])

    def signal(self, name: str, number: signal.Signals) -> None:
        """To the process and all its children, as a pulled plug or a full memory would."""
        pid = self.pid(name)
        assert pid, f"{name} is not running"
        os.killpg(pid, number)

    def kill(self, *names: str) -> None:
        """kill -9. Returns once each has been started again and is at work: until then the fault lasts."""
        before = {name: self._signs_of_work(name) for name in names}
        for name in names:
            self.signal(name, signal.SIGKILL)
        for name in names:
            is_back = partial(self._is_back, name, before[name])
            wait_until(is_back, limit_s=START_LIMIT_S, what=f"{name} is back")

    def _is_back(self, name: str, before: object) -> bool:
        if name in ("web", "redis"):
            return self.is_ready()
        return self._signs_of_work(name) != before

    def _signs_of_work(self, name: str) -> object:
        """What changes when this process, started anew, has come so far as to work."""
        if name == "beat":
            return (self.var / "log/beat.log").read_text().count("beat: Starting")
        return (self.var / f"log/{name}.log").read_text().count(" ready.")

    @contextmanager
    def stopped(self, name: str) -> Iterator[None]:
        self.signal(name, signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(name, signal.SIGCONT)

    def redis(self) -> "redis.Redis":
        return redis.Redis.from_url((self.var / "redis_url").read_text(), socket_timeout=5)

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "webapp.settings"}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, query: str, *parameters: object) -> list[Any]:
        """Read without taking part: a locked database can still be read."""
        database = sqlite3.connect(f"file:{self.var}/debrief.sqlite3?mode=ro", uri=True, timeout=30)
        try:
            return database.execute(query, parameters).fetchall()
        finally:
            database.close()

    @contextmanager
    def database_locked(self) -> Iterator[None]:
        database = sqlite3.connect(self.var / "debrief.sqlite3", isolation_level=None, timeout=30)
        database.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            database.execute("ROLLBACK")
            database.close()

    def _supervisor(self) -> Any:
        found = re.search(r"serverurl=(\S+)", (self.var / "supervisord.conf").read_text())
        assert found
        transport = SupervisorTransport("", "", found[1])
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor


def wait_until(is_so: Callable[[], bool], *, limit_s: float, what: str) -> None:
    end_s = time.monotonic() + limit_s
    while not is_so():
        assert time.monotonic() < end_s, f"not within {limit_s:.0f} s: {what}"
        time.sleep(0.2)
