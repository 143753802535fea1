"""`python -m inference.evaluate answers-simulated --out DIR [--json]`: answers and claim check on simulated videos.

Videos of seeds that nothing was trained on, drawn and encoded as files, seen through samples, features and timeline as
the product sees them, and judged by the simulator's truth. What holds here need not hold on real surgery.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

import torch

from inference.evidence.watched import watched_outputs
from inference.lab.arguments import CommandParser, count, new_folder, old_file, old_folder, whole
from inference.lab.command_line import DEFAULT_MODELS, WEIGHTS
from inference.llava_surg.adapter_files import load_checkpoint
from inference.llava_surg.evaluation.asker import load_askers
from inference.llava_surg.evaluation.asker_source import AskerSource
from inference.llava_surg.evaluation.asking import MODES
from inference.llava_surg.evaluation.cases import Case, clips_of, closed_cases
from inference.llava_surg.evaluation.metrics import Outcome, closed_summary, majority_answers, read_answer
from inference.llava_surg.evaluation.simulated import SimulatedVideo, labels_seen, simulated_videos
from inference.llava_surg.evaluation.statements import statements, verdict_summary, verdicts
from inference.llava_surg.evaluation.table import claim_rows, closed_rows
from inference.models.artifact import open_artifact
from inference.models.catalogue import DEFAULT
from inference.progress import Progress
from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.timeline import TimelineHeads


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    os.environ["HF_HUB_OFFLINE"] = "1"
    torch.set_num_threads(options.threads)
    heads = TimelineHeads.load(options.heads)
    encoder = FrameEncoder(EncoderOptions(weights=options.tower, simulator=options.simulator))
    # What answers is opened before anything is drawn.
    load_checkpoint(options.weights)
    open_artifact(options.models / DEFAULT.name, kind="base")
    videos = simulated_videos(options.out, per_task=options.per_task, encoder=encoder, heads=heads, on_progress=_show)
    by_name = {one.video.name: one for one in videos}
    clips = [clip for one in videos for clip in clips_of(one.video)]
    others = labels_seen([one.video for one in videos])
    cases = closed_cases(clips, seed=options.seed, per_label=options.per_label, others=others)
    report: dict[str, Any] = {"mode": options.mode, "num_videos": len(videos), "num_clips": len(clips)}
    report |= closed_summary(_outcomes(cases, by_name, heads, options))
    free = closed_cases(clips, seed=options.seed, per_label=options.per_label, form="free", others=others)
    watched = watched_outputs(heads.shown)
    stated = verdicts(statements(free), lambda clip: by_name[clip.video.name].facts(clip), watched=watched)
    report["claims"] = verdict_summary(stated)
    print(json.dumps(report) if options.json else "\n".join([*closed_rows(report), "", *claim_rows(report)]))


def _outcomes(
    cases: Sequence[Case], videos: dict[str, SimulatedVideo], heads: TimelineHeads, options: argparse.Namespace
) -> list[Outcome]:
    source = AskerSource(weights=options.weights, tower=options.tower, models=options.models, cache=options.out)
    asker = load_askers(
        source,
        cases,
        witnesses=videos,
        patches={name: one.patches for name, one in videos.items()},
        encoder_id="",
        watched=watched_outputs(heads.shown),
        folder=options.out,
    ).bare
    given = asker.ask(cases, options.mode, on_progress=_show)
    blind = asker.ask_blind(cases, on_progress=_show)
    common = majority_answers(cases, phases=Counter())
    return [
        Outcome(
            case=case,
            given=read_answer(case, text),
            blind=read_answer(case, blind_text),
            majority=common[case.group],
        )
        for case, text, blind_text in zip(cases, given, blind, strict=True)
    ]


def _show(progress: Progress) -> None:
    if progress.done % 50 == 0 or progress.done == progress.total or progress.unit == "clips":
        print(f"{progress.done} of {progress.total} {progress.unit}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser("evaluate answers-simulated", __doc__)
    parser.add_argument("--out", type=new_folder, required=True, help="where the videos are kept, to be used again")
    parser.add_argument("--per-task", type=count, default=3, help="videos of each exercise")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--mode", choices=MODES, default="both", help="what the model is shown")
    parser.add_argument("--weights", type=old_folder, default=WEIGHTS / "llava_surg")
    parser.add_argument("--tower", type=old_file, default=WEIGHTS / "vision_tower.safetensors")
    parser.add_argument("--simulator", type=old_file, default=WEIGHTS / "simulator_heads.safetensors")
    parser.add_argument("--heads", type=old_file, default=WEIGHTS / "timeline_heads.json")
    parser.add_argument("--models", type=old_folder, default=DEFAULT_MODELS)
    parser.add_argument("--per-label", type=count, default=2, help="cases of each answer of each label, at most")
    parser.add_argument("--seed", type=whole, default=5)
    parser.add_argument("--threads", type=count, default=2)
    return parser


if __name__ == "__main__":
    main()
