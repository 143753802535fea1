"""The model that explains: loaded when somebody first asks why, let go when nobody has for a while.

It takes gigabytes that answers can do without. On a machine with too little memory free the next smaller one is taken.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from django.conf import settings

from inference.engines.chat_format import chat_format_named
from inference.engines.local.base_model import load_base_folder
from inference.engines.local.engine import LocalEngine, LocalEngineOptions
from inference.engines.openai import OpenAiEngine, OpenAiEngineOptions
from inference.engines.protocol import LanguageEngine
from inference.models.catalogue import base_model_named, from_large_to_small
from inference.models.device import fastest_dtype
from inference.models.fetch import Fetched, ready_or_smaller
from workers import runtime

# Weights, what is kept of prompts, and room to breathe; of the folder's bytes, which are half precision.
MEMORY_PER_FOLDER_BYTE = 1.4
CONTEXT_TOKENS = 2048
log = structlog.get_logger(__name__)


class _Kept:
    """The engine, how many use it, and the timer that lets it go."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.engine: LanguageEngine | None = None
        self.num_users = 0
        self.timer: threading.Timer | None = None


_kept = _Kept()


@contextmanager
def held() -> Iterator[LanguageEngine]:
    """The engine, for as long as the block lasts. Raises ModelMissing."""
    with _kept.lock:
        if _kept.timer is not None:
            _kept.timer.cancel()
        if _kept.engine is None:
            _kept.engine = build()
        _kept.num_users += 1
        engine = _kept.engine
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
        _kept.engine = None
    gc.collect()
    log.info("reasoner_let_go")


def build() -> LanguageEngine:
    """Raises ModelMissing."""
    if settings.ENGINE == "vllm":
        return OpenAiEngine(OpenAiEngineOptions(base_url=settings.VLLM_URL, model=settings.VLLM_MODEL))
    found = fitting(available_bytes())
    device = runtime.device()
    base = load_base_folder(found.folder, dtype=fastest_dtype(device), device=device)
    return LocalEngine(
        model=base.model,
        tokenizer=base.tokenizer,
        chat_format=chat_format_named(found.model.chat_format),
        name=base.title,
        options=LocalEngineOptions(context_tokens=CONTEXT_TOKENS, max_batch=2),
    )


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
