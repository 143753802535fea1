"""The sets about skill: what lies there is read as it says, and folders of the same layout are picked up."""

from pathlib import Path

import numpy as np
import pytest

from inference.datasets import avbanet_features, jigsaws_errors, jigsaws_kinematics, jigsaws_splits, lasana_ratings
from inference.datasets.avbanet_features import subject_of
from inference.datasets.frames import DatasetInvalid
from tests.skill_domains import write_domain


def test_a_domain_that_nobody_named_is_read_after_the_authors_own(tmp_path: Path) -> None:
    write_domain(tmp_path, "Ward", [("op_1", 20.0, 0), ("op_2", 25.0, 1)], {"op_1": 40, "op_2": 50})
    write_domain(tmp_path, "STB", [("E01_01", 300.0, 1), ("N01_01", 10.0, 0)], {"E01_01": 30, "N01_01": 60})
    first, second = avbanet_features.read(tmp_path)
    assert (first.key, second.key) == ("STB", "Ward")
    assert [trial.duration_s for trial in second.trials] == [40.0, 50.0]


def test_two_cameras_are_one_trial_at_a_row_a_second(tmp_path: Path) -> None:
    files = {"Suturing_B001_capture1": 300, "Suturing_B001_capture2": 300, "Suturing_D001_capture1": 600}
    write_domain(tmp_path, "ST", [("Suturing_B001", 13, 0), ("Suturing_D001", 20, 2)], files)
    (domain,) = avbanet_features.read(tmp_path)
    assert [[len(view) for view in trial.views] for trial in domain.trials] == [[10, 10], [20]]
    assert domain.subjects == ("B", "D")


def test_a_row_without_features_is_counted_and_left_out(tmp_path: Path) -> None:
    write_domain(tmp_path, "PC", [("S2D2T1", 4.0, 0), ("S9D9T9", 4.0, 1)], {"L2D2T1": 40})
    (domain,) = avbanet_features.read(tmp_path)
    assert (len(domain.trials), domain.num_missing) == (1, 1)


@pytest.mark.parametrize(
    ("name", "subject"),
    [("Knot_Tying_C004", "C"), ("Suturing_I005", "I"), ("S26D12T5", "26"), ("N09_03", "N09"), ("case 7", "case 7")],
)
def test_a_trials_name_tells_the_surgeon(name: str, subject: str) -> None:
    assert subject_of(name) == subject


def test_the_authors_own_sets_are_as_described(data_dir: Path) -> None:
    domains = {domain.key: domain for domain in avbanet_features.read(data_dir)}
    assert {key: len(domains[key].trials) for key in ("STB", "PC", "ST", "NP", "KT")} == {
        "STB": 63,
        "PC": 2055,
        "ST": 39,
        "NP": 28,
        "KT": 36,
    }
    assert np.bincount(domains["PC"].labels).tolist() == [213, 1842]


def test_kinematics_errors_and_splits_name_the_same_trials(data_dir: Path) -> None:
    kinematics = {trial.name for trial in jigsaws_kinematics.read(data_dir)}
    segments = jigsaws_errors.read(data_dir)
    assert len(kinematics) == 119
    assert (len(segments), sum(one.has_error for one in segments)) == (1262, 503)
    assert {one.trial for one in segments} - kinematics == {"Suturing_G001"}
    for task, folds in jigsaws_splits.read(data_dir, "louo").items():
        assert all(len({name.rsplit("_", 1)[1][0] for name in fold}) == 1 for fold in folds), task


def test_a_pickle_that_does_more_than_hold_data_does_it_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "jigsaws-splits" / "vtpe" / "metas"
    folder.mkdir(parents=True)
    (folder / "JIGSAWS_split_louo.npy").write_bytes(b"cos\nabort\n(tR.")
    with pytest.raises(DatasetInvalid):
        jigsaws_splits.read(tmp_path, "louo")


def test_ratings_are_read_by_rater(data_dir: Path) -> None:
    trials = lasana_ratings.read(data_dir)
    assert len(trials) == 1270
    assert all(4 <= score <= 20 for trial in trials for score in trial.grs.values())
    first = next(trial for trial in trials if trial.name == "baah")
    assert (first.grs, first.duration_s, first.split) == ({0: 9.0, 1: 8.0, 3: 11.0}, 320.0, "val")
