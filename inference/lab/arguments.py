"""What an option of a command may be: refused before the work begins, not hours later.

An option that is there by default is not looked at here: a command may not need it. What it does need it opens first.
"""

import argparse
import os
from pathlib import Path
from typing import NoReturn


class CommandParser(argparse.ArgumentParser):
    """Of the command `name` ("evaluate answers"). What is wrong with an option is one sentence and status 2."""

    def __init__(self, name: str, description: str | None) -> None:
        super().__init__(
            prog=f"python -m inference.{name}",
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            # Half an option's name would mean another one tomorrow.
            allow_abbrev=False,
        )
        self._name = name

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self._name}: {' '.join(message.split())} (--help tells the options)\n")


def count(text: str) -> int:
    """1 or more."""
    return _at_least(1, text)


def whole(text: str) -> int:
    """0 or more."""
    return _at_least(0, text)


def old_file(text: str) -> Path:
    """A file to read."""
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text} is {'no file' if path.exists() else 'not there'}")
    return path


def old_folder(text: str) -> Path:
    """A folder to read from."""
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is {'no folder' if path.exists() else 'not there'}")
    return path


def new_file(text: str) -> Path:
    """Where a file will be written: its folder is there, or can be made."""
    path = Path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a folder, and a file is to be written")
    new_folder(str(path.parent))
    return path


def new_folder(text: str) -> Path:
    """A folder to write into; made if it is not there."""
    path = Path(text)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"nothing can be written to {text}: {error.strerror}") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise argparse.ArgumentTypeError(f"nothing can be written to {text}: it is read-only")
    return path


def names(text: str) -> list[str]:
    """Comma between them, each once."""
    found = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not found:
        raise argparse.ArgumentTypeError(f"'{text}' names nothing")
    return found


def _at_least(least: int, text: str) -> int:
    try:
        number = int(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number") from error
    if number < least:
        raise argparse.ArgumentTypeError(f"{number} is less than {least}")
    return number
