"""What an option of a command may be: refused before the work begins, not hours later."""

import argparse
from pathlib import Path


def count(text: str) -> int:
    """1 or more."""
    return _at_least(1, text)


def whole(text: str) -> int:
    """0 or more."""
    return _at_least(0, text)


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
    return path


def _at_least(least: int, text: str) -> int:
    try:
        number = int(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number") from error
    if number < least:
        raise argparse.ArgumentTypeError(f"{number} is less than {least}")
    return number
