"""`python -m inference.evaluate bases --data DIR --videos A,B [--json]`: which language model reads best, and how fast.

The same one-word questions, balanced by answer, are put to every base model of the catalogue, each by itself and one
question after the other: blind, with the timeline as text, and where a checkpoint was trained for it (`--checkpoint`,
the one that ships besides) with visual tokens alone and with both. A model without a checkpoint is also told what is
looked for, as a served model is. Answers are kept as they come, so that a run that was stopped goes on where it was.
Seconds are medians over questions. `seen_in_training`: what the eyes or the
checkpoint had learnt from.
"""

import argparse
import json
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

import torch

from inference.engines.local.base_model import load_base
from inference.engines.local.engine import LocalEngine, LocalEngineOptions
from inference.evidence.kinds import VideoKind
from inference.lab.arguments import CommandParser, count, names, new_folder, old_folder, whole
from inference.lab.command_line import DEFAULT_MODELS, DEFAULT_WORK, WEIGHTS, say
from inference.lab.journal import Journal
from inference.llava_surg.adapter_files import Checkpoint, adapted_model, load_checkpoint
from inference.llava_surg.answering.timeline_text import watched_text
from inference.llava_surg.evaluation.asking import Asker, Mode
from inference.llava_surg.evaluation.cases import Case, clips_of, closed_cases
from inference.llava_surg.evaluation.judged import CHECKPOINT, Judged, Places, shipped, trained_on
from inference.llava_surg.evaluation.metrics import read_answer
from inference.llava_surg.evaluation.surgeries import labelled_videos
from inference.models.artifact import open_artifact
from inference.models.catalogue import CATALOGUE, BaseModel, base_model_named
from inference.models.device import fastest_dtype

UNTRAINED: dict[str, Mode] = {"blind": "blind", "text": "timeline"}
TRAINED: dict[str, Mode] = {**UNTRAINED, "visual": "video", "both": "both"}
# A prompt with its answer; the longest evidence of a short clip has a quarter of it.
CONTEXT_TOKENS = 2048
# Answers of earlier runs, in the work folder.
KEPT = "bases.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRow:
    """How one model answered with so much to see. `right` and `answered` are shares of all `n` questions."""

    base: str
    checkpoint: str
    shown: str
    n: int
    right: float
    answered: float
    per_level: dict[str, float]
    seconds_per_answer: float


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    os.environ["HF_HUB_OFFLINE"] = "1"
    torch.set_num_threads(options.threads)
    videos = labelled_videos(options.data, options.videos)
    checkpoints = dict(options.checkpoint)
    for base in options.bases:
        open_artifact(options.models / base.name, kind="base")
        if base.name in checkpoints:
            load_checkpoint(checkpoints[base.name])
    judged = shipped(
        videos, Places(data=options.data, weights=options.weights, models=options.models, work=options.work)
    )
    cases = drawn_cases(judged, seed=options.seed, per_kind=options.per_kind)
    rows = [row for base in options.bases for row in _rows(base, cases, judged, checkpoints.get(base.name), options)]
    seen = trained_on(options.weights)
    report = {
        "rows": [asdict(row) for row in rows],
        "seen_in_training": {video.name: video.name in seen for video in videos},
    }
    print(json.dumps(report) if options.json else table(rows))
    return 0


def drawn_cases(judged: Judged, *, seed: int, per_kind: int) -> list[Case]:
    """Of each kind of question `per_kind` labels of a surgery, each with a clip of either answer."""
    clips = [clip for video in judged.videos for clip in clips_of(video)]
    by_kind: dict[str, dict[tuple[str, ...], list[Case]]] = defaultdict(lambda: defaultdict(list))
    for case in closed_cases(clips, seed=seed, per_label=1):
        own = (str(case.clip.first),) if case.question.kind == "phase" else ()
        by_kind[case.question.kind][case.clip.video.name, *case.group, *own].append(case)
    random = Random(seed)  # noqa: S311 - must repeat
    drawn: list[Case] = []
    for groups in by_kind.values():
        for key in random.sample(sorted(groups), min(per_kind, len(groups))):
            drawn += groups[key]
    return drawn


def _rows(
    base: BaseModel, cases: Sequence[Case], judged: Judged, folder: Path | None, options: argparse.Namespace
) -> Iterator[BaseRow]:
    checkpoint = load_checkpoint(folder) if folder is not None else None
    asker = _asker(base, cases, judged, checkpoint, options)
    encoder_id = checkpoint.config.encoder_id if checkpoint is not None else ""
    kept = Journal(options.work / KEPT, recipe=f"{base.id} {_version(checkpoint)} {encoder_id}")
    for shown, mode in (TRAINED if checkpoint is not None else UNTRAINED).items():
        yield judged_row(cases, asker, mode, base=base.title, version=_version(checkpoint), shown=shown, kept=kept)
    kept.close()


