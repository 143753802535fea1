"""`manage.py doctor`: what is installed, reachable and trained on this machine, and what to do about what is not."""

import json
import platform
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from webapp.jobs.queue import celery_app
from webapp.lib import health
from webapp.lib.warmth import Warmth

PING_TIMEOUT_S = 2.0
PROCESSES = ("media", "gpu", "bulk", "train")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    part: str
    ok: bool
    detail: str


class Command(BaseCommand):
    help = "Says what is installed, reachable and trained. Exits with 1 if Debrief cannot work."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on the last line")

    def handle(self, *_args: Any, **options: Any) -> None:
        findings = [examine(part, check) for part, check in all_checks().items()]
        if options["json"]:
            self.stdout.write(json.dumps({"findings": [asdict(finding) for finding in findings]}))
        else:
            for finding in findings:
                self.stdout.write(f"{'ok ' if finding.ok else 'BAD'} {finding.part:<16} {finding.detail}")
        if not all(finding.ok for finding in findings):
            raise SystemExit(1)


def all_checks() -> dict[str, Callable[[], str]]:
    return {
        "python": describe_python,
        "ffmpeg": describe_ffmpeg,
        "sandbox": describe_sandbox,
        "database": describe_database,
        "migrations": describe_migrations,
        "redis": describe_redis,
        "storage": describe_storage,
        "workers": describe_workers,
        "loaded models": describe_loaded,
        "device": describe_device,
        "language model": describe_language_model,
        "trained weights": describe_weights,
        "on-screen text": describe_text_reader,
        "timelines": describe_timelines,
    }


def examine(part: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(part=part, ok=True, detail=check())
    except Exception as error:  # a doctor reports every illness, of whatever kind
        return Finding(part=part, ok=False, detail=f"{type(error).__name__}: {error}")


def describe_python() -> str:
    return f"{platform.python_version()} on {platform.machine()}"


def describe_ffmpeg() -> str:
    from inference.media.ffmpeg import find_ffmpeg

    return find_ffmpeg(settings.FFMPEG).path


def describe_sandbox() -> str:
    """Never an illness: the lists of demuxers, codecs and protocols hold without it too."""
    from inference.media.sandbox import sandbox_words

    return sandbox_words()


def describe_database() -> str:
    try:
        health.check_database()
    except DatabaseError as error:
        raise RuntimeError(f"{health.NOT_REACHED} ({error})") from error
    return str(settings.DATABASES["default"]["ENGINE"].rsplit(".", 1)[-1])


def describe_migrations() -> str:
    try:
        health.check_migrations()
    except DatabaseError as error:
        raise RuntimeError(health.NOT_REACHED) from error
    return "up to date"


def describe_redis() -> str:
    return health.redis_words()


def describe_storage() -> str:
    health.check_storage()
    return f"{shutil.disk_usage(settings.STORAGE_DIR).free / 1e9:.1f} GB free"


def describe_workers() -> str:
    """Every queue needs a worker that answers a ping."""
    replies = celery_app().control.ping(timeout=PING_TIMEOUT_S) or []
    names = {name.split("@")[0] for reply in replies for name in reply}
    missing = [name for name in PROCESSES if name not in names]
    if missing:
        raise RuntimeError(f"no answer from {', '.join(missing)}: start them with `make run`")
    return f"{', '.join(sorted(names))} answer"


def describe_loaded() -> str:
    """Whether a question asked now would wait for a model."""
    found = health.models()
    failed = [queue for queue, warmth in found.items() if warmth == Warmth.FAILED]
    if failed:
        raise RuntimeError(f"could not be loaded for {', '.join(failed)}: the log of that worker says why")
    return ", ".join(f"{queue}: {warmth}" for queue, warmth in found.items())


def describe_device() -> str:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name(0)
    has_bf16 = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return f"CPU, {torch.get_num_threads()} threads, bf16 {'yes' if has_bf16 else 'no'}"


def describe_language_model() -> str:
    if settings.ENGINE == "vllm":
        return f"vLLM at {settings.VLLM_URL}: {settings.VLLM_MODEL}"
    from inference.models.artifact import open_artifact
    from inference.models.catalogue import base_model_named
    from inference.models.fetch import ready_or_smaller

    found = ready_or_smaller(base_model_named(settings.ANSWER_MODEL), settings.MODELS_DIR)
    manifest = open_artifact(found.folder, kind="base")
    return " ".join([f"{found.model.title} {manifest.version}, as its manifest says.", *found.notes])


def describe_weights() -> str:
    from inference.models.artifact import require_fit, verify_files
    from inference.models.manifest import manifest_path
    from workers.artifacts import artifacts_on_disk

    shipped = [artifact for artifact in artifacts_on_disk() if artifact.is_shipped]
    if not shipped:
        raise RuntimeError("no trained weights in inference/weights: see docs/models/")
    towers = [artifact.manifest for artifact in shipped if artifact.manifest.kind == "tower"]
    for artifact in shipped:
        verify_files(artifact.manifest, manifest_path(artifact.path).parent)
        require_fit(artifact.manifest, towers)
    return ", ".join(f"{artifact.manifest.name} {artifact.manifest.version}" for artifact in shipped)


def describe_text_reader() -> str:
    from inference.screen_text.rapid import RapidTextReader

    return f"read and covered by {RapidTextReader().reader_id}"


def describe_timelines() -> str:
    """Never an illness: what older models saw is kept, says so, and can be asked about."""
    from webapp.videos.selectors import contents_prepared, timeline_newest
    from workers.preparing import is_up_to_date

    contents = list(contents_prepared())
    num_stale = sum(not is_up_to_date(content, timeline_newest(content)) for content in contents)
    if not num_stale:
        return f"{len(contents)} prepared recordings, all as this version's models see them"
    return f"{num_stale} of {len(contents)} prepared recordings were seen by other models: `manage.py refresh_features`"
