"""Finds the ffmpeg programme that does the converting, and says what this build of it can do."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache

import imageio_ffmpeg

from inference.errors import MediaFailed

# ffmpeg 6.0, the first that can write down which source frame each encoded frame came from.
MIN_LIBAVUTIL = 58
TONE_MAPPING_FILTERS = frozenset({"zscale", "tonemap"})
ASK_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class FfmpegBuild:
    """One usable ffmpeg programme."""

    path: str
    can_tone_map: bool


@lru_cache(maxsize=4)
def find_ffmpeg(configured: str = "") -> FfmpegBuild:
    """The configured one, else the one on PATH, else the one that imageio-ffmpeg brings.

    One on PATH that is too old or has no x264 is passed over; a configured one is not: then MediaFailed says so.
    """
    if configured:
        build = _examine(configured)
        if build is None:
            raise MediaFailed("The configured ffmpeg cannot be used: version 6 or later with libx264 is needed.")
        return build
    on_path = shutil.which("ffmpeg")
    build = (_examine(on_path) if on_path else None) or _examine(imageio_ffmpeg.get_ffmpeg_exe())
    if build is None:
        raise MediaFailed("No usable ffmpeg was found on the server.")
    return build


def _examine(path: str) -> FfmpegBuild | None:
    resolved = shutil.which(path)
    if resolved is None:
        return None
    version = re.search(r"libavutil\s+(\d+)\.", _ask(resolved, "-version"))
    if version is None or int(version[1]) < MIN_LIBAVUTIL or " libx264 " not in _ask(resolved, "-encoders"):
        return None
    filters = set(re.findall(r"^ [A-Z.|]+ (\S+)", _ask(resolved, "-filters"), flags=re.MULTILINE))
    return FfmpegBuild(path=resolved, can_tone_map=filters >= TONE_MAPPING_FILTERS)


def _ask(path: str, question: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - a fixed question, no shell
            [path, "-hide_banner", question], capture_output=True, timeout=ASK_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", errors="replace")
