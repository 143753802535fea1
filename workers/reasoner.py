"""The model that explains: loaded when somebody first asks why, let go when nobody has for a while.

It takes gigabytes that answers can do without. On a machine with too little memory free the next smaller one is taken.
An adapter stands beside the base: promoted or rolled back, it is the next explanation's, and none waits for another
copy of the base. Those that are being written end with what they were begun with.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings

from inference.engines.chat_format import chat_format_named
from inference.engines.local.adapters import Adapters
from inference.engines.local.base_model import load_base_folder
from inference.engines.local.engine import LocalEngine, LocalEngineOptions
from inference.engines.openai import OpenAiEngine, OpenAiEngineOptions
from inference.engines.protocol import BASE_WEIGHTS, LanguageEngine
from inference.errors import EngineFailed, ModelError
from inference.models.artifact import open_artifact
from inference.models.catalogue import base_model_named, base_model_with_id, from_large_to_small
from inference.models.device import fastest_dtype
from inference.models.fetch import Fetched, ready_or_smaller
from inference.models.manifest import FOLDER_MANIFEST, read_manifest
from webapp.lib.errors import Conflict
from workers import runtime
from workers.artifacts import register_loaded
from workers.reasoning_adapter import ReasoningAdapter, active_adapter

# Weights, what is kept of prompts, and room to breathe; of the folder's bytes, which are half precision.
MEMORY_PER_FOLDER_BYTE = 1.4
CONTEXT_TOKENS = 2048
# The one before stays at hand for a rollback, and one that is on trial.
MAX_ADAPTERS = 3
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """`base_id`: as an adapter's needs name it; empty behind a server, which knows its bases itself."""

    engine: LanguageEngine
    base_id: str
    adapters: Adapters | None = None


