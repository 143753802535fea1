"""`manage.py score`: how levels and references are given, and what a refusal prints."""

import json
from io import StringIO
from itertools import permutations
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from inference.avbanet.calibrate import Calibration
from inference.avbanet.model import model_save
from inference.avbanet.reference import SkillSequence
from inference.errors import MediaRejected
from tests.unit.avbanet.made_up import model, sequence
from workers import skill_models
from workers.management.commands import score
from workers.skill_models import Comparing


@pytest.mark.parametrize("text", ["video.mp4", "video.mp4:", ":expert"])
def test_a_reference_without_path_or_level_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="PATH:LEVEL"):
        score._reference(text)


def test_a_path_may_hold_a_colon() -> None:
    assert score._reference("a:b.mp4:expert") == (Path("a:b.mp4"), "expert")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files named by the seed of the sequence that they are read as."""

    def read(path: Path) -> SkillSequence:
        if path.suffix != ".mp4":
            raise MediaRejected("text", "This is a text file.")
        return sequence(int(path.stem))

    for seed in range(4):
        (tmp_path / f"{seed}.mp4").touch()
    monkeypatch.setattr(score, "sequence_of_file", read)
    monkeypatch.setattr(skill_models, "comparing", lambda: Comparing(model=model(), facts=()))
    return tmp_path


def told(files: Path, *references: str, video: str = "3.mp4", encoder: Path | None = None) -> dict[str, object]:
    out = StringIO()
    arguments = [f"--reference={files / text}" for text in references]
    arguments += [f"--encoder={encoder}"] if encoder else []
    call_command("score", str(files / video), *arguments, "--json", stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


@pytest.mark.django_db
def test_it_prints_shares_factors_and_evidence_of_the_video(files: Path) -> None:
    said = told(files, "0.mp4:novice", "1.mp4:intermediate", "2.mp4:expert")
    assert list(said["probabilities"]) == ["novice", "intermediate", "expert"]
    assert abs(sum(said["probabilities"].values()) - 1) < 1e-9
    assert said["factors"]
    assert len(said["evidence"]) == 40


@pytest.mark.django_db
def test_a_refusal_has_a_reason_and_no_number(files: Path) -> None:
    said = told(files, "0.mp4:novice", "2.mp4:expert", video="2.mp4")
    assert (said["abstained"], said["probabilities"], said["code"]) == (True, {}, "same_content")
    assert "references itself" in said["reason"]


@pytest.mark.django_db
def test_a_file_that_is_no_video_is_named_with_what_is_wrong_with_it(files: Path) -> None:
    (files / "notes.txt").touch()
    said = told(files, "0.mp4:novice", "notes.txt:expert")
    assert (said["abstained"], said["probabilities"], said["code"]) == (True, {}, "unreadable")
    assert said["reason"] == "notes.txt cannot be read as a video: This is a text file."


@pytest.mark.django_db
def test_weights_that_never_saw_a_task_can_be_given(files: Path) -> None:
    other = model(calibration=Calibration(temperature=50.0))
    model_save(other, files / "other.safetensors", trained_on=["simulator/knot_tying"], tower_id="tower-x", facts={})
    given = ["0.mp4:novice", "2.mp4:expert"]
    usual, by_other = told(files, *given), told(files, *given, encoder=files / "other.safetensors")
    assert abs(by_other["probabilities"]["expert"] - 0.5) < abs(usual["probabilities"]["expert"] - 0.5)
    with pytest.raises(CommandError, match="model_missing"):
        told(files, *given, encoder=files / "nothing.safetensors")


@pytest.mark.django_db
def test_a_missing_file_is_named(files: Path) -> None:
    with pytest.raises(CommandError, match=r"no file .*9\.mp4"):
        told(files, "0.mp4:novice", "2.mp4:expert", video="9.mp4")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "names", [("low", "mid", "high"), ("1", "2", "10"), ("PGY 1", "pgy 3", "PGY 5"), ("N", "I", "E")]
)
def test_the_order_of_references_changes_no_figure_where_names_say_what_is_lower(
    files: Path, names: tuple[str, ...]
) -> None:
    given = [f"{seed}.mp4:{name}" for seed, name in enumerate(names)]
    said = [told(files, *order) for order in permutations(given)]
    assert all(list(one["probabilities"]) == list(names) for one in said)
    assert all(one == said[0] for one in said)


@pytest.mark.django_db
def test_names_that_say_nothing_are_ordered_by_the_videos_and_not_by_the_caller(files: Path) -> None:
    said = [told(files, *order) for order in permutations(["0.mp4:Anna", "1.mp4:Bert", "2.mp4:Cleo"])]
    assert all(one == said[0] for one in said)


@pytest.mark.django_db
def test_one_level_in_two_spellings_is_one_level(files: Path) -> None:
    said = told(files, "0.mp4:Novice", "1.mp4:novice ", "2.mp4:EXPERT")
    assert list(said["probabilities"]) == ["Novice", "EXPERT"]
