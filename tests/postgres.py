"""A throw-away PostgreSQL cluster for one test run, where its binaries are installed."""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

SETTLED_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def find_binaries() -> Path | None:
    for folder in SETTLED_FOLDERS:
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def start_cluster() -> str | None:
    """Returns its DATABASE_URL, or None where PostgreSQL is not installed. Stopped and removed when Python exits."""
    binaries = find_binaries()
    if binaries is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="debrief-pg-", dir="/tmp"))
    owner = server_user()
    if owner:
        shutil.chown(folder, owner)
    data = folder / "data"
    run([binaries / "initdb", "-D", data, "-A", "trust", "-U", "debrief", "--no-sync", "-E", "UTF8"], owner)
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=60"
    run([binaries / "pg_ctl", "-w", "-D", data, "-o", options, "-l", folder / "log", "start"], owner)
    atexit.register(stop_cluster, binaries, data, folder, owner)
    return f"postgres://debrief@{str(folder).replace('/', '%2F')}/postgres"


def stop_cluster(binaries: Path, data: Path, folder: Path, owner: str | None) -> None:
    run([binaries / "pg_ctl", "-m", "immediate", "-D", data, "stop"], owner)
    shutil.rmtree(folder, ignore_errors=True)


def server_user() -> str | None:
    """PostgreSQL refuses to run as root; a user of its own is on every machine that packages it."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError as error:
        raise pytest.UsageError("running as root and there is no user postgres to run the cluster") from error


def run(command: list[object], owner: str | None) -> None:
    arguments = [str(part) for part in command]
    subprocess.run(arguments, check=True, user=owner, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
