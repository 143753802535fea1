"""Rows of a label file, each with the place where it stands, so that a damaged one is named and never a traceback."""

import csv
import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from inference.datasets.frames import DatasetInvalid

T = TypeVar("T")
Row = tuple[dict[str, Any], str]
# What reading another's files raises where they are not what they should be.
DAMAGE = (
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    csv.Error,
    EOFError,
    zlib.error,
    gzip.BadGzipFile,
)


@contextmanager
def understood(where: str) -> Iterator[None]:
    """Raises DatasetInvalid with the place for whatever a file's content makes fail."""
    try:
        yield
    except DAMAGE as error:
        missing = f"no {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__
        raise DatasetInvalid(f"{where}: not as its documentation says ({missing})") from error


def each(rows: Iterable[Row], make: Callable[[dict[str, Any], str], T]) -> list[T]:
    """`make` of every row and its place."""
    made = []
    for row, where in rows:
        with understood(where):
            made.append(make(row, where))
    return made


def csv_rows(path: Path, *columns: str) -> Iterator[Row]:
    """Of a CSV file, gzipped or not, that has these columns. Raises FileNotFoundError or DatasetInvalid."""
    place = f"{path.parent.name}/{path.name}"
    with understood(place), _opened(path) as file:
        rows = csv.DictReader(file)
        missing = [column for column in columns if column not in (rows.fieldnames or ())]
        if missing:
            raise DatasetInvalid(f"{place} has no column {', '.join(missing)}")
        for number, row in enumerate(rows, start=2):
            yield row, f"{place}, {row.get('file') or f'line {number}'}"


def json_lines(path: Path) -> Iterator[Row]:
    """Of a file with one JSON object a line. Raises FileNotFoundError or DatasetInvalid."""
    place = f"{path.parent.name}/{path.name}"
    with understood(place), path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            where = f"{place}, line {number}"
            if line.strip():
                yield _object(line, where), where


def json_object(path: Path, place: str) -> dict[str, Any]:
    """A file that is one JSON object. Raises FileNotFoundError or DatasetInvalid."""
    with understood(place):
        return _object(path.read_text(encoding="utf-8"), place)


def _object(text: str, where: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DatasetInvalid(f"{where} is not JSON") from error
    if not isinstance(found, dict):
        raise DatasetInvalid(f"{where} is no JSON object")
    return found


def _opened(path: Path) -> Any:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")