def judged_row(
    cases: Sequence[Case], asker: Asker, mode: Mode, *, base: str, version: str, shown: str, kept: Journal
) -> BaseRow:
    """Asked one by one, as one person asks; clips stay together, so that a prefix is kept as it is for people."""
    ordered = sorted(cases, key=lambda case: (case.clip.video.name, case.clip.first))

    def asked(some: Sequence[Case], _: int) -> list[tuple[str, float]]:
        started_s = time.perf_counter()
        texts = asker.ask(some, mode)
        return [(text, time.perf_counter() - started_s) for text in texts]

    told = kept.mapped(mode, [(asker.key(case, mode), case) for case in ordered], asked, chunk=1, report=say)
    given = [read_answer(case, text) for case, (text, _) in zip(ordered, told, strict=True)]
    seconds = [seconds for _, seconds in told]
    by_level: dict[str, list[bool]] = defaultdict(list)
    for case, answer in zip(ordered, given, strict=True):
        by_level[case.question.level].append(answer == case.question.expected)
    return BaseRow(
        base=base,
        checkpoint=version,
        shown=shown,
        n=len(ordered),
        right=_share([one for rows in by_level.values() for one in rows]),
        answered=_share([bool(answer) for answer in given]),
        per_level={level: _share(rows) for level, rows in sorted(by_level.items())},
        seconds_per_answer=round(statistics.median(seconds), 3),
    )


def _asker(
    base: BaseModel, cases: Sequence[Case], judged: Judged, checkpoint: Checkpoint | None, options: argparse.Namespace
) -> Asker:
    loaded = load_base(options.models, model=base, dtype=fastest_dtype("cpu"))
    engine = LocalEngine(
        model=loaded.model if checkpoint is None else adapted_model(loaded, checkpoint),
        tokenizer=loaded.tokenizer,
        chat_format=loaded.chat_format,
        name=loaded.title,
        options=LocalEngineOptions(context_tokens=CONTEXT_TOKENS),
    )
    clips = {(case.clip.video.name, case.clip.first): case.clip for case in cases}
    labels = judged.watched.labels_for(VideoKind.LAPAROSCOPIC_CHOLECYSTECTOMY)
    return Asker(
        engine=engine,
        projector=None if checkpoint is None else checkpoint.projector,
        patches=judged.patches,
        facts={key: judged.witnesses[clip.video.name].facts(clip) for key, clip in clips.items()},
        watched=judged.watched,
        looked_for="" if checkpoint is not None else watched_text(labels),
    )


def table(rows: Sequence[BaseRow]) -> str:
    """For people: a row a model and a way to see."""
    lines = ["base | checkpoint | shown | n | right | answered | seconds an answer"]
    lines += [
        f"{row.base} | {row.checkpoint} | {row.shown} | {row.n} | {row.right:.3f} | {row.answered:.3f} "
        f"| {row.seconds_per_answer:.2f}"
        for row in rows
    ]
    return "\n".join(lines)


def _version(checkpoint: Checkpoint | None) -> str:
    return "untrained" if checkpoint is None else f"{checkpoint.config.name} {checkpoint.version}"


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def _named_folder(text: str) -> tuple[str, Path]:
    name, is_pair, folder = text.partition("=")
    if not is_pair:
        raise argparse.ArgumentTypeError(f"{text}: write BASE=FOLDER")
    return base_model_named(name).name, old_folder(folder)


def _bases(text: str) -> list[BaseModel]:
    return [base_model_named(name) for name in names(text)]


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser("evaluate bases", __doc__)
    parser.add_argument("--data", type=old_folder, required=True, help="the folder that holds cholect50/")
    parser.add_argument("--videos", type=names, required=True, help="surgeries, comma between them")
    parser.add_argument("--bases", type=_bases, default=list(CATALOGUE), help="base models, comma between them")
    parser.add_argument(
        "--checkpoint",
        type=_named_folder,
        action="append",
        default=[(CATALOGUE[0].name, WEIGHTS / CHECKPOINT)],
        help="BASE=FOLDER, a checkpoint that was trained for this base; may be given several times",
    )
    parser.add_argument("--per-kind", type=count, default=5, help="labels of each kind of question")
    parser.add_argument(
        "--weights", type=old_folder, default=WEIGHTS, help="the folder of tower, heads and llava_surg/"
    )
    parser.add_argument("--work", type=new_folder, default=DEFAULT_WORK, help="what is kept between runs")
    parser.add_argument("--models", type=old_folder, default=DEFAULT_MODELS)
    parser.add_argument("--seed", type=whole, default=5)
    parser.add_argument("--threads", type=count, default=2)
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    return parser
