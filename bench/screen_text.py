"""What reading and covering on-screen text adds to the features of a 10-minute 720p video.

    python bench/screen_text.py [--minutes 10] [--json]

Two drawn videos, a moving scene without text and the same with four lines (one a clock), each as the transcoder leaves
it: a proxy with a keyframe each 2 s and samples at 1 Hz. Each part runs alone in a process of its own. Seconds are of
processor time on one thread, so a busy machine does not change the ratio much; peak memory is the whole process with
encoder and reader.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from inference.media.command import KEYFRAME_INTERVAL_S, SAMPLE_SIDE_PX  # noqa: E402
from inference.screen_text.covering import TextCover  # noqa: E402
from inference.screen_text.finder import find_screen_text  # noqa: E402
from inference.screen_text.rapid import RapidTextReader  # noqa: E402
from inference.vision.encoder import EncoderOptions, FrameEncoder  # noqa: E402
from inference.vision.extract import extract_features  # noqa: E402

WIDTH_PX, HEIGHT_PX, PROXY_FPS = 1280, 720, 2
PARTS = (("no_text", False), ("no_text", True), ("four_lines", False), ("four_lines", True))


def main() -> None:
    options = _arguments()
    if options.part:
        print(json.dumps(measure(Path(options.folder), reads=options.part == "reads")))
        return
    with tempfile.TemporaryDirectory(prefix="debrief-bench-") as name:
        for kind in ("no_text", "four_lines"):
            make_video(Path(name) / kind, seconds=round(60 * options.minutes), has_text=kind == "four_lines")
        rows = [{"video": kind, "reads": reads, **_run(Path(name) / kind, reads)} for kind, reads in PARTS]
    print(json.dumps(rows) if options.json else table(rows))


def measure(folder: Path, *, reads: bool) -> dict[str, float]:
    """Models are loaded and warm before the clock starts, as they are in the gpu worker."""
    encoder, reader = FrameEncoder(EncoderOptions()), RapidTextReader() if reads else None
    extract_features(folder / "samples.mp4", folder / "warm.safetensors", encoder)
    begin_s, reading_s, cover, num_lines = time.process_time(), 0.0, None, 0
    if reader is not None:
        text = find_screen_text(folder / "proxy.mp4", reader)
        cover, num_lines, reading_s = TextCover(text), len(text.lines), time.process_time() - begin_s
    (folder / "features.safetensors").unlink(missing_ok=True)
    extract_features(folder / "samples.mp4", folder / "features.safetensors", encoder, cover=cover)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu_s": time.process_time() - begin_s, "reading_s": reading_s, "lines": num_lines, "peak_mib": peak_mib}


def make_video(folder: Path, *, seconds: int, has_text: bool) -> None:
    folder.mkdir()
    pictures = list(range(seconds * PROXY_FPS))
    size_px = (SAMPLE_SIDE_PX, SAMPLE_SIDE_PX * HEIGHT_PX // WIDTH_PX)
    gop = KEYFRAME_INTERVAL_S * PROXY_FPS
    _write(folder / "proxy.mp4", (_picture(n, has_text) for n in pictures), PROXY_FPS, gop=gop)
    small = (cv2.resize(_picture(n, has_text), size_px, interpolation=cv2.INTER_AREA) for n in pictures[::PROXY_FPS])
    _write(folder / "samples.mp4", small, 1, gop=1)


@cache
def _blotches() -> np.ndarray:
    noise = np.random.default_rng(7).integers(60, 200, (24, 60, 3), dtype=np.uint8)
    return cv2.resize(noise, (WIDTH_PX + 400, HEIGHT_PX))


def _picture(number: int, has_text: bool) -> np.ndarray:
    shift_px = number * 13 % 400
    picture = np.ascontiguousarray(_blotches()[:, shift_px : shift_px + WIDTH_PX])
    if has_text:
        second = number // PROXY_FPS
        clock = f"10:{second // 60 % 60:02d}:{second % 60:02d}"
        lines = (("Patient: DOE, JANE", 30, 50), ("DOB 12.03.1961", 30, 90), ("GAIN +3dB", 30, 690), (clock, 1080, 50))
        for text, x, y in lines:
            cv2.putText(picture, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (255, 255, 255), 2, cv2.LINE_AA)
    return picture


def _write(path: Path, pictures: Iterator[np.ndarray], fps: int, *, gop: int) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "veryfast", "crf": "23", "g": str(gop)})
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(pictures):
            if not number:
                stream.height, stream.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def table(rows: list[dict[str, float]]) -> str:
    lines = ["on-screen text: features at 1 Hz        CPU s   of it reading   lines   peak MiB   with / without"]
    before_s = 1.0
    for row in rows:
        before_s = before_s if row["reads"] else row["cpu_s"]
        name = f"{row['video']}, {'read and covered' if row['reads'] else 'encoded as it is'}"
        lines.append(
            f"{name:<36}{row['cpu_s']:>9.1f}{row['reading_s']:>16.1f}{row['lines']:>8.0f}{row['peak_mib']:>11.0f}"
            f"{row['cpu_s'] / before_s:>16.2f}x"
        )
    return "\n".join(lines)


def _run(folder: Path, reads: bool) -> dict[str, float]:
    command = [sys.executable, __file__, "--part", "reads" if reads else "encodes", "--folder", str(folder)]
    environment: dict[str, str] = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    result: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--part", choices=("reads", "encodes"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
