"""A vLLM server that runs as long as somebody needs it: for `make test-vllm` and `make bench`."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv-vllm" / "bin" / "python"
START_S = 600.0
POLL_S = 1.0


@contextmanager
def started_server(port: int, *, dtype: str, models: Path, log_path: Path) -> Iterator[str]:
    """Its address, ending in /v1. Raises RuntimeError, with the end of its log, if it does not come up."""
    options = ["--port", str(port), "--dtype", dtype, "--models", str(models)]
    command = [sys.executable, str(ROOT / "scripts" / "serve_vllm.py"), *options]
    with log_path.open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait(server, port, log_path)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        # Its engine is a process of its own and would live on.
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)


def _wait(server: "subprocess.Popen[bytes]", port: int, log_path: Path) -> None:
    started_s = time.monotonic()
    while time.monotonic() - started_s < START_S and server.poll() is None:
        if _is_healthy(port):
            return
        time.sleep(POLL_S)
    raise RuntimeError(f"vLLM did not start:\n{log_path.read_text(errors='replace')[-3000:]}")


def _is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
