"""Answers: the second question on a video, many answers at once, and the memory of the process that gives them.

    python bench/answer.py [--models var/models] [--clip FILE] [--json]

first token   ours: the second question on a video that was asked about before (features stored, prefix kept).
              baseline: the video is read and encoded again and the whole prompt read again for each question, as
              Video-ChatGPT's demo does. Median of several questions each.
together      tokens a second of 16 answers at once against the same kind of answers one at a time.
whole         usual questions on one 32-s clip, each from the question to its last token, the answers ending by
              themselves; beside it the same by the baseline, which encodes the clip again for each.
memory        largest resident set of this process, with the vision tower and the language model in it.

In the first two each answer is cut at the same number of tokens, so that both sides write the same amount. Ratios are
within this run.
"""

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from inference.engines.chat_format import chat_format_named  # noqa: E402
from inference.engines.local.base_model import LanguageModel, load_base  # noqa: E402
from inference.engines.local.engine import LocalEngine, LocalEngineOptions  # noqa: E402
from inference.evidence.fact import Fact  # noqa: E402
from inference.llava_surg.adapter_files import Checkpoint, adapted_model, load_checkpoint  # noqa: E402
from inference.llava_surg.answering.answerer import AnswerOptions, LlavaSurgAnswerer  # noqa: E402
from inference.llava_surg.schema import AnswerDelta, AnswerDone, AnswerRequest  # noqa: E402
from inference.models.device import fastest_dtype  # noqa: E402
from inference.progress import never_stop  # noqa: E402
from inference.vision.encoder import EncoderOptions, FrameEncoder  # noqa: E402
from inference.vision.extract import extract_features  # noqa: E402

CLIP_S = 32
NUM_TOKENS = 48
NUM_TOGETHER = 16
NUM_ALONE = 4
NUM_REPEATS = 5
WEIGHTS = ROOT / "inference" / "weights"
FACTS = (
    Fact(lane="phase", label="gallbladder-dissection", start_s=0, end_s=CLIP_S, probability=0.9),
    Fact(lane="instrument", label="grasper", start_s=0, end_s=CLIP_S, probability=0.9),
    Fact(lane="instrument", label="hook", start_s=3, end_s=21, probability=0.7),
)


QUESTIONS = (
    "Which instruments are visible?",
    "Can you describe the surgical video?",
    "Which phase is this?",
    "Is a hook used?",
    "When is the hook visible?",
    "Why is this done?",
    "What comes next?",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """`engine` runs every answer to its token limit; `ending` stops where the model ends."""

    encoder: FrameEncoder
    checkpoint: Checkpoint
    engine: LocalEngine
    ending: LocalEngine
    samples: Path
    folder: Path

    def answerer(self, *, max_tokens: int = NUM_TOKENS) -> LlavaSurgAnswerer:
        return LlavaSurgAnswerer(
            engine=self.engine, checkpoint=self.checkpoint, options=AnswerOptions(max_tokens=max_tokens)
        )

    def encode(self, name: str) -> Path:
        path = self.folder / f"{name}.safetensors"
        extract_features(self.samples, path, self.encoder)
        return path


def main() -> None:
    options = _arguments()
    with tempfile.TemporaryDirectory(prefix="debrief-bench-") as name:
        bench = _bench(options, Path(name))
        report = first_token(bench) | together(bench) | whole(bench) | memory()
    print(json.dumps(report) if options.json else _table(report))


def first_token(bench: Bench) -> dict[str, float]:
    """Median seconds to the first token, ours and the baseline's."""
    stored = bench.encode("stored")
    _ttft_s(bench.answerer(max_tokens=1), stored, "Warm up?")
    ours = [_ttft_s(bench.answerer(max_tokens=1), stored, f"Which tools, part {n}?") for n in range(NUM_REPEATS)]
    theirs = []
    for n in range(NUM_REPEATS):
        started_s = time.perf_counter()
        again = bench.encode(f"again-{n}")
        _ttft_s(bench.answerer(max_tokens=1), again, f"Which tools, part {n}?")
        theirs.append(time.perf_counter() - started_s)
    mine, other = statistics.median(ours), statistics.median(theirs)
    return {
        "second_question_ttft_s": round(mine, 4),
        "reencoding_ttft_s": round(other, 4),
        "ttft_ratio": round(other / mine, 1),
    }


def together(bench: Bench) -> dict[str, float]:
    """Tokens a second, one at a time and 16 at once, on one video whose prefix is kept."""
    stored = bench.encode("together")
    answerer = bench.answerer()
    _num_tokens(answerer, stored, "Warm up?")
    alone = _rate(lambda: sum(_num_tokens(answerer, stored, f"Describe part {n}.") for n in range(NUM_ALONE)))
    with ThreadPoolExecutor(NUM_TOGETHER) as pool:
        at_once = _rate(
            lambda: sum(
                pool.map(lambda n: _num_tokens(answerer, stored, f"Describe part {n} again."), range(NUM_TOGETHER))
            )
        )
    return {
        "tokens_per_s_alone": round(alone, 1),
        "tokens_per_s_together": round(at_once, 1),
        "batch_ratio": round(at_once / alone, 1),
    }


def whole(bench: Bench) -> dict[str, float]:
    """Median seconds from a question to the last token of its answer; the first question of all is among them."""
    stored = bench.encode("whole")
    answerer = LlavaSurgAnswerer(engine=bench.ending, checkpoint=bench.checkpoint)
    ours = [_whole_s(answerer, stored, question) for question in QUESTIONS]
    theirs = []
    for index, question in enumerate(QUESTIONS):
        started_s = time.perf_counter()
        again = bench.encode(f"whole-{index}")
        _whole_s(answerer, again, question)
        theirs.append(time.perf_counter() - started_s)
    mine, other = statistics.median(ours), statistics.median(theirs)
    return {
        "whole_answer_s": round(mine, 3),
        "slowest_whole_answer_s": round(max(ours), 3),
        "reencoding_whole_answer_s": round(other, 3),
        "whole_ratio": round(other / mine, 1),
    }


def memory() -> dict[str, float]:
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"peak_rss_mb": round(peak_kib / 1024, 0)}


