"""Recordings as odd equipment makes them, made on the spot by ffmpeg."""

import subprocess
from pathlib import Path

from inference.media.ffmpeg import find_ffmpeg


def record(path: Path, *arguments: str) -> Path:
    """Runs ffmpeg with these arguments before the file's name."""
    argv = [find_ffmpeg().path, "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *arguments, str(path)]
    subprocess.run(argv, check=True, capture_output=True)
    return path


def pictures(*, size: str = "320x180", rate: str = "25", seconds: float = 2.0) -> list[str]:
    """The input of a moving test picture."""
    return ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"]


def tone(*, seconds: float) -> list[str]:
    return ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"]
