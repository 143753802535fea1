"""The front doors: every name leads to a command, a wrong name and a missing folder are told in a sentence."""

import importlib
from pathlib import Path

import pytest

from inference.errors import ModelMissing
from inference.evaluate.__main__ import COMMANDS as EVALUATIONS
from inference.lab.front_door import Command, enter
from inference.train.__main__ import COMMANDS as TRAININGS


@pytest.mark.parametrize("command", [*TRAININGS, *EVALUATIONS], ids=lambda command: command.module)
def test_every_name_behind_a_door_leads_to_a_command(command: Command) -> None:
    assert callable(importlib.import_module(command.module).main)


@pytest.mark.parametrize(("door", "commands"), [("train", TRAININGS), ("evaluate", EVALUATIONS)])
def test_the_list_names_every_command(
    door: str, commands: tuple[Command, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert enter(door, commands, ["--list"]) == 0
    listed = capsys.readouterr().out
    assert all(command.name in listed and command.summary in listed for command in commands)


def test_an_unknown_name_is_told_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert enter("train", TRAININGS, ["giraffe"]) == 2
    assert "there is no 'giraffe'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["vision", "--data", "nowhere-at-all"], ["answers", "--data", "nowhere-at-all", "--videos", "VID1"]]
)
def test_a_missing_folder_is_one_sentence(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert enter("evaluate", EVALUATIONS, arguments) == 1
    told = capsys.readouterr().err
    assert "nowhere-at-all" in told.splitlines()[-1]
    assert "Traceback" not in told


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A data folder whose label files were cut off."""
    folder = tmp_path / "damaged" / "cholect50"
    (folder / "labels").mkdir(parents=True)
    for name in ("VID68", "VID70"):
        (folder / "labels" / f"{name}.json").write_text('{"annot')
        (folder / "videos" / name).mkdir(parents=True)
    return tmp_path / "damaged"


READERS = [
    ("train", "vision --data {data} --out {out}/eyes.safetensors --work {out}"),
    ("train", "tower --data {data} --out {out}/tower.safetensors --work {out}"),
    ("train", "answers --data {data} --out {out}/run --steps-text 0 --cache {out}"),
    ("train", "answers-folds --data {data} --out {out}/folds --work {out}"),
    ("evaluate", "vision --data {data} --work {out}"),
    ("evaluate", "vision --data {data} --work {out} --retrain"),
    ("evaluate", "tower --data {data} --work {out}"),
    ("evaluate", "answers --data {data} --videos VID68 --work {out}"),
    ("evaluate", "answers --data {data} --videos VID68 --work {out} --retrain"),
]


def told(capsys: pytest.CaptureFixture[str], door: str, line: str, **places: Path) -> tuple[int, list[str]]:
    """The exit status, and what was said on standard error."""
    commands = TRAININGS if door == "train" else EVALUATIONS
    status = enter(door, commands, [word.format(**places) for word in line.split()])
    return status, capsys.readouterr().err.splitlines()


@pytest.mark.parametrize(("door", "line"), READERS)
def test_without_its_data_every_command_says_so_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], door: str, line: str
) -> None:
    status, said = told(capsys, door, line, data=tmp_path / "nowhere", out=tmp_path)
    assert (status, len(said)) == (1, 1)
    assert "nowhere" in said[0]


@pytest.mark.parametrize(("door", "line"), READERS)
def test_of_damaged_data_every_command_names_the_file_in_one_sentence(
    tmp_path: Path, damaged: Path, capsys: pytest.CaptureFixture[str], door: str, line: str
) -> None:
    status, said = told(capsys, door, line, data=damaged, out=tmp_path)
    assert (status, len(said)) == (1, 1)
    assert "cholect50" in said[0]
    assert "VID68" in said[0]


@pytest.mark.parametrize(
    ("door", "line"),
    [
        ("train", "simulator-heads --out {out}/heads.safetensors --tower {out}/no-tower --work {out}"),
        ("train", "manifests --weights {out}/no-tower"),
        ("evaluate", "simulator-heads --tower {out}/no-tower --work {out}"),
        ("evaluate", "tower --data {out} --tower {out}/no-tower --work {out}"),
        ("evaluate", "answers-simulated --out {out}/videos --tower {out}/no-tower"),
        ("evaluate", "truth --questions {out}/no-tower --videos {out}"),
    ],
)
def test_a_file_that_is_missing_is_named_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], door: str, line: str
) -> None:
    status, said = told(capsys, door, line, out=tmp_path)
    assert (status, len(said)) == (1, 1)
    assert "no-tower" in said[0]


@pytest.mark.parametrize(
    "option", ["--threads 0", "--steps 0", "--steps three", "--out {out}", "--out {file}/eyes", "--work {file}"]
)
def test_an_option_that_cannot_be_is_refused_before_the_work_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    line = "vision --data {out} --out {out}/eyes.safetensors " + option
    with pytest.raises(SystemExit) as stopped:
        told(capsys, "train", line, out=tmp_path, file=file)
    assert stopped.value.code == 2
    assert option.split()[0] in capsys.readouterr().err.splitlines()[-1]


def test_a_model_that_is_missing_is_one_sentence_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def main(arguments: list[str]) -> None:
        raise ModelMissing("There is no tower at tower.safetensors: fetch or train it.")

    monkeypatch.setattr("inference.llava_surg.evaluation.evaluate_answers.main", main)

    assert enter("evaluate", EVALUATIONS, ["answers"]) == 1
    assert capsys.readouterr().err == "evaluate answers: There is no tower at tower.safetensors: fetch or train it.\n"
