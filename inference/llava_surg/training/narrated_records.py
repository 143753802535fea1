"""python -m inference.train records --cholect50 DIR --out DIR [--base NAME] [--limit N]

The two stages over narrations that a rule writes for labelled windows, by a language model of the catalogue in this
process: no lecture was at hand. What the rule says is true by the labels, so what falls tells of the model and of the
checks. Prints the counted report; run it again after a stop: it goes on where it was.
"""

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from inference.engines.local.base_model import load_base
from inference.engines.local.engine import LocalEngine, LocalEngineOptions, end_ids
from inference.engines.local.grammar import JsonGrammar
from inference.evidence.ontology import spoken
from inference.lab.arguments import CommandParser, count, new_folder, old_folder
from inference.lab.command_line import DEFAULT_MODELS, say
from inference.llava_surg.answering.knowledge import PHASE_KNOWLEDGE
from inference.llava_surg.surg_qa.concepts import describe
from inference.llava_surg.surg_qa.knowledge import STEPS
from inference.llava_surg.surg_qa.pipeline import Lecture, PipelineOptions, make_records
from inference.llava_surg.surg_qa.report import Report
from inference.llava_surg.surg_qa.segment import Segment
from inference.llava_surg.surg_qa.windows import Window, cholect50_windows
from inference.models.catalogue import QWEN_CODER_1_5B, base_model_named
from inference.models.device import fastest_dtype

SOURCE = "narrations written by rule for CholecT50 labels"
# Speech of one window ends before the next begins, so that each stays a clip of its own.
PAUSE_S = 2.0
CONTEXT_TOKENS = 4096
NUM_PARALLEL = 8
_COUNTED = ("num_clips", "num_clips_with_record", "num_clips_without_record", "num_statements", "num_pairs")


def narration(window: Window) -> str:
    """What somebody who explains these seconds would say; empty where the labels say nothing of deeds or phase."""
    known = PHASE_KNOWLEDGE.get(window.phase)
    deeds = describe(window)
    reasons = [STEPS[verb].why for verb in dict.fromkeys(verb for _, verb, _ in window.triplets) if verb in STEPS]
    parts = [deeds, *reasons[:2]]
    if known is not None:
        parts.append(f"We are in the phase of {spoken('phase', window.phase)}, and the aim is {known.aim}.")
        parts.append(f"This suggests that {known.suggests}.")
        parts.append(f"Next, {known.followed_by} usually follows.")
    return " ".join(part for part in parts if part) if deeds and known is not None else ""


def lecture_of(label_file: Path, *, num_windows: int) -> Lecture:
    """At most so many windows of one operation, spread over it."""
    told = [(window, text) for window in cholect50_windows(label_file) if (text := narration(window))]
    step = max(1.0, len(told) / max(1, num_windows))
    chosen = [told[int(index * step)] for index in range(min(num_windows, len(told)))]
    segments = [
        Segment(start_s=window.start_s, end_s=window.end_s - PAUSE_S, text=text, score=None) for window, text in chosen
    ]
    return Lecture(
        video_id=f"cholect50-{label_file.stem}",
        duration_s=max((window.end_s for window, _ in told), default=0.0),
        segments=segments,
        procedure="laparoscopic cholecystectomy",
        source=SOURCE,
    )


def summed(reports: Sequence[Report]) -> dict[str, Any]:
    """Of several lectures in one folder; the records are those of the folder."""
    rejected: Counter[str] = sum((Counter(report["rejected_items"]) for report in reports), Counter())
    levels: Counter[str] = sum((Counter(report["pairs_by_level"]) for report in reports), Counter())
    counts = {name: sum(int(report[name]) for report in reports) for name in _COUNTED}  # type: ignore[literal-required, misc]
    return {
        **counts,
        "pairs_by_level": dict(levels),
        "rejected_items": dict(rejected),
        "num_records": reports[-1]["num_records"] if reports else {},
    }


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    os.environ["HF_HUB_OFFLINE"] = "1"
    torch.set_num_threads(options.threads)
    reports = list(_reports(options))
    print(json.dumps({"base": options.base, **summed(reports)}))
    return 0


def _reports(options: argparse.Namespace) -> Iterator[Report]:
    files = sorted((options.cholect50 / "labels").glob("*.json"))
    if not files:
        raise FileNotFoundError(2, "no labels", str(options.cholect50 / "labels"))
    engine = _engine(options)
    for file in files:
        lecture = lecture_of(file, num_windows=-(-options.limit // len(files)))
        made_options = PipelineOptions(num_parallel=NUM_PARALLEL)
        yield make_records(lecture, engine, options.out, options=made_options, on_progress=say)


def _engine(options: argparse.Namespace) -> LocalEngine:
    base = load_base(options.models, model=base_model_named(options.base), dtype=fastest_dtype("cpu"))
    return LocalEngine(
        model=base.model,
        tokenizer=base.tokenizer,
        chat_format=base.chat_format,
        name=base.title,
        grammar=JsonGrammar(base.tokenizer, end_ids=end_ids(base.model)),
        options=LocalEngineOptions(context_tokens=CONTEXT_TOKENS, max_batch=NUM_PARALLEL),
    )


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser("train records", __doc__)
    parser.add_argument("--cholect50", type=old_folder, required=True, help="a folder with labels/*.json")
    parser.add_argument("--out", type=new_folder, required=True)
    parser.add_argument("--base", default=QWEN_CODER_1_5B.name, help="a base model of the catalogue")
    parser.add_argument("--limit", type=count, default=40, help="narrations in all, at most")
    parser.add_argument("--models", type=old_folder, default=DEFAULT_MODELS)
    parser.add_argument("--threads", type=count, default=2)
    return parser
