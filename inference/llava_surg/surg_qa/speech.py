"""Optional speech-to-text: a command of the hospital's own that writes WhisperX JSON. None is installed by default."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from inference.errors import MediaFailed, ModelMissing
from inference.llava_surg.surg_qa.transcript import Transcript, read_counted_transcript

VIDEO_SLOT, FOLDER_SLOT = "{video}", "{folder}"
TIMEOUT_S = 6 * 3600


def transcribe(video: Path, command: Sequence[str]) -> Transcript:
    """Runs e.g. `whisperx {video} --output_format json --output_dir {folder}` and reads the JSON it leaves.

    Raises ModelMissing if the command is not there, MediaFailed if it fails or leaves no transcript.
    """
    with tempfile.TemporaryDirectory() as folder:
        argv = [part.replace(VIDEO_SLOT, str(video.absolute())).replace(FOLDER_SLOT, folder) for part in command]
        try:
            done = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)  # noqa: S603
        except FileNotFoundError as error:
            raise ModelMissing(f"The speech-to-text command {argv[0]!r} is not installed.") from error
        except subprocess.TimeoutExpired as error:
            raise MediaFailed(f"Speech-to-text took longer than {TIMEOUT_S} s.") from error
        if done.returncode != 0:
            raise MediaFailed(f"Speech-to-text ended with {done.returncode}: {done.stderr[-400:]}")
        written = sorted(Path(folder).glob("*.json"))
        if not written:
            raise MediaFailed("Speech-to-text left no JSON transcript.")
        return read_counted_transcript(written[0])
