"""Serves the default base model to this machine alone, as an OpenAI-style server on processors (`make vllm` before).

    .venv/bin/python scripts/serve_vllm.py [--port 8100] [--dtype bfloat16] [--adapter NAME=FOLDER]

Then Debrief answers by it with ENGINE=vllm VLLM_URL=http://127.0.0.1:8100/v1 VLLM_MODEL=smollm2-135m-instruct.
Whoever reaches the port may load adapters from this machine's disk, so it listens on loopback only.
"""

import argparse
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from inference.models.artifact import open_artifact  # noqa: E402
from inference.models.catalogue import CATALOGUE, DEFAULT  # noqa: E402

PYTHON = ROOT / ".venv-vllm" / "bin" / "python"
# Room for a prompt of Debrief's and its answer; the same as the local engine's.
CONTEXT_TOKENS = 2048
ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",  # GiB
    "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "True",
}


def main() -> int:
    options = _arguments()
    if not PYTHON.is_file():
        print("There is no .venv-vllm: run `make vllm`.", file=sys.stderr)
        return 1
    folder = options.models / options.model
    open_artifact(folder, kind="base")
    os.execve(PYTHON, [str(PYTHON), *server_arguments(folder, options)], os.environ | ENVIRONMENT)


def server_arguments(folder: Path, options: argparse.Namespace) -> list[str]:
    """The `vllm` command looks for a package called vllm and finds vllm-cpu: the module is asked for instead.

    Eager: compiling wants a C++ compiler and a minute more. Without a rule against it, a small model fills JSON with
    blank lines until its tokens are gone. Sampling is what a request asks for, not what the model's folder suggests.
    """
    adapters = ["--lora-modules", *options.adapter] if options.adapter else []
    return [
        *("-m", "vllm.entrypoints.openai.api_server"),
        *("--host", "127.0.0.1", "--port", str(options.port)),
        *("--model", str(folder), "--served-model-name", options.model),
        *("--dtype", options.dtype, "--max-model-len", str(CONTEXT_TOKENS), "--max-num-seqs", "16"),
        *("--generation-config", "vllm"),
        *("--structured-outputs-config", json.dumps({"backend": "guidance", "disable_any_whitespace": True})),
        *("--enforce-eager", "--enable-lora", "--max-lora-rank", "16", *adapters),
    ]


def _arguments() -> argparse.Namespace:
    var = Path(os.environ.get("DEBRIEF_VAR", ROOT / "var"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=DEFAULT.name, choices=[model.name for model in CATALOGUE])
    parser.add_argument("--models", type=Path, default=Path(os.environ.get("DEBRIEF_MODELS", var / "models")))
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--dtype", choices=("bfloat16", "float32"), default="bfloat16")
    parser.add_argument("--adapter", action="append", default=[], metavar="NAME=FOLDER", help="loaded at the start")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
