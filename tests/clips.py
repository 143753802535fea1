"""Small videos made on the spot. A counting clip shows its own time, so that a test can tell which frame it sees."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.media.transcode import TranscodeOutputs

FPS = 25
# The left half's brightness counts seconds, the right half's the frames of a second.
BASE, SECOND_STEP, FRAME_STEP = 40, 12, 8


def counting_frame(number: int, *, width_px: int = 320, height_px: int = 180, fps: int = FPS) -> NDArray[np.uint8]:
    picture = np.zeros((height_px, width_px, 3), dtype=np.uint8)
    picture[:, : width_px // 2] = BASE + number // fps * SECOND_STEP
    picture[:, width_px // 2 :] = BASE + number % fps * FRAME_STEP
    return picture


def seen_frame(picture: Image.Image, *, fps: int = FPS) -> int:
    """The number of the counting frame that a picture of any size shows."""
    grey = np.asarray(picture.convert("L"), dtype=np.float32)
    quarter = grey.shape[1] // 4
    second = (grey[:, quarter // 2 : quarter].mean() - BASE) / SECOND_STEP
    within = (grey[:, 3 * quarter : 3 * quarter + quarter // 2].mean() - BASE) / FRAME_STEP
    return round(second) * fps + round(within)


def write_counting_clip(
    path: Path,
    *,
    seconds: float,
    format_name: str = "mp4",
    start_s: int = 0,
    black_s: int = 0,
    size_px: tuple[int, int] = (320, 180),
) -> Path:
    """`start_s`: the first timestamp. `black_s`: so long nothing is to be seen."""
    width_px, height_px = size_px
    with av.open(str(path), "w", format=format_name) as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "8", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
        for number in range(round(seconds * FPS)):
            picture = counting_frame(number, width_px=width_px, height_px=height_px)
            if number < black_s * FPS:
                picture[:] = 0
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number + start_s * FPS, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_timed_clip(
    path: Path, times_s: Sequence[float], *, format_name: str = "mp4", sound_s: float = 0.0, b_frames: int = 2
) -> Path:
    """The counting frame n is stamped times_s[n]. `sound_s`: so long there is a tone beside."""
    with av.open(str(path), "w", format=format_name) as container:
        options = {"crf": "8", "preset": "ultrafast", "bf": str(b_frames), "b_strategy": "0"}
        video = container.add_stream("libx264", rate=FPS, options=options)
        video.width, video.height, video.pix_fmt = 320, 180, "yuv420p"
        video.codec_context.time_base = Fraction(1, 1000)
        audio = container.add_stream("aac", rate=16000) if sound_s else None
        if audio is not None:
            audio.layout = "mono"
        for number, time_s in enumerate(times_s):
            frame = av.VideoFrame.from_ndarray(counting_frame(number), format="rgb24")
            frame.pts, frame.time_base = round(time_s * 1000), Fraction(1, 1000)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None:
            for chunk in range(round(sound_s * 16000 / 1024)):
                sound = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
                sound.sample_rate, sound.pts = 16000, chunk * 1024
                container.mux(audio.encode(sound))
            container.mux(audio.encode(None))
    return path


def write_tagged_clip(path: Path, *, seconds: int = 2) -> Path:
    """With sound, and with a patient's name wherever a container has room for words."""
    with av.open(str(path), "w", format="mp4") as container:
        container.metadata.update(title="PATIENT^JOHN", comment="MRN 12345", artist="Dr Who", date="1950-01-01")
        video = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 160, 90, "yuv420p"
        video.metadata["handler_name"] = "PATIENT^JOHN"
        video.metadata["language"] = "deu"
        audio = container.add_stream("aac", rate=16000)
        audio.layout = "mono"
        for number in range(seconds * FPS):
            picture = counting_frame(number, width_px=160, height_px=90)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        for chunk in range(seconds * 16000 // 1024):
            tone = np.sin(np.arange(1024) / 5).astype(np.float32)[None]
            sound = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
            sound.sample_rate, sound.pts = 16000, chunk * 1024
            container.mux(audio.encode(sound))
        for stream in (video, audio):
            container.mux(stream.encode(None))
    return path


def outputs_in(folder: Path) -> TranscodeOutputs:
    return TranscodeOutputs(
        proxy=folder / "proxy.mp4",
        poster=folder / "poster.jpg",
        sprite=folder / "sprite.jpg",
        sprite_index=folder / "sprite.json",
        pts=folder / "pts.safetensors",
        samples=folder / "samples.mp4",
    )


def pictures_of(path: Path) -> Iterator[tuple[float, Image.Image]]:
    """(time_s, picture) of every frame."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield float(frame.time), Image.fromarray(frame.to_ndarray(format="rgb24"))
