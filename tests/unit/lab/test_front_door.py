"""The front doors: every name leads to a command, a wrong name and a missing folder are told in a sentence."""

import importlib

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


def test_a_model_that_is_missing_is_one_sentence_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def main(arguments: list[str]) -> None:
        raise ModelMissing("There is no tower at tower.safetensors: fetch or train it.")

    monkeypatch.setattr("inference.llava_surg.evaluation.evaluate_answers.main", main)

    assert enter("evaluate", EVALUATIONS, ["answers"]) == 1
    assert capsys.readouterr().err == "evaluate answers: There is no tower at tower.safetensors: fetch or train it.\n"
