"""What comes out of a transcode: the proxy's shape, and pictures that show the second they claim to show."""

import json
import multiprocessing
import os
import resource
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from inference.errors import MediaFailed, Stopped
from inference.media import transcode as transcode_module
from inference.media.metadata import ProxyMetadata, VideoMetadata
from inference.media.pictures import contrast
from inference.media.probe import probe
from inference.media.source_times import read_source_times
from inference.media.transcode import TranscodeOptions, TranscodeOutputs, transcode
from inference.progress import Progress
from tests.clips import FPS, outputs_in, pictures_of, seen_frame, write_counting_clip, write_tagged_clip
from tests.recordings import pictures, record

NUM_SECONDS = 7


class Made:
    """A counting clip and all that was made from it."""

    def __init__(self, folder: Path) -> None:
        self.source = write_counting_clip(folder / "clip.mkv", seconds=NUM_SECONDS, format_name="matroska", start_s=3)
        self.found: VideoMetadata = probe(self.source)
        self.outputs: TranscodeOutputs = outputs_in(folder / "made")
        self.progress: list[Progress] = []
        self.proxy: ProxyMetadata = transcode(self.source, self.outputs, self.found, on_progress=self.progress.append)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("transcode"))


def make(source: Path, folder: Path, **options: Any) -> tuple[TranscodeOutputs, ProxyMetadata]:
    outputs = outputs_in(folder)
    return outputs, transcode(source, outputs, probe(source), TranscodeOptions(**options))


def test_the_proxy_has_a_constant_rate_from_zero(made: Made) -> None:
    times = [time_s for time_s, _picture in pictures_of(made.outputs.proxy)]
    assert np.allclose(times, np.arange(NUM_SECONDS * FPS) / FPS, atol=1e-3)
    assert made.proxy.num_frames == NUM_SECONDS * FPS


def test_it_has_a_keyframe_at_least_each_two_seconds(made: Made) -> None:
    with av.open(str(made.outputs.proxy)) as container:
        times = [float(p.pts * p.time_base) for p in container.demux(video=0) if p.is_keyframe and p.size]
    assert times == [0.0, 2.0, 4.0, 6.0]


def test_a_browser_can_play_it_before_it_is_loaded(made: Made) -> None:
    content = made.outputs.proxy.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(str(made.outputs.proxy)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")


def test_sample_k_shows_second_k(made: Made) -> None:
    shown = [(time_s, seen_frame(picture)) for time_s, picture in pictures_of(made.outputs.samples)]
    assert shown == [(float(k), k * FPS) for k in range(NUM_SECONDS)]


def test_every_sample_is_a_keyframe(made: Made) -> None:
    with av.open(str(made.outputs.samples)) as container:
        assert all(packet.is_keyframe for packet in container.demux(video=0) if packet.size)


def test_sprite_tile_k_shows_its_second(made: Made) -> None:
    facts = json.loads(made.outputs.sprite_index.read_text())
    sheet = Image.open(made.outputs.sprite)
    width_px, height_px = facts["tile_width_px"], facts["tile_height_px"]
    assert (facts["interval_s"], facts["num_tiles"], facts["columns"]) == (1, NUM_SECONDS, NUM_SECONDS)
    for k in range(facts["num_tiles"]):
        left, top = k % facts["columns"] * width_px, k // facts["columns"] * height_px
        tile = sheet.crop((left, top, left + width_px, top + height_px))
        assert seen_frame(tile) == k * facts["interval_s"] * FPS


def test_source_times_are_the_recorders_own(made: Made) -> None:
    times_s = read_source_times(made.outputs.pts)
    assert times_s.shape == (made.proxy.num_frames,)
    assert np.allclose(times_s, 3.0 + np.arange(NUM_SECONDS * FPS) / FPS, atol=2e-3)


def test_progress_is_counted_and_ends_at_the_total(made: Made) -> None:
    done = [progress.done for progress in made.progress]
    assert done == sorted(set(done))
    assert made.progress[-1] == Progress(done=NUM_SECONDS * FPS, total=NUM_SECONDS * FPS, unit="frames")


def test_a_variable_rate_keeps_its_time(data_dir: Path, tmp_path: Path) -> None:
    outputs, proxy = make(data_dir / "torture" / "vfr.mp4", tmp_path)
    times_s = read_source_times(outputs.pts)
    assert np.all(np.diff(times_s) >= 0)
    assert np.abs(times_s - np.arange(proxy.num_frames) / proxy.fps).max() < 0.25


def test_names_of_patients_are_left_behind(tmp_path: Path) -> None:
    source = write_tagged_clip(tmp_path / "tagged.mp4")
    outputs, _proxy = make(source, tmp_path / "made")
    for path in (outputs.proxy, outputs.samples):
        assert all(word not in path.read_bytes() for word in (b"PATIENT", b"MRN", b"Dr Who", b"1950"))
        with av.open(str(path)) as container:
            assert container.metadata.keys() <= {"major_brand", "minor_version", "compatible_brands"}
            assert [stream.type for stream in container.streams] == ["video"]
            assert container.chapters() == []
            assert container.streams.video[0].metadata.get("handler_name") == "VideoHandler"


def test_sound_is_kept_where_the_server_says_so(tmp_path: Path) -> None:
    source = write_tagged_clip(tmp_path / "tagged.mp4")
    outputs, proxy = make(source, tmp_path / "made", keep_audio=True)
    with av.open(str(outputs.proxy)) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]
    assert proxy.num_frames == 2 * FPS


