"""The front doors: every name leads to a command, a wrong name and a missing folder are told in a sentence."""

import argparse
import importlib
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from inference.errors import ModelMissing
from inference.evaluate.__main__ import COMMANDS as EVALUATIONS
from inference.lab import arguments as kinds
from inference.lab.arguments import CommandParser
from inference.lab.front_door import Command, enter
from inference.models.catalogue import DEFAULT
from inference.models.manifest import describe
from inference.train.__main__ import COMMANDS as TRAININGS
from tests.environment import ROOT
from tests.unit.datasets.test_damage import SETS, cholect50_set

DOORS = [("train", command) for command in TRAININGS] + [("evaluate", command) for command in EVALUATIONS]
# What is looked at before the work begins; a bare Path or int is not.
LOOKED_AT = {kinds.count, kinds.whole, kinds.old_file, kinds.old_folder, kinds.new_file, kinds.new_folder, kinds.names}
OF_A_COMMANDS_OWN = {"_also", "_bases", "_named_folder"}


class Captured(Exception):
    pass


def parser_of(command: Command, monkeypatch: pytest.MonkeyPatch) -> argparse.ArgumentParser:
    found: list[argparse.ArgumentParser] = []

    def captured(self: argparse.ArgumentParser, *_: object, **__: object) -> None:
        found.append(self)
        raise Captured

    with monkeypatch.context() as patched:
        patched.setattr(argparse.ArgumentParser, "parse_known_args", captured)
        with pytest.raises(Captured):
            importlib.import_module(command.module).main([])
    return found[0]


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


