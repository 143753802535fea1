"""Engines on one model: 16 answers at once and one stream, here, by vLLM on this processor, and by transformers alone.

    python bench/engines.py [--models var/models] [--json]

engines   tokens a second of greedy answers to the same prompts about a timeline, base weights, 48 tokens at most.
adapter   the same by the engine here: the adapter merged into the weights, and beside them with one copy of the
          base model for all (`Adapters`), where each request may name another.

vLLM is measured where `make vllm` was run, and by eager steps, as scripts/serve_vllm.py starts it. All take turns in
one run, three rounds, each after a warm-up; the best round of each counts, and ratios are within this run.
"""

import argparse
import json
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from inference.engines.local.adapters import Adapters  # noqa: E402
from inference.engines.local.base_model import LanguageModel, load_base  # noqa: E402
from inference.engines.local.engine import LocalEngine  # noqa: E402
from inference.engines.openai import OpenAiEngine, OpenAiEngineOptions  # noqa: E402
from inference.engines.protocol import (  # noqa: E402
    BASE_WEIGHTS,
    GenerationRequest,
    LanguageEngine,
    Message,
    SamplingOptions,
    complete,
)
from inference.llava_surg.adapter_files import merge_adapter  # noqa: E402
from inference.models.catalogue import DEFAULT  # noqa: E402
from inference.models.device import fastest_dtype  # noqa: E402
from scripts.vllm_server import PYTHON, started_server  # noqa: E402

NUM_TOGETHER, NUM_TOKENS, NUM_ALONE, NUM_ROUNDS = 16, 48, 1, 3
ADAPTER_NAME = "llava-surg"
ADAPTER = ROOT / "inference" / "weights" / "llava_surg" / "adapter"
TIMELINE = "Clip 0-30 s.\nphase: gallbladder dissection 0-30 likely\ninstrument: grasper 0-30 likely; hook 3-21 likely"

Rates = dict[str, float]


def main() -> None:
    options = _arguments()
    dtype = fastest_dtype("cpu")
    with ExitStack() as stack:
        measures = _measures(options.models, stack)
        rounds = [{name: measure() for name, measure in measures.items()} for _ in range(NUM_ROUNDS)]
    report: dict[str, Any] = {"threads": torch.get_num_threads(), "dtype": str(dtype).removeprefix("torch.")}
    for name in measures:
        # The best of the rounds: what else the machine did then was least in its way.
        report[name] = {kind: max(one[name][kind] for one in rounds) for kind in ("alone", "together")}
    print(json.dumps(report) if options.json else table(report))


def _measures(models: Path, stack: ExitStack) -> dict[str, Callable[[], Rates]]:
    """All of them loaded before any is measured, so that they can take turns."""
    base = load_base(models, dtype=fastest_dtype("cpu"))
    plain, merged, beside = _engine(base), _engine(_merged(models)), _engine_beside(models)
    measures: dict[str, Callable[[], Rates]] = {
        "here": lambda: rates(plain),
        "transformers": lambda: by_transformers(base),
        "adapter_merged": lambda: rates(merged),
        "adapter_beside": lambda: rates(beside, adapter=ADAPTER_NAME),
    }
    if PYTHON.is_file():
        served = _served(models, stack)
        measures["vllm"] = lambda: rates(served)
    return measures


def _merged(models: Path) -> LanguageModel:
    base = load_base(models, dtype=fastest_dtype("cpu"))
    return replace(base, model=merge_adapter(base.model, ADAPTER))


def _engine_beside(models: Path) -> LocalEngine:
    base = load_base(models, dtype=fastest_dtype("cpu"))
    adapters = Adapters(base.model)
    adapters.load(ADAPTER_NAME, ADAPTER)
    return _engine(base, adapters)


def _served(models: Path, stack: ExitStack) -> OpenAiEngine:
    dtype = str(fastest_dtype("cpu")).removeprefix("torch.")
    log_path = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="debrief-bench-"))) / "server.log"
    url = stack.enter_context(started_server(_free_port(), dtype=dtype, models=models, log_path=log_path))
    return OpenAiEngine(OpenAiEngineOptions(base_url=url, model=DEFAULT.name))


