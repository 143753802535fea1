"""One function from video to sequence; a sequence that is kept says who made it."""

import numpy as np
import pytest
import torch

from inference.avbanet.motion import Motion
from inference.avbanet.sequence import COLUMNS, LOOK_COLUMNS, WIDTH, VideoFacts, joined, look_rows, sequence_encoder
from inference.avbanet.sequence_file import sequence_load, sequence_save
from inference.errors import FeaturesStale, MediaFailed
from tests.unit.avbanet.made_up import sequence

NUM_MOTION = WIDTH - len(LOOK_COLUMNS)


def motion(seconds: int = 8) -> Motion:
    faults = ("", "black", *([""] * (seconds - 2)))
    return Motion(
        times_s=np.arange(seconds, dtype=np.float64),
        values=np.ones((seconds, NUM_MOTION)),
        usable=np.array([not fault for fault in faults]),
        faults=faults,
    )


def test_the_seconds_that_movement_and_features_share_are_kept() -> None:
    made = joined(motion(8), torch.rand(6, 12), VideoFacts(content="c", kind="box_trainer"), store_encoder="tower")
    assert made.values.shape == (6, len(COLUMNS))
    assert (made.duration_s, made.encoder) == (6.0, sequence_encoder("tower"))
    assert made.usable.tolist() == [True, False, True, True, True, True]


def test_seconds_outside_the_body_are_not_usable() -> None:
    outside = np.array([False] * 5 + [True] * 3)
    facts = VideoFacts(content="c", kind="laparoscopic_cholecystectomy", outside=outside)
    made = joined(motion(8), torch.rand(8, 12), facts, store_encoder="tower")
    assert made.faults[-1] == "out_of_body"
    assert not made.usable[5:].any()


def test_looks_tell_change_and_not_what_is_shown() -> None:
    features = np.random.default_rng(0).random((10, 16))
    assert np.allclose(look_rows(features), look_rows(features[:, ::-1]))
    still = look_rows(np.ones((10, 16)))
    assert (still < look_rows(features).min()).all()


def test_a_sequence_is_kept_whole(tmp_path) -> None:
    one = sequence(4, faults=("",) * 39 + ("black",))
    sequence_save(one, tmp_path / "s")
    again = sequence_load(tmp_path / "s", encoder=one.encoder)
    assert np.array_equal(again.values, one.values)
    assert (again.content, again.kind, again.faults, again.duration_s) == (one.content, one.kind, one.faults, 40.0)


def test_a_sequence_of_another_version_is_stale_and_none_is_a_failure(tmp_path) -> None:
    sequence_save(sequence(4), tmp_path / "s")
    with pytest.raises(FeaturesStale):
        sequence_load(tmp_path / "s", encoder="other")
    (tmp_path / "broken").write_bytes(b"no tensors")
    for name in ("broken", "missing"):
        with pytest.raises(MediaFailed):
            sequence_load(tmp_path / name)