class _Kept:
    """The engine, how many use it, and the timer that lets it go."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.built: Built | None = None
        # The promoted adapter that there was then.
        self.built_for = ""
        self.num_users = 0
        self.timer: threading.Timer | None = None
        # What a server was told to load.
        self.served: set[str] = set()


_kept = _Kept()


@contextmanager
def held() -> Iterator[LanguageEngine]:
    """The engine, for as long as the block lasts. Raises ModelMissing."""
    with _kept.lock:
        if _kept.timer is not None:
            _kept.timer.cancel()
        if _kept.built is None or (_kept.num_users == 0 and _is_of_another_base(_kept.built)):
            _kept.built = None
            _kept.built_for, _kept.built = promoted_name(), build()
        _kept.num_users += 1
        engine = _kept.built.engine
    try:
        yield engine
    finally:
        with _kept.lock:
            _kept.num_users -= 1
            if _kept.num_users == 0:
                _kept.timer = threading.Timer(settings.EXPLANATION_IDLE_S, let_go)
                _kept.timer.daemon = True
                _kept.timer.start()


def let_go() -> None:
    """Nobody has asked for a while; the next one waits for it to be loaded."""
    with _kept.lock:
        if _kept.num_users:
            return
        _kept.built = None
    gc.collect()
    log.info("reasoner_let_go")


def adapter_for(engine: LanguageEngine) -> str | None:
    """The name by which the engine that is held answers with the active adapter; None: as it is.

    One that cannot be used costs quality, never an explanation.
    """
    return loaded_adapter(engine, active_adapter())


def loaded_adapter(engine: LanguageEngine, adapter: ReasoningAdapter | None) -> str | None:
    with _kept.lock:
        built = _kept.built
        if built is None or built.engine is not engine or adapter is None:
            return None
        try:
            return _served(built, adapter) if built.adapters is None else _beside(built, built.adapters, adapter)
        except (ModelError, Conflict, OSError, RuntimeError, ValueError) as error:
            log.error("adapter_not_used", adapter=adapter.name, reason=str(error))
            return BASE_WEIGHTS


def _beside(built: Built, adapters: Adapters, adapter: ReasoningAdapter) -> str:
    if adapter.name in adapters.names:
        return adapter.name
    if adapter.base_id != built.base_id:
        # What comes with Debrief fits one base of several; that somebody promoted what does not fit is worth a look.
        tell = log.warning if adapter.is_promoted else log.debug
        tell("adapter_of_another_base", adapter=adapter.name, needs=adapter.base_id, base=built.base_id)
        return BASE_WEIGHTS
    open_artifact(adapter.folder, kind="reasoning")
    adapters.load(adapter.name, adapter.folder)
    register_loaded([adapter.folder])
    if _kept.num_users <= 1:
        for name in sorted(adapters.names - {adapter.name})[: max(0, len(adapters.names) - MAX_ADAPTERS)]:
            adapters.unload(name)
    return adapter.name


def _served(built: Built, adapter: ReasoningAdapter) -> str:
    """A server that cannot load adapters answers without; and so does every server where nobody promoted one, for what
    comes with Debrief is of a base that a server hardly serves."""
    if not isinstance(built.engine, OpenAiEngine) or not adapter.is_promoted:
        return BASE_WEIGHTS
    if adapter.name not in _kept.served:
        open_artifact(adapter.folder, kind="reasoning")
        try:
            built.engine.load_adapter(adapter.name, adapter.folder)
        except EngineFailed as error:
            log.warning("server_takes_no_adapter", adapter=adapter.name, reason=str(error))
            return BASE_WEIGHTS
        _kept.served.add(adapter.name)
    return adapter.name


def build() -> Built:
    """Raises ModelMissing."""
    if settings.ENGINE == "vllm":
        options = OpenAiEngineOptions(base_url=settings.VLLM_URL, model=settings.VLLM_MODEL)
        return Built(engine=OpenAiEngine(options), base_id="")
    found = _wanted(available_bytes())
    device = runtime.device()
    base = load_base_folder(found.folder, dtype=fastest_dtype(device), device=device)
    adapters = Adapters(base.model)
    engine = LocalEngine(
        model=base.model,
        tokenizer=base.tokenizer,
        chat_format=chat_format_named(found.model.chat_format),
        name=base.title,
        adapters=adapters,
        options=LocalEngineOptions(context_tokens=CONTEXT_TOKENS, max_batch=2),
    )
    return Built(engine=engine, base_id=found.model.id, adapters=adapters)


def promoted_base(free_bytes: int | None) -> Fetched | None:
    """That of the adapter which an administrator promoted, where it is on this machine and fits."""
    adapter = active_adapter()
    if adapter is None or not adapter.is_promoted:
        return None
    model, models_dir = base_model_with_id(adapter.base_id), Path(settings.MODELS_DIR)
    if model is None or not _is_there(models_dir / model.name, model.id):
        log.warning("promoted_base_missing", adapter=adapter.name, base=adapter.base_id)
        return None
    if free_bytes is not None and model.folder_bytes * MEMORY_PER_FOLDER_BYTE > free_bytes:
        log.warning("reasoner_too_large", model=model.title, free_bytes=free_bytes)
        return None
    return Fetched(model=model, folder=models_dir / model.name)


def promoted_name() -> str:
    adapter = active_adapter()
    return adapter.name if adapter is not None and adapter.is_promoted else ""


def _is_there(folder: Path, base_id: str) -> bool:
    """Whole or not, loading tells."""
    return (folder / FOLDER_MANIFEST).is_file() and read_manifest(folder / FOLDER_MANIFEST).id == base_id


def _is_of_another_base(built: Built) -> bool:
    """Whether what was promoted or rolled back since it was built stands on another base. Once a move."""
    promoted = promoted_name()
    if built.adapters is None or promoted == _kept.built_for:
        return False
    _kept.built_for = promoted
    free = available_bytes()
    loaded = base_model_with_id(built.base_id)
    given_back = 0 if loaded is None else int(loaded.folder_bytes * MEMORY_PER_FOLDER_BYTE)
    return _wanted(None if free is None else free + given_back).model.id != built.base_id


def _wanted(free_bytes: int | None) -> Fetched:
    return promoted_base(free_bytes) or fitting(free_bytes)


def fitting(free_bytes: int | None) -> Fetched:
    """The largest model up to the setting's that is on this machine and fits; the smallest if none does.

    Raises ModelMissing.
    """
    models_dir = Path(settings.MODELS_DIR)
    found = ready_or_smaller(base_model_named(settings.EXPLANATION_MODEL), models_dir)
    while free_bytes is not None and found.model.folder_bytes * MEMORY_PER_FOLDER_BYTE > free_bytes:
        log.warning("reasoner_too_large", model=found.model.title, free_bytes=free_bytes)
        smaller = from_large_to_small(found.model)[1:]
        if not smaller:
            break
        found = ready_or_smaller(smaller[0], models_dir)
    return found


def available_bytes() -> int | None:
    """What the kernel could give without swapping. None where it does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None
