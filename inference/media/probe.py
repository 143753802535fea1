"""What is this file? Asked in a limited child process, because the answer comes from parsing strangers' bytes."""

import json
import stat
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from inference.errors import MediaFailed
from inference.media.containers import demuxer_for
from inference.media.metadata import Colours, ProbeLimits, VideoMetadata
from inference.media.rejections import rejected
from inference.media.sandbox import GIB, LimitExceeded, Limits, run_limited

PACKAGE = Path(__file__).resolve().parent.parent
# The child may open this package and the libraries, but not list the folder they lie in; so the package is named to it.
CHILD = """
import sys, types
sys.modules["inference"] = package = types.ModuleType("inference")
package.__path__ = [sys.argv.pop(1)]
from inference.media.probe_child import main
main()
"""
MEMORY_BYTES = 3 * GIB
# Every packet is read, none but the first decoded: allow a slow disk.
BASE_TIME_S = 60
SLOWEST_READ_BYTES_PER_S = 20 * 1024**2
MAX_ANSWER_BYTES = 64 * 1024


def probe(path: Path, limits: ProbeLimits | None = None) -> VideoMetadata:
    """Raises MediaRejected for a file that can never be used, MediaFailed if looking at it failed."""
    limits = limits or ProbeLimits()
    _require_regular_file(path)
    demuxer = demuxer_for(path)
    answer = _ask_child(path, demuxer, limits)
    if "rejected" in answer:
        raise rejected(str(answer["rejected"]))
    facts = answer["metadata"]
    return VideoMetadata(**{**facts, "colours": Colours(**facts["colours"]), "notes": tuple(facts["notes"])})


def _require_regular_file(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        raise MediaFailed(f"The file is not there: {error.strerror}.") from error
    if not stat.S_ISREG(mode):
        raise rejected("not_a_file")


def _ask_child(path: Path, demuxer: str, limits: ProbeLimits) -> dict[str, Any]:
    argv = [sys.executable, "-I", "-c", CHILD, str(PACKAGE), str(path.absolute()), demuxer]
    output = bytearray()

    def collect(data: bytes) -> None:
        output.extend(data)
        if len(output) > MAX_ANSWER_BYTES:
            raise rejected("unreadable")

    try:
        ended = run_limited([*argv, json.dumps(asdict(limits))], _child_limits(path), on_output=collect)
    except LimitExceeded as error:
        raise rejected("too_complex") from error
    if ended.returncode < 0:
        # A decoder that crashed on this file will crash on it again.
        raise rejected("unreadable")
    if ended.returncode > 0:
        raise MediaFailed(f"Looking into the file failed (exit {ended.returncode}): {ended.stderr_tail[-300:]}")
    return _parsed(bytes(output))


def _parsed(output: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(output)
    except ValueError as error:
        raise rejected("unreadable") from error
    if not isinstance(answer, dict) or not {"metadata", "rejected"} & answer.keys():
        raise rejected("unreadable")
    return answer


def _child_limits(path: Path) -> Limits:
    time_s = BASE_TIME_S + path.stat().st_size // SLOWEST_READ_BYTES_PER_S
    return Limits(
        cpu_s=time_s,
        wall_s=2 * time_s,
        memory_bytes=MEMORY_BYTES,
        open_files=256,
        read=(str(path.absolute()), str(PACKAGE), sys.prefix, sys.base_prefix),
    )
