"""Starts all of Debrief on this machine and holds it together until Ctrl-C.

Chooses ports, keeps first-start secrets in var/, migrates, then hands over to supervisord, which starts redis, web, the
workers and beat, restarts what dies and ends everything when it is told to stop.
"""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN_DIR = Path(sys.executable).parent
# Who is calling is decided in webapp/lib/clients.py alone: uvicorn would believe X-Forwarded-For from any local peer.
WEB_OPTIONS = "--no-proxy-headers --no-access-log --timeout-graceful-shutdown 5 --ws-max-size 65536"

PROGRAM = """
[program:{name}]
command={command}
directory={root}
priority={priority}
autorestart=true
startsecs=2
startretries=10
stopasgroup=true
killasgroup=true
stopwaitsecs=8
stopsignal=TERM
redirect_stderr=true
stdout_logfile={log_dir}/{name}.log
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=3
"""

HEADER = """[supervisord]
nodaemon=true
silent=true
logfile={log_dir}/supervisord.log
pidfile={var}/supervisord.pid
childlogdir={log_dir}

[unix_http_server]
file={socket}
chmod=0700

[supervisorctl]
serverurl=unix://{socket}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""

ANNOUNCER = """
[program:announce]
command={python} -u scripts/announce.py {address}
directory={root}
priority=900
autorestart=false
startsecs=0
stdout_logfile=/dev/fd/1
stdout_logfile_maxbytes=0
stderr_logfile=/dev/fd/1
stderr_logfile_maxbytes=0
"""


def main() -> None:
    var = Path(os.environ.get("DEBRIEF_VAR", ROOT / "var")).resolve()
    os.umask(0o077)
    os.environ.update(DJANGO_SETTINGS_MODULE="webapp.settings", DEBRIEF_VAR=str(var))
    log_dir = var / "log"
    log_dir.mkdir(parents=True, exist_ok=True)
    refuse_second_start(var)
    keep_secret_key(var)
    programs = redis_programs(var)
    port = free_port(int(os.environ.get("DEBRIEF_PORT", "8000")))
    prepare_database()
    host = os.environ.get("DEBRIEF_HOST", "127.0.0.1")
    programs += application_programs(host, port, var)
    config = write_config(var, log_dir, programs, address=f"http://localhost:{port}/")
    os.execv(sys.executable, [sys.executable, str(ROOT / "scripts/supervise.py"), "-n", "-c", str(config)])


def refuse_second_start(var: Path) -> None:
    """Two supervisors over one var/ would fight for the same database and ports."""
    try:
        pid = int((var / "supervisord.pid").read_text())
        os.kill(pid, 0)
        command = Path(f"/proc/{pid}/cmdline")
        if command.exists() and b"supervisord" not in command.read_bytes():
            return
    except (OSError, ValueError):
        return
    sys.exit(f"Debrief is already running from this folder (process {pid}). Stop it first.")


def keep_secret_key(var: Path) -> None:
    kept = var / "secret_key"
    if not kept.exists() and not os.environ.get("DEBRIEF_SECRET_KEY"):
        kept.write_text(secrets.token_urlsafe(60))


def redis_programs(var: Path) -> list[tuple[str, str, int]]:
    """A Redis of our own unless REDIS_URL names one. Its address and fresh password are kept for the command line."""
    if os.environ.get("REDIS_URL"):
        return []
    folder = var / "redis"
    folder.mkdir(exist_ok=True)
    port, password = free_port(6390), secrets.token_urlsafe(24)
    config = folder / "redis.conf"
    config.write_text(f'bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir {folder}\nappendonly yes\nsave ""\n')
    url = f"redis://:{password}@127.0.0.1:{port}"
    (var / "redis_url").write_text(url)
    os.environ["REDIS_URL"] = url
    return [("redis", f"{redis_binary()} {config}", 10)]


def redis_binary() -> str:
    """The newest at hand, this machine's or the packaged one. `manage.py doctor` says which runs."""
    own = [found for found in (shutil.which("redis-server"), str(BIN_DIR / "redis-server")) if found]
    there = [path for path in own if Path(path).exists()]
    if not there:
        sys.exit("No redis-server found. Run `make setup` again, or set REDIS_URL.")
    return max(there, key=redis_version)


def redis_version(binary: str) -> tuple[int, ...]:
    """() for what does not say."""
    told = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"v=(\d+)\.(\d+)\.(\d+)", told)
    return tuple(int(part) for part in found.groups()) if found else ()


def free_port(wanted: int) -> int:
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    sys.exit(f"No free port from {wanted} to {wanted + 49}. Set DEBRIEF_PORT.")


def prepare_database() -> None:
    for arguments in (["migrate", "--verbosity", "0"], ["demo_accounts", "--quiet"]):
        done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=False)
        if done.returncode:
            sys.exit(f"`manage.py {arguments[0]}` failed (see above). Nothing was started.")


def application_programs(host: str, port: int, var: Path) -> list[tuple[str, str, int]]:
    celery = f"{sys.executable} -m celery -A workers"
    worker = "worker --loglevel INFO --without-mingle --without-gossip"
    return [
        ("web", web_command(host, port), 20),
        ("media", f"{celery}.celery {worker} -n media@%%h -Q media -P prefork -c 2", 30),
        ("gpu", f"{celery}.gpu {worker} -n gpu@%%h -Q answers -P threads -c 16", 30),
        # A person waits for an answer, nobody for this: it gets what the others leave.
        ("bulk", f"nice -n 5 {celery}.gpu {worker} -n bulk@%%h -Q bulk -P threads -c 2", 30),
        ("train", f"{celery}.celery {worker} -n train@%%h -Q train -P solo", 30),
        ("beat", f"{celery}.clock beat --loglevel INFO --schedule {var}/celerybeat", 40),
    ]


def web_command(host: str, port: int) -> str:
    return f"{sys.executable} -m uvicorn webapp.asgi:application --host {host} --port {port} {WEB_OPTIONS}"


def write_config(var: Path, log_dir: Path, programs: list[tuple[str, str, int]], *, address: str) -> Path:
    # A unix socket's path is limited to about 100 bytes, so it cannot always lie in var/.
    socket_path = Path(tempfile.gettempdir()) / f"debrief-{os.getpid()}.sock"
    text = HEADER.format(log_dir=log_dir, var=var, socket=socket_path)
    for name, command, priority in programs:
        text += PROGRAM.format(name=name, command=command, root=ROOT, priority=priority, log_dir=log_dir)
    text += ANNOUNCER.format(python=sys.executable, address=address, root=ROOT)
    config = var / "supervisord.conf"
    config.write_text(text)
    return config


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped. Nothing was started yet.")