@pytest.mark.parametrize(("door", "command"), DOORS, ids=lambda value: getattr(value, "name", value))
def test_every_option_of_every_command_is_looked_at_before_the_work_begins(
    door: str, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    parser = parser_of(command, monkeypatch)
    assert isinstance(parser, CommandParser)
    assert parser.prog == f"python -m inference.{door} {command.name}"
    bare = [
        action.dest
        for action in parser._actions
        if isinstance(action.type, type) or (action.type and action.type not in LOOKED_AT)
        if getattr(action.type, "__name__", "") not in OF_A_COMMANDS_OWN
    ]
    assert not bare


@pytest.mark.parametrize(("door", "command"), DOORS, ids=lambda value: getattr(value, "name", value))
def test_a_wrong_place_is_named_by_every_option_of_every_command(
    door: str,
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    wrong = {
        kinds.old_file: [tmp_path / "nowhere", tmp_path],
        kinds.old_folder: [tmp_path / "nowhere", file],
        kinds.new_file: [tmp_path, file / "inside"],
        kinds.new_folder: [file, file / "inside"],
    }
    for action in parser_of(command, monkeypatch)._actions:
        for place in wrong.get(action.type, []):  # type: ignore[arg-type]
            line = f"{command.name} {action.option_strings[0]} {place}"
            status, said = told(capsys, door, line)
            assert (status, len(said)) == (2, 1), line
            assert action.option_strings[0] in said[0]
            assert str(tmp_path) in said[0]


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A data folder whose label files were cut off."""
    folder = tmp_path / "damaged" / "cholect50"
    (folder / "labels").mkdir(parents=True)
    for name in ("VID68", "VID70"):
        (folder / "labels" / f"{name}.json").write_text('{"annot')
        (folder / "videos" / name).mkdir(parents=True)
    return tmp_path / "damaged"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """The folder of a base model that opens and that nothing loads: a fresh clone has none."""
    base = tmp_path / "models" / DEFAULT.name
    base.mkdir(parents=True)
    (base / "weights").write_bytes(b"")
    describe(base, [base / "weights"], kind="base", name=DEFAULT.name, licence="none", card="llava-surg")
    return base.parent


READERS = [
    ("train", "vision --data {data} --out {out}/eyes.safetensors --work {out}"),
    ("train", "tower --data {data} --out {out}/tower.safetensors --work {out}"),
    ("train", "answers --data {data} --out {out}/run --steps-text 0 --cache {out}"),
    ("train", "answers-folds --data {data} --out {out}/folds --work {out} --models {models}"),
    ("evaluate", "vision --data {data} --work {out}"),
    ("evaluate", "vision --data {data} --work {out} --retrain"),
    ("evaluate", "tower --data {data} --work {out}"),
    ("evaluate", "answers --data {data} --videos VID68 --work {out}"),
    ("evaluate", "answers --data {data} --videos VID68 --work {out} --retrain"),
]


def told(capsys: pytest.CaptureFixture[str], door: str, line: str, **places: Path) -> tuple[int, list[str]]:
    """The exit status, and what was said on standard error."""
    commands = TRAININGS if door == "train" else EVALUATIONS
    try:
        status = enter(door, commands, [word.format(**places) for word in line.split()])
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    return status, capsys.readouterr().err.splitlines()


@pytest.mark.parametrize(("door", "line"), READERS)
def test_without_its_data_every_command_says_so_in_one_sentence(
    tmp_path: Path, models: Path, capsys: pytest.CaptureFixture[str], door: str, line: str
) -> None:
    status, said = told(capsys, door, line, data=tmp_path / "nowhere", out=tmp_path, models=models)
    assert (status, len(said)) == (2, 1)
    assert "nowhere" in said[0]


@pytest.mark.parametrize(("door", "line"), READERS)
def test_of_an_empty_folder_every_command_says_so_in_one_sentence(
    tmp_path: Path, models: Path, capsys: pytest.CaptureFixture[str], door: str, line: str
) -> None:
    (tmp_path / "empty").mkdir()
    status, said = told(capsys, door, line, data=tmp_path / "empty", out=tmp_path / "out", models=models)
    assert (status, len(said)) == (2, 1)
    assert "empty" in said[0]


@pytest.mark.parametrize(("door", "line"), READERS)
def test_of_damaged_data_every_command_names_the_file_in_one_sentence(
    tmp_path: Path, damaged: Path, models: Path, capsys: pytest.CaptureFixture[str], door: str, line: str
) -> None:
    status, said = told(capsys, door, line, data=damaged, out=tmp_path, models=models)
    assert (status, len(said)) == (2, 1)
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
    assert (status, len(said)) == (2, 1)
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
    status, said = told(capsys, "train", line, out=tmp_path, file=file)
    assert (status, len(said)) == (2, 1)
    assert option.split()[0] in said[0]


LATE = [
    ("evaluate", "answers --data {data} --videos VID01 --work {out} --models {out}", "smollm2"),
    (
        "evaluate",
        "answers --data {data} --videos VID01 --work {out} --models {models} --weights {out}",
        "LLaVA-Surg weights",
    ),
    (
        "evaluate",
        "answers --data {data} --videos VID01 --work {out} --models {models} --folds {out}",
        "VID01/checkpoint",
    ),
    ("evaluate", "answers --data {data} --videos VID01 --timeline-only --predictions {junk} --work {out}", "junk"),
    ("evaluate", "answers --data {data} --videos VID01 --judge-url http://localhost:1", "--judge-model"),
    ("evaluate", "answers --data {data} --videos VID99", "VID99"),
    ("evaluate", "answers --data {data} --videos ,", "--videos"),
    ("evaluate", "answers --data {data} --videos VID01 --retrain --predictions {junk}", "--predictions"),
    ("evaluate", "bases --data {data} --videos VID01 --models {out} --work {out}", "smollm2"),
    ("evaluate", "answers-simulated --out {out} --models {out}", "smollm2"),
    ("evaluate", "vision --data {data} --work {out} --eyes {junk}", "junk"),
    ("evaluate", "tower --data {data} --work {out} --simulator {junk}", "junk"),
    ("train", "vision --data {data} --work {out} --out {out}/eyes --tower {junk}", "junk"),
    ("train", "answers-folds --data {data} --out {out} --surgeries VID01 --models {out}", "smollm2"),
    ("train", "answers-folds --data {data} --out {out} --rank none", "--rank"),
    ("train", "answers-folds --data {data} --out {out} --no-such-option", "--no-such-option"),
    ("train", "answers-folds --data {data} --out {out} --holdout VID01", "--holdout"),
    ("train", "answers --data {data} --out {out} --base giraffe", "giraffe"),
    ("train", "answers --data {data} --out {out} --records {junk}", "junk"),
    ("train", "answers --data {data} --out {out} --start {out}", "state"),
    ("train", "reasoning --out {out} --models {out}", "qwen"),
    ("train", "reasoning-export --rows {junk} --out {out}/cases.parquet", "junk"),
]


@pytest.mark.parametrize(("door", "line", "named"), LATE)
def test_what_is_needed_last_is_opened_before_any_frame_is(
    tmp_path: Path,
    models: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    door: str,
    line: str,
    named: str,
) -> None:
    cholect50_set(tmp_path / "data")
    (tmp_path / "out").mkdir()
    junk = tmp_path / "junk"
    junk.write_text("giraffe\n")

    def never(*_: object) -> None:
        raise AssertionError("a picture was read first")

    monkeypatch.setattr("inference.datasets.picture_file.read_picture", never)
    status, said = told(capsys, door, line, data=tmp_path / "data", out=tmp_path / "out", junk=junk, models=models)
    assert status == 2, said
    assert named in said[-1]
    assert len(said) == 1


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda data: (data / "cholec80-phases/labels.csv").unlink(), "labels.csv"),
        (lambda data: (data / "cholec80-phases/labels.csv").write_text("a,b\n1,2\n"), "labels.csv"),
        (lambda data: (data / "cholec80-phases/labels.csv").write_bytes(b""), "labels.csv"),
        (lambda data: cut(data / "cholec80-phases/images/a.png"), "a.png"),
        (lambda data: (data / "cholec80-phases/images/a.png").write_bytes(b""), "a.png"),
        (lambda data: (data / "cholec80-phases/images/a.png").unlink(), "a.png"),
    ],
    ids=["no table", "other columns", "empty table", "half a picture", "empty picture", "no picture"],
)
@pytest.mark.parametrize(
    ("door", "line"),
    [
        ("evaluate", "vision --data {data} --work {out}"),
        ("evaluate", "vision --data {data} --work {out} --retrain"),
        ("train", "vision --data {data} --work {out} --out {out}/eyes.safetensors"),
    ],
)
def test_a_data_set_that_was_copied_by_half_is_one_sentence(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[Path], object],
    named: str,
    door: str,
    line: str,
) -> None:
    monkeypatch.setattr("inference.vision.training.train_eyes.simulator_pictures", lambda work: [])
    SETS["cholec80-phases"](tmp_path / "data")
    damage(tmp_path / "data")
    status, said = told(capsys, door, line, data=tmp_path / "data", out=tmp_path / "out")
    assert status == 2
    assert named in said[-1]
    assert not any("Traceback" in row for row in said)


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


SLOW = """
import signal, sys, time
# A shell starts what it runs in the background, a whole test run too, with Ctrl-C ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
from inference.lab.front_door import Command, enter
import inference.llava_surg.evaluation.evaluate_answers as module
def main(arguments):
    print("began", flush=True)
    time.sleep(60)
module.main = main
sys.exit(enter("evaluate", [Command("answers", "", module.__name__)], ["answers"]))
"""


def test_ctrl_c_is_one_sentence_and_no_traceback() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "began\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 130
    assert said == "evaluate answers: stopped; the same command goes on from what it has kept\n"


def test_a_package_that_is_missing_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def main(arguments: list[str]) -> None:
        raise ModuleNotFoundError("No module named 'giraffe'", name="giraffe")

    monkeypatch.setattr("inference.llava_surg.evaluation.evaluate_answers.main", main)
    assert enter("evaluate", EVALUATIONS, ["answers"]) == 2
    assert "giraffe is not installed" in capsys.readouterr().err


def test_a_model_that_is_missing_is_one_sentence_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def main(arguments: list[str]) -> None:
        raise ModelMissing("There is no tower at tower.safetensors: fetch or train it.")

    monkeypatch.setattr("inference.llava_surg.evaluation.evaluate_answers.main", main)

    assert enter("evaluate", EVALUATIONS, ["answers"]) == 2
    assert capsys.readouterr().err == "evaluate answers: There is no tower at tower.safetensors: fetch or train it.\n"