def by_transformers(base: LanguageModel) -> Rates:
    """`generate` on one batch, padded on the left: all of its answers begin and end together."""
    base.tokenizer.padding_side = "left"
    _generate(base, 1)
    alone = _rate(lambda: sum(_generate(base, 1, first=n) for n in range(NUM_ALONE)))
    return {"alone": alone, "together": _rate(lambda: _generate(base, NUM_TOGETHER))}


def rates(engine: LanguageEngine, *, adapter: str = BASE_WEIGHTS) -> Rates:
    """Tokens a second, one stream and NUM_TOGETHER at once. The warm-up keeps what prompts share."""
    request = [_request(number, adapter) for number in range(NUM_TOGETHER + NUM_ALONE)]
    complete(engine, _request(99, adapter))
    alone = _rate(lambda: sum(_written(engine, one) for one in request[NUM_TOGETHER:]))
    with ThreadPoolExecutor(NUM_TOGETHER) as pool:
        together = _rate(lambda: sum(pool.map(lambda one: _written(engine, one), request[:NUM_TOGETHER])))
    return {"alone": alone, "together": together}


def table(report: dict[str, Any]) -> str:
    ours = report["here"]
    lines = [f"{report['threads']} threads, {report['dtype']}; tokens a second, and ours over theirs"]
    for name in ("here", "transformers", "vllm", "adapter_merged", "adapter_beside"):
        if name in report:
            row = report[name]
            ratios = f"{ours['alone'] / row['alone']:.2f}x, {ours['together'] / row['together']:.2f}x"
            lines.append(f"{name:<16} one stream {row['alone']:6.1f}   16 at once {row['together']:6.1f}   {ratios}")
    merged_rates, beside_rates = report["adapter_merged"], report["adapter_beside"]
    lines.append(
        f"beside over merged: one stream {beside_rates['alone'] / merged_rates['alone']:.2f}, "
        f"16 at once {beside_rates['together'] / merged_rates['together']:.2f}"
    )
    if "vllm" not in report:
        lines.append("vLLM NOT MEASURED: there is no .venv-vllm (`make vllm`)")
    return "\n".join(lines)


def _engine(base: LanguageModel, adapters: Adapters | None = None) -> LocalEngine:
    return LocalEngine(
        model=base.model,
        tokenizer=base.tokenizer,
        chat_format=base.chat_format,
        name=base.title,
        adapters=adapters,
    )


def _request(number: int, adapter: str) -> GenerationRequest:
    return GenerationRequest(
        messages=(
            Message(role="system", text="You answer questions about a surgical video.", is_shared=True),
            Message(role="user", text=f"{TIMELINE}\n{_question(number)}"),
        ),
        options=SamplingOptions(max_tokens=NUM_TOKENS),
        adapter=adapter,
    )


def _question(number: int) -> str:
    return f"Describe in many words what is done around second {number}."


def _written(engine: LanguageEngine, request: GenerationRequest) -> int:
    return complete(engine, request).done.num_tokens


@torch.inference_mode()
def _generate(base: LanguageModel, num_answers: int, *, first: int = 0) -> int:
    """Tokens written, without those that only fill the batch."""
    chats = [_request(first + number, BASE_WEIGHTS).messages for number in range(num_answers)]
    rendered = [base.chat_format.render(messages) for messages in chats]
    texts = [chat.shared + chat.rest for chat in rendered]
    batch = base.tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False)
    written = base.model.generate(**batch, do_sample=False, max_new_tokens=NUM_TOKENS, pad_token_id=base.end_id)
    rows = written[:, batch["input_ids"].shape[1] :].tolist()
    return sum(row.index(base.end_id) + 1 if base.end_id in row else len(row) for row in rows)


def _rate(work: Callable[[], int]) -> float:
    started_s = time.perf_counter()
    num_tokens = work()
    return round(num_tokens / (time.perf_counter() - started_s), 1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, default=ROOT / "var" / "models")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