def test_a_tall_picture_is_made_smaller(tmp_path: Path) -> None:
    source = write_counting_clip(tmp_path / "clip.mp4", seconds=1, size_px=(640, 480))
    _outputs, proxy = make(source, tmp_path / "made", max_height_px=240)
    assert (proxy.width_px, proxy.height_px) == (320, 240)


def test_a_change_of_size_in_mid_stream_keeps_the_clock(tmp_path: Path) -> None:
    first = write_counting_clip(tmp_path / "a.ts", seconds=2, format_name="mpegts")
    second = write_counting_clip(tmp_path / "b.ts", seconds=2, format_name="mpegts", start_s=2, size_px=(640, 480))
    joined = tmp_path / "joined.ts"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    outputs, proxy = make(joined, tmp_path / "made")
    assert abs(proxy.num_frames - 4 * FPS) <= 1
    assert len(list(pictures_of(outputs.samples))) == 4


def test_the_poster_is_not_the_black_before_the_operation(tmp_path: Path) -> None:
    source = write_counting_clip(tmp_path / "clip.mp4", seconds=4, black_s=2)
    outputs, _proxy = make(source, tmp_path / "made")
    assert contrast(Image.open(outputs.poster)) > 5


def test_stopping_kills_ffmpeg_and_leaves_nothing(made: Made, tmp_path: Path) -> None:
    outputs = outputs_in(tmp_path)
    with pytest.raises(Stopped):
        transcode(made.source, outputs, made.found, should_stop=lambda: True)
    assert list(tmp_path.iterdir()) == []
    assert running_with(str(tmp_path)) == []


def test_what_was_there_stays_when_a_second_try_fails(made: Made, tmp_path: Path) -> None:
    outputs, _proxy = make(made.source, tmp_path)
    before = outputs.proxy.read_bytes()
    with pytest.raises(Stopped):
        transcode(made.source, outputs, made.found, should_stop=lambda: True)
    assert outputs.proxy.read_bytes() == before


def test_a_hang_is_found(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcode_module, "STALLED_S", -1)
    with pytest.raises(MediaFailed, match="took far longer"):
        transcode(made.source, outputs_in(tmp_path), made.found)
    assert list(tmp_path.iterdir()) == []


def test_an_unusable_ffmpeg_is_named_and_can_be_mended(made: Made, tmp_path: Path) -> None:
    options = TranscodeOptions(ffmpeg="/nowhere/ffmpeg")
    with pytest.raises(MediaFailed, match="configured ffmpeg"):
        transcode(made.source, outputs_in(tmp_path), made.found, options)


@pytest.mark.slow
def test_8k_stays_within_a_gigabyte(tmp_path: Path) -> None:
    """Longer than all that decoder, filters and encoder hold at once, and with frames that wait for later ones."""
    codec = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-refs", "2", "-crf", "35", "-pix_fmt", "yuv420p"]
    source = record(tmp_path / "8k.mp4", *pictures(size="7680x4320", rate="12", seconds=4), *codec, "-threads", "2")
    # A new interpreter, not a fork: a child's peak starts at what its parent held when it was started, and this one
    # may hold other tests' models.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        num_frames, peak_kib = pool.submit(conversion_and_its_peak_kib, source, tmp_path / "made").result()
    assert num_frames == 48
    assert peak_kib < 1024**2


def conversion_and_its_peak_kib(source: Path, folder: Path) -> tuple[int, int]:
    _outputs, proxy = make(source, folder)
    return proxy.num_frames, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def running_with(word: str) -> list[int]:
    pids = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if word in (folder / "cmdline").read_bytes().decode(errors="replace"):
                pids.append(int(folder.name))
        except OSError:
            continue
    return [pid for pid in pids if pid != os.getpid()]
