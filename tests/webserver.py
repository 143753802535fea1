"""A web process as `make run` starts it: the very command line, with a database, a storage and a port of its own."""

import importlib.util
import os
import shlex
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import httpx2

from tests.environment import ROOT, free_port

START_LIMIT_S = 60


@dataclass
class WebServer:
    var: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    # Settings of this server alone.
    more: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.var / "web.sqlite3"

    @property
    def environment(self) -> dict[str, str]:
        own = {"DEBRIEF_VAR": str(self.var), "DJANGO_SETTINGS_MODULE": "webapp.settings"}
        return {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{self.database}",
            "DEBRIEF_DISK_RESERVE_BYTES": "0",
            **own,
            **self.more,
        }

    def python(self, *arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        command = shlex.split(serve_script().web_command("127.0.0.1", self.port))
        with (self.var / "web.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            try:
                httpx2.get(f"{self.url}/healthz", timeout=5)
                return
            except httpx2.TransportError:
                time.sleep(0.1)
        raise RuntimeError(self.log())

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def log(self) -> str:
        return (self.var / "web.log").read_text()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.database)) as database:
            return database.execute(query).fetchall()


def serve_script() -> ModuleType:
    """scripts/serve.py, which is no package."""
    spec = importlib.util.spec_from_file_location("serve", ROOT / "scripts" / "serve.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