def _ttft_s(answerer: LlavaSurgAnswerer, features: Path, question: str) -> float:
    started_s = time.perf_counter()
    for part in answerer.stream(_request(features, question), never_stop):
        if isinstance(part, AnswerDelta | AnswerDone):
            return time.perf_counter() - started_s
    raise RuntimeError("no answer")


def _whole_s(answerer: LlavaSurgAnswerer, features: Path, question: str) -> float:
    started_s = time.perf_counter()
    _num_tokens(answerer, features, question)
    return time.perf_counter() - started_s


def _num_tokens(answerer: LlavaSurgAnswerer, features: Path, question: str) -> int:
    done = list(answerer.stream(_request(features, question), never_stop))[-1]
    assert isinstance(done, AnswerDone)
    return done.num_tokens


def _request(features: Path, question: str) -> AnswerRequest:
    return AnswerRequest(features_path=features, duration_s=float(CLIP_S), question=question, facts=FACTS)


def _rate(work: Callable[[], int]) -> float:
    started_s = time.perf_counter()
    num_tokens = work()
    return num_tokens / (time.perf_counter() - started_s)


def _bench(options: argparse.Namespace, folder: Path) -> Bench:
    tower = WEIGHTS / "vision_tower.safetensors"
    checkpoint = load_checkpoint(WEIGHTS / "llava_surg")
    base = load_base(options.models, dtype=fastest_dtype("cpu"))
    model = adapted_model(base, checkpoint)
    ending = _engine(model, base, checkpoint)
    # No end of text: every answer runs to its token limit, so that both sides write the same amount.
    model.config.eos_token_id = None
    engine = _engine(model, base, checkpoint)
    samples = options.clip or _clip(folder / "samples.mp4")
    encoder = FrameEncoder(EncoderOptions(weights=tower if tower.is_file() else None))
    return Bench(encoder=encoder, checkpoint=checkpoint, engine=engine, ending=ending, samples=samples, folder=folder)


def _engine(model: Any, base: LanguageModel, checkpoint: Checkpoint) -> LocalEngine:
    return LocalEngine(
        model=model,
        tokenizer=base.tokenizer,
        chat_format=chat_format_named(checkpoint.config.prompt_style),
        name=base.title,
        options=LocalEngineOptions(context_tokens=checkpoint.config.context_tokens),
    )


def _clip(path: Path) -> Path:
    """Half a minute of one picture a second, as the transcoder writes it: 320 px wide, H.264, all intra."""
    noise = np.random.default_rng(1)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=1)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for _ in range(CLIP_S):
            blocks = noise.integers(0, 255, (12, 20, 3), dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(np.kron(blocks, np.ones((15, 16, 1), dtype=np.uint8)), format="rgb24")
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


def _table(report: dict[str, float]) -> str:
    return "\n".join(
        [
            f"first token of the second question   {report['second_question_ttft_s']:.3f} s, re-encoding "
            f"{report['reencoding_ttft_s']:.3f} s: {report['ttft_ratio']:.1f}x",
            f"16 answers at once                   {report['tokens_per_s_together']:.1f} tokens/s, one at a time "
            f"{report['tokens_per_s_alone']:.1f}: {report['batch_ratio']:.1f}x",
            f"question to last token, 32-s clip    {report['whole_answer_s']:.2f} s (slowest "
            f"{report['slowest_whole_answer_s']:.2f}), re-encoding {report['reencoding_whole_answer_s']:.2f} s: "
            f"{report['whole_ratio']:.1f}x",
            f"largest resident set                 {report['peak_rss_mb']:.0f} MB",
        ]
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, default=ROOT / "var" / "models")
    parser.add_argument("--clip", type=Path, help="a video of about half a minute; made up if not given")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
