"""One door to many commands: `python -m inference.train NAME ...` and `python -m inference.evaluate NAME ...`."""

import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from inference.errors import InferenceError

CANNOT = 2
# As shells say it: 128 and the signal's number.
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Command:
    """A name behind a door; `module` has a `main(arguments)` and is imported only when it is asked for."""

    name: str
    summary: str
    module: str


def enter(door: str, commands: Sequence[Command], arguments: Sequence[str] | None = None) -> int:
    """Runs the command that the first argument names · returns the exit status; 2 when there is no such command.

    What a command cannot do (a missing folder, an unknown video, a damaged set) is one sentence and status 2, as for a
    wrong option: 1 is left to what nobody foresaw. Ctrl-C is one sentence and status 130.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("--list", "-h", "--help"):
        print(_listing(door, commands))
        return 0 if given else 2
    command = next((command for command in commands if command.name == given[0]), None)
    if command is None:
        print(f"{door}: there is no '{given[0]}'.\n{_listing(door, commands)}", file=sys.stderr)
        return 2
    return _run(door, command, given[1:])


def _run(door: str, command: Command, arguments: list[str]) -> int:
    try:
        status = importlib.import_module(command.module).main(arguments)
    except (InferenceError, OSError) as error:
        return _told(door, command, _sentence(error), CANNOT)
    except ModuleNotFoundError as error:
        if (error.name or "inference").partition(".")[0] == "inference":
            raise
        return _told(door, command, f"{error.name} is not installed: CONTRIBUTING.md says how to set up", CANNOT)
    except KeyboardInterrupt:
        return _told(door, command, "stopped; the same command goes on from what it has kept", INTERRUPTED)
    return int(status or 0)


def _told(door: str, command: Command, sentence: str, status: int) -> int:
    print(f"{door} {command.name}: {sentence}", file=sys.stderr)
    return status


def _sentence(error: InferenceError | OSError) -> str:
    """On one line, with the place that it is about."""
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        said = f"not found: {error.filename or error}"
    elif isinstance(error, OSError) and error.filename is not None:
        said = f"{error.filename}: {error.strerror}"
    else:
        said = str(error)
    return " ".join(said.split())


def _listing(door: str, commands: Sequence[Command]) -> str:
    width = max(len(command.name) for command in commands)
    rows = [f"  {command.name:<{width}}  {command.summary}" for command in commands]
    return "\n".join([f"python -m inference.{door} NAME [options]; NAME --help tells the options", *rows])
