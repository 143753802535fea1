"""The child that reads strangers' files stays within its limits and does not outlive its parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inference.media.sandbox import Ended, LimitExceeded, Limits, run_limited
from tests.conftest import ROOT, skip_or_fail

LIBRARIES = (sys.prefix, sys.base_prefix)
MIB = 1024**2


def run_python(code: str, **limits: object) -> tuple[Ended, str]:
    output = bytearray()
    given = Limits(**{"cpu_s": 20, "wall_s": 60.0, "read": LIBRARIES, **limits})  # type: ignore[arg-type]
    ended = run_limited([sys.executable, "-I", "-S", "-c", code], given, on_output=output.extend)
    return ended, output.decode()


def has_landlock() -> bool:
    import ctypes

    return ctypes.CDLL(None).syscall(444, None, 0, 1) >= 1


def is_alive(pid: int) -> bool:
    """A zombie counts as dead: it holds nothing and reads nothing."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def test_it_inherits_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBRIEF_SECRET_KEY", "secret")
    _ended, output = run_python("import os; print(sorted(os.environ))")
    assert "DEBRIEF" not in output
    assert "PATH" in output


def test_memory_is_limited() -> None:
    ended, _output = run_python(f"b = bytearray({600 * MIB})", memory_bytes=300 * MIB)
    assert ended.returncode == 1
    assert "MemoryError" in ended.stderr_tail


def test_processor_time_is_limited() -> None:
    with pytest.raises(LimitExceeded, match="time"):
        run_python("while True: pass", cpu_s=1)


def test_waiting_is_limited() -> None:
    with pytest.raises(LimitExceeded, match="time"):
        run_python("import time; time.sleep(60)", wall_s=0.5)


def test_a_written_file_is_limited(tmp_path: Path) -> None:
    path = tmp_path / "big"
    code = (
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n"
        f"open({str(path)!r}, 'wb').write(bytes({2 * MIB}))"
    )
    with pytest.raises(LimitExceeded, match="size"):
        run_python(code, file_bytes=MIB, write=(str(tmp_path),))
    assert path.stat().st_size <= MIB


def test_no_other_file_can_be_opened(tmp_path: Path) -> None:
    if not has_landlock():
        skip_or_fail("no Landlock in this kernel", ci_can_install=False)
    secret = tmp_path / "secret"
    secret.write_text("another hospital's video")
    for code in (f"open({str(secret)!r})", f"open({str(tmp_path / 'new')!r}, 'w')", "open('/etc/passwd')"):
        ended, _output = run_python(code)
        assert "PermissionError" in ended.stderr_tail
    assert run_python(f"print(open({str(secret)!r}).read())", read=(*LIBRARIES, str(secret)))[0].returncode == 0


def test_whoever_watches_can_end_it() -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_limited(
            [sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)"],
            Limits(cpu_s=20, wall_s=60, read=LIBRARIES),
            on_output=lambda _data: None,
            check=stop,
        )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's parent-death signal is Linux's")
def test_it_dies_with_its_parent() -> None:
    child = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    parent_code = (
        "import sys; from inference.media.sandbox import Limits, run_limited\n"
        f"run_limited([sys.executable, '-I', '-S', '-c', {child!r}], Limits(cpu_s=20, wall_s=60, read={LIBRARIES!r}),"
        " on_output=lambda data: (sys.stdout.buffer.write(data), sys.stdout.flush()))"
    )
    parent = subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE, cwd=ROOT)
    assert parent.stdout
    child_pid = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for _ in range(200):
        if not is_alive(child_pid):
            return
        time.sleep(0.05)
    pytest.fail(f"process {child_pid} outlived its parent")
