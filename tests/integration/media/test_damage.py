"""The short form of `python -m tests.faults.media_fuzz`: no damage makes a copy longer, or takes ten times as long."""

import shutil
from pathlib import Path

import pytest

from tests.faults.media_fuzz import faults_of, fuzz

NUM_MUTATIONS = 12


@pytest.mark.slow
def test_no_damage_makes_a_copy_longer_than_its_packets(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "data" / "torture").mkdir(parents=True)
    (tmp_path / "data" / "clips").mkdir()
    for name in ("base_h264.mp4", "vfr.mp4", "start_time_5s.mkv", "vp9.webm", "interlaced_mpeg2.ts", "mjpeg.avi"):
        shutil.copy(data_dir / "torture" / name, tmp_path / "data" / "torture" / name)
    rows = list(fuzz(tmp_path / "data", tmp_path, seed=11, num_mutations=NUM_MUTATIONS, known={}))
    damaged = [row for row in rows if row["number"] >= 0]
    assert len(damaged) == NUM_MUTATIONS
    assert any(row["outcome"] == "ready" for row in damaged)
    assert [fault for row in damaged for fault in faults_of(row)] == []
