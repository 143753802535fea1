"""Writes a simulation as video.mp4 and truth.json. The same spec and the same ffmpeg give the same bytes."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import ffmpeg

from inference.errors import MediaFailed, Stopped
from inference.media.ffmpeg import find_ffmpeg
from inference.progress import Progress, ProgressCallback, StopCheck, ignore_progress, never_stop
from inference.simulator.simulation import Simulation
from inference.simulator.truth import geometry_truth, simulation_truth
from inference.simulator.truth_file import FrameTruth


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationFiles:
    video: Path
    truth: Path


def write_simulation(
    simulation: Simulation,
    folder: Path,
    *,
    name: str = "video",
    on_progress: ProgressCallback = ignore_progress,
    should_stop: StopCheck = never_stop,
) -> SimulationFiles:
    """Writes <name>.mp4 and its truth (truth.json, or <name>.truth.json); a half-written file has another name."""
    folder.mkdir(parents=True, exist_ok=True)
    truth_name = "truth.json" if name == "video" else f"{name}.truth.json"
    files = SimulationFiles(video=folder / f"{name}.mp4", truth=folder / truth_name)
    partial = folder / f".{name}.partial.mp4"
    try:
        frames = _write_video(simulation, partial, on_progress=on_progress, should_stop=should_stop)
        text = json.dumps(simulation_truth(simulation, frames), separators=(",", ":"))
        unfinished = files.truth.with_name(f".{files.truth.name}.partial")
        unfinished.write_text(text + "\n", encoding="utf-8")
        unfinished.replace(files.truth)
        partial.replace(files.video)
    finally:
        partial.unlink(missing_ok=True)
    return files


def _write_video(
    simulation: Simulation, path: Path, *, on_progress: ProgressCallback, should_stop: StopCheck
) -> list[FrameTruth]:
    """Draws and encodes; returns the truth of each frame, found on the way."""
    spec = simulation.spec
    source = ffmpeg.input(
        "pipe:", format="rawvideo", pix_fmt="yuv420p", s=f"{spec.width_px}x{spec.height_px}", framerate=spec.fps
    )
    stream = source.output(
        str(path),
        vcodec="libx264",
        preset="ultrafast",
        crf=23,
        pix_fmt="yuv420p",
        threads=1,
        g=spec.fps * 2,
        movflags="+faststart",
        fflags="+bitexact",
        map_metadata=-1,
        **{"flags:v": "+bitexact"},
    )
    process = (
        stream.global_args("-loglevel", "error", "-nostats")
        .overwrite_output()
        .run_async(cmd=find_ffmpeg(os.environ.get("FFMPEG", "")).path, pipe_stdin=True, pipe_stderr=True)
    )
    truths: list[FrameTruth] = []
    try:
        for index in range(simulation.num_frames):
            if should_stop():
                raise Stopped
            geometry = simulation.renderer.geometry(index)
            picture = simulation.renderer.draw(geometry)
            # Half the bytes through the pipe, and cheaper than ffmpeg's own conversion.
            process.stdin.write(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420).data)
            truths.append(geometry_truth(simulation, geometry))
            on_progress(Progress(done=index + 1, total=simulation.num_frames, unit="frames"))
        process.stdin.close()
    except BrokenPipeError:
        pass  # ffmpeg says why below
    except BaseException:
        process.kill()
        process.wait()
        raise
    stderr = process.stderr.read().decode(errors="replace")
    if process.wait() != 0:
        raise MediaFailed(f"ffmpeg ended with {process.returncode}: {stderr[-500:]}")
    return truths
