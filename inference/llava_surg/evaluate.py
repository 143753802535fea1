"""`python -m inference.llava_surg.evaluate --data DIR --videos A,B [--json]`: answers against the surgeons' labels.

Closed questions, balanced by answer, at four levels, beside a blind model (no video, no timeline) and the commonest
answer; the timeline's instruments and phases by frame; intervals by surgery. What the heads say comes from towers that
have not seen the surgery; hold it out of the language model's training too (`train --holdout`) for figures that count.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from inference.engines import smollm2
from inference.engines.chat_format import chat_format_named
from inference.engines.local import LocalEngine
from inference.llava_surg.adapter_files import load_checkpoint, merge_adapter
from inference.llava_surg.cholect50 import LabelledVideo, cached_patches, read_video, video_names
from inference.llava_surg.evaluation.asking import Asker, Mode
from inference.llava_surg.evaluation.cases import Case, EvaluationClip, clips_of, closed_cases
from inference.llava_surg.evaluation.metrics import (
    Outcome,
    closed_summary,
    majority_answers,
    read_answer,
    timeline_summary,
)
from inference.llava_surg.evaluation.witness import Witness, held_out_witnesses
from inference.progress import Progress
from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.prepare import DEFAULT_WORK
from inference.vision.timeline import TimelineHeads

WEIGHTS = Path(__file__).resolve().parent.parent / "weights"
MODES: tuple[Mode, ...] = ("both", "timeline", "video")


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    os.environ["HF_HUB_OFFLINE"] = "1"
    torch.set_num_threads(options.threads)
    videos = [read_video(options.data, name) for name in options.videos.split(",")]
    heads = TimelineHeads.load(options.heads) if options.heads.is_file() else None
    witnesses = held_out_witnesses(videos, data_dir=options.data, work=options.work, heads=heads)
    report: dict[str, Any] = timeline_summary(list(witnesses.values()))
    if not options.timeline_only:
        report |= _closed(videos, witnesses, options)
    print(json.dumps(report) if options.json else _table(report))


def _closed(
    videos: Sequence[LabelledVideo],
    witnesses: dict[str, Witness],
    options: argparse.Namespace,
) -> dict[str, Any]:
    clips = [clip for video in videos for clip in clips_of(video)]
    cases = closed_cases(clips, seed=options.seed, per_label=options.per_label)
    asker = _asker(clips, witnesses, options)
    given = asker.ask(cases, options.mode, on_progress=_show)
    blind = asker.ask(cases, "blind", on_progress=_show)
    common = majority_answers(cases, phases=_training_phases(options.data, videos))
    outcomes = [
        Outcome(
            case=case,
            given=read_answer(case, text),
            blind=read_answer(case, blind_text),
            majority=common[case.group],
        )
        for case, text, blind_text in zip(cases, given, blind, strict=True)
    ]
    if options.answers:
        _write_answers(options.answers, cases, given)
    return {"mode": options.mode, "num_clips": len(clips), **closed_summary(outcomes)}


def _asker(
    clips: Sequence[EvaluationClip],
    witnesses: dict[str, Witness],
    options: argparse.Namespace,
) -> Asker:
    checkpoint = load_checkpoint(options.weights)
    patches: dict[str, torch.Tensor] = {}
    if options.mode != "timeline":
        encoder = FrameEncoder(EncoderOptions(weights=options.tower))
        for video in {clip.video.name: clip.video for clip in clips}.values():
            patches[video.name] = cached_patches(video, encoder=encoder, cache_dir=options.cache)
    base = smollm2.load(options.models, dtype=smollm2.fastest_dtype("cpu"))
    engine = LocalEngine(
        model=merge_adapter(base.model, checkpoint.adapter_dir),
        tokenizer=base.tokenizer,
        chat_format=chat_format_named(checkpoint.config.prompt_style),
        name=smollm2.MODEL_NAME,
    )
    facts = {(clip.video.name, clip.first): witnesses[clip.video.name].facts(clip) for clip in clips}
    return Asker(engine=engine, projector=checkpoint.projector, patches=patches, facts=facts)


def _training_phases(data: Path, held_out: Sequence[LabelledVideo]) -> Counter[str]:
    """How often each phase stands in the other surgeries' frames."""
    names = set(video_names(data)) - {video.name for video in held_out}
    counts: Counter[str] = Counter()
    for name in sorted(names):
        for labels in read_video(data, name).labels["phase"]:
            counts.update(labels)
    return counts


def _write_answers(path: Path, cases: Sequence[Case], texts: Sequence[str]) -> None:
    rows = [
        {
            "surgery": case.clip.video.name,
            "from_s": case.clip.video.seconds[case.clip.first],
            "question": case.question.text,
            "expected": case.question.expected,
            "answer": text,
        }
        for case, text in zip(cases, texts, strict=True)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _show(progress: Progress) -> None:
    if progress.done % 50 == 0 or progress.done == progress.total:
        print(f"{progress.done} of {progress.total} questions", file=sys.stderr)


def _table(report: dict[str, Any]) -> str:
    lines = [
        f"instrument mAP {report['instrument_map']:.3f}   phase accuracy {report['phase_accuracy']:.3f}   "
        f"macro-F1 {report['phase_macro_f1']:.3f}"
    ]
    if "per_kind" not in report:
        return lines[0]
    lines.append(f"{'':<22}{'n':>5}{'answers':>9}{'blind':>8}{'majority':>10}{'answered':>10}")
    rows = {"all": report, **report["per_level"], **report["per_kind"]}
    lines += [
        f"{name:<22}{row['num_questions']:>5}{row['closed_accuracy']:>9.3f}{row['blind_accuracy']:>8.3f}"
        f"{row['majority_accuracy']:>10.3f}{row['answered_share']:>10.3f}"
        for name, row in rows.items()
    ]
    lines.append(f"95 % interval {report['closed_interval']}, over blind {report['over_blind_interval']}")
    lines.append(f"another video, another truth: {report['swap_flips']:.3f} of answers differ")
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds cholect50/")
    parser.add_argument("--videos", required=True, help="surgeries, comma between them")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--mode", choices=MODES, default="both", help="what the model is shown")
    parser.add_argument("--timeline-only", action="store_true", help="measure the heads alone")
    parser.add_argument("--weights", type=Path, default=WEIGHTS / "llava_surg")
    parser.add_argument("--tower", type=Path, default=WEIGHTS / "vision_tower.safetensors")
    parser.add_argument("--heads", type=Path, default=WEIGHTS / "timeline_heads.json")
    parser.add_argument("--work", type=Path, default=DEFAULT_WORK, help="where held-out towers' outputs are kept")
    parser.add_argument("--models", type=Path, default=Path("var/models"))
    parser.add_argument("--cache", type=Path, default=Path("var/cache/patches"))
    parser.add_argument("--answers", type=Path, help="write every answer as JSON lines")
    parser.add_argument("--per-label", type=int, default=6, help="cases of each answer of each label, at most")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    return parser


if __name__ == "__main__":
    main()
