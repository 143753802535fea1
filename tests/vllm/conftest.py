"""A real vLLM server on loopback with the default base model, and the same model in this process, both in float32.

DEBRIEF_TEST_VLLM_URL names a server that runs already (scripts/serve_vllm.py --dtype float32).
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from django.conf import settings

from inference.engines.local.adapters import Adapters
from inference.engines.local.base_model import LanguageModel, load_base
from inference.engines.local.engine import LocalEngine
from inference.engines.openai import OpenAiEngine, OpenAiEngineOptions
from inference.models.catalogue import DEFAULT
from inference.models.fetch import is_ready
from scripts.vllm_server import PYTHON, started_server
from tests.conftest import ROOT, free_port, skip_or_fail

ADAPTER = ROOT / "inference" / "weights" / "llava_surg" / "adapter"
ADAPTER_NAME = "llava-surg"


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Ends in /v1."""
    if running := os.environ.get("DEBRIEF_TEST_VLLM_URL"):
        yield running
        return
    if not PYTHON.is_file():
        skip_or_fail("no .venv-vllm (`make vllm` makes it)", ci_can_install=False)
    if not is_ready(DEFAULT, Path(settings.MODELS_DIR)):
        skip_or_fail(f"no {DEFAULT.title} in {settings.MODELS_DIR} (`make run` converts it)")
    log_path = tmp_path_factory.mktemp("vllm") / "server.log"
    with started_server(free_port(), dtype="float32", models=Path(settings.MODELS_DIR), log_path=log_path) as url:
        yield url


@pytest.fixture(scope="session")
def served(server_url: str) -> OpenAiEngine:
    return OpenAiEngine(OpenAiEngineOptions(base_url=server_url, model=DEFAULT.name))


@pytest.fixture(scope="session")
def base(server_url: str) -> LanguageModel:
    """After the server: where that is missing, nothing is loaded."""
    return load_base(Path(settings.MODELS_DIR), dtype=torch.float32)


@pytest.fixture(scope="session")
def local(base: LanguageModel) -> LocalEngine:
    adapters = Adapters(base.model)
    adapters.load(ADAPTER_NAME, ADAPTER)
    return LocalEngine(
        model=base.model, tokenizer=base.tokenizer, chat_format=base.chat_format, name=base.title, adapters=adapters
    )


@pytest.fixture(scope="session")
def adapted(served: OpenAiEngine) -> Iterator[str]:
    """The name of our own adapter, loaded into the running server."""
    served.load_adapter(ADAPTER_NAME, ADAPTER)
    yield ADAPTER_NAME
    served.unload_adapter(ADAPTER_NAME)
