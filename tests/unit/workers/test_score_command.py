"""`manage.py score`: how levels and references are given, and what a refusal prints."""

import json
from io import StringIO
from itertools import permutations
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from inference.avbanet.adapt import adapt
from inference.avbanet.reference import SkillSequence
from tests.unit.avbanet.made_up import model, sequence
from workers.management.commands import score


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
        return sequence(int(path.stem))

    for seed in range(4):
        (tmp_path / f"{seed}.mp4").touch()
    monkeypatch.setattr(score, "sequence_of_file", read)
    monkeypatch.setattr(score, "adapted", lambda references, *, levels: adapt(references, model(), levels=levels))
    return tmp_path


def told(files: Path, *references: str, video: str = "3.mp4") -> dict[str, object]:
    out = StringIO()
    arguments = [f"--reference={files / text}" for text in references]
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
