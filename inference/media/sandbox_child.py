"""Runs inside the new process, before the real programme: sets its limits and then becomes that programme.

    python -I -S sandbox_child.py '{"cpu_s": 60, ...}' /usr/bin/ffmpeg -nostdin ...

Only the standard library, and nothing of ours, is imported: it has to start in milliseconds. Done here and not in
Popen's preexec_fn, because that is not safe in a process that has threads (the heartbeat is one).
"""

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Iterable
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
# System calls of Linux' Landlock; the same numbers on every architecture.
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_CREATE_RULESET_VERSION = 1
LANDLOCK_RULE_PATH_BENEATH = 1
# Bits of the access mask (linux/landlock.h): what a file allows, and what every access of version 1 is.
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
TRUNCATE = 1 << 14
ACCESS_OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
ACCESS_VERSION_1 = (1 << 13) - 1
ACCESS_TO_READ = EXECUTE | READ_FILE | READ_DIR
BIND_AND_CONNECT_TCP = 0b11
EXIT_CANNOT_START = 127
# Where programmes and their libraries live, and what the C library looks at when it starts.
SYSTEM_PATHS = (
    "/usr", "/lib", "/lib64", "/bin", "/nix/store", "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom",
    "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu", "/sys/fs/cgroup",
)  # fmt: skip


def main() -> None:
    limits, argv = json.loads(sys.argv[1]), sys.argv[2:]
    die_with_parent(limits["parent_pid"])
    set_limits(limits)
    restrict_files(read=[*SYSTEM_PATHS, *limits["read"]], write=limits["write"])
    try:
        os.execve(argv[0], argv, {"LANG": "C.UTF-8", "PATH": os.defpath})  # noqa: S606 - becoming argv is the point
    except OSError as error:
        print(f"cannot start {argv[0]}: {error}", file=sys.stderr)
        sys.exit(EXIT_CANNOT_START)


def die_with_parent(parent_pid: int) -> None:
    """A worker that is killed takes its ffmpeg along. Linux only; elsewhere the watchdog's limits have to do."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        sys.exit(EXIT_CANNOT_START)


def set_limits(limits: dict[str, Any]) -> None:
    """The soft CPU limit ends the process with SIGXCPU, which tells the parent why; the hard one is the net."""
    _limit(resource.RLIMIT_CPU, limits["cpu_s"], grace=5)
    _limit(resource.RLIMIT_AS, limits["memory_bytes"])
    _limit(resource.RLIMIT_FSIZE, limits["file_bytes"])
    _limit(resource.RLIMIT_NOFILE, limits["open_files"])
    _limit(resource.RLIMIT_CORE, 0)
    os.nice(limits["nice"])


def _limit(which: int, value: int, *, grace: int = 0) -> None:
    _soft, hard = resource.getrlimit(which)
    ceiling = value + grace if hard == resource.RLIM_INFINITY else min(hard, value + grace)
    try:
        resource.setrlimit(which, (min(value, ceiling), ceiling))
    except (ValueError, OSError):
        # macOS has no address-space limit; the others exist everywhere.
        if which != resource.RLIMIT_AS:
            raise


def restrict_files(*, read: Iterable[str], write: Iterable[str]) -> None:
    """With Landlock nothing else can be opened and no TCP made. A kernel without it (or a container that refuses
    it) leaves the demuxer, codec and protocol lists as the guard; the parent says so (sandbox.py)."""
    version = landlock_version()
    if version < 1:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    handled = ACCESS_VERSION_1 | (TRUNCATE if version >= 3 else 0)
    attributes = [handled, BIND_AND_CONNECT_TCP] if version >= 4 else [handled]
    packed = b"".join(value.to_bytes(8, sys.byteorder) for value in attributes)
    ruleset = libc.syscall(LANDLOCK_CREATE_RULESET, packed, len(packed), 0)
    if ruleset < 0:
        return
    for path in read:
        _allow(libc, ruleset, path, ACCESS_TO_READ & handled)
    for path in write:
        _allow(libc, ruleset, path, handled & ~EXECUTE)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def landlock_version() -> int:
    """0 where there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    version = ctypes.CDLL(None).syscall(LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_CREATE_RULESET_VERSION)
    return max(0, int(version))


def _allow(libc: Any, ruleset: int, path: str, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(path):
        access &= ACCESS_OF_A_FILE
    rule = access.to_bytes(8, sys.byteorder) + descriptor.to_bytes(4, sys.byteorder, signed=True)
    libc.syscall(LANDLOCK_ADD_RULE, ruleset, LANDLOCK_RULE_PATH_BENEATH, rule, 0)
    os.close(descriptor)


if __name__ == "__main__":
    main()
