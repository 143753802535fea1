"""What a failed ffmpeg means for the surgeon: the disk, the file, or something that may pass."""

import signal

import pytest

from inference.errors import MediaFailed, MediaRejected, StorageFull
from inference.media.rejections import SENTENCES, rejected
from inference.media.sandbox import Ended
from inference.media.transcode import failure


def test_a_full_disk_is_not_the_files_fault() -> None:
    error = failure(Ended(returncode=228, stderr_tail="av_interleaved_write_frame(): No space left on device"))
    assert isinstance(error, StorageFull)
    assert not error.permanent


@pytest.mark.parametrize(
    ("returncode", "said", "code"),
    [
        (183, "Error opening input: Invalid data found when processing input", "no_frames"),
        (-signal.SIGSEGV, "", "unreadable"),
        (1, "Cannot allocate memory", "too_complex"),
    ],
)
def test_a_file_that_will_fail_again_is_rejected(returncode: int, said: str, code: str) -> None:
    error = failure(Ended(returncode=returncode, stderr_tail=said))
    assert isinstance(error, MediaRejected)
    assert error.code == code


@pytest.mark.parametrize("returncode", [-signal.SIGKILL, 1])
def test_what_may_pass_can_be_tried_again(returncode: int) -> None:
    error = failure(Ended(returncode=returncode, stderr_tail="something odd"))
    assert isinstance(error, MediaFailed)
    assert not error.permanent
    assert "ffmpeg" not in str(error)
    assert "something odd" in error.detail


@pytest.mark.parametrize(
    "said",
    [
        "[vf#0:0] Error while filtering: Generic error in an external library",
        "Impossible to convert between the formats supported by the filter 'a' and the filter 'b'",
        "[vf#0:0] Error reinitializing filters!",
    ],
)
def test_a_filter_that_gives_up_is_never_the_files_fault(said: str) -> None:
    error = failure(Ended(returncode=218, stderr_tail=f"{said}\nNothing was written into output file"))
    assert isinstance(error, MediaFailed)
    assert not error.permanent


@pytest.mark.parametrize("code", SENTENCES)
def test_every_reason_is_a_sentence_without_jargon(code: str) -> None:
    sentence = str(rejected(code))
    assert sentence.endswith(".")
    assert not {"ffmpeg", "stderr", "demuxer", "codec", "exception"} & set(sentence.lower().split())
