"""`python -m inference.evaluate answers --data DIR --videos A,B [--json]`: answers against the surgeons' labels.

Closed questions, balanced by answer, at four levels, beside a blind model (no video, no timeline) and the commonest
answer: asked for one word, and freely, where an answer may abstain. Open ones by the labels they name, and by a judge
where `--judge-url` names a server. The timeline's instruments and phases by frame. Intervals by surgery. What the heads
say comes from towers that have not seen the surgery; with `--folds` (made by `python -m inference.train answers-folds`)
the answering model has not seen it either.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from inference.datasets.cholect50 import LabelledVideo, read_video, video_names
from inference.engines.openai import OpenAiEngine, OpenAiEngineOptions
from inference.evidence.watched import watched_outputs
from inference.lab.command_line import DEFAULT_WORK, WEIGHTS
from inference.llava_surg.evaluation.asker import AskerSource, load_asker, patches_of
from inference.llava_surg.evaluation.asking import Mode
from inference.llava_surg.evaluation.cases import Case, clips_of, closed_cases
from inference.llava_surg.evaluation.metrics import (
    Outcome,
    closed_summary,
    majority_answers,
    read_answer,
    timeline_summary,
)
from inference.llava_surg.evaluation.open_cases import open_cases, usual_answers
from inference.llava_surg.evaluation.open_metrics import OpenOutcome, judged_summary, open_summary
from inference.llava_surg.evaluation.rule_reader import rule_summary
from inference.llava_surg.evaluation.statements import statements, verdict_summary, verdicts
from inference.llava_surg.evaluation.table import table
from inference.llava_surg.evaluation.witness import Witness, held_out_witnesses
from inference.llava_surg.training.crossval import fold_folder, held_out_towers
from inference.progress import Progress
from inference.vision.timeline import TimelineHeads

MODES: tuple[Mode, ...] = ("both", "timeline", "video")


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    os.environ["HF_HUB_OFFLINE"] = "1"
    torch.set_num_threads(options.threads)
    videos = [read_video(options.data, name) for name in options.videos.split(",")]
    heads = TimelineHeads.load(options.heads) if options.heads.is_file() else None
    witnesses = held_out_witnesses(videos, data_dir=options.data, work=options.work, heads=heads)
    report: dict[str, Any] = timeline_summary(list(witnesses.values()))
    clips = [clip for video in videos for clip in clips_of(video)]
    closed = closed_cases(clips, seed=options.seed, per_label=options.per_label)
    report |= rule_summary(closed, lambda clip: witnesses[clip.video.name].facts(clip))
    free = closed_cases(clips, seed=options.seed, per_label=max(1, options.per_label // 2), form="free")
    watched = watched_outputs(next(iter(witnesses.values())).shown)
    stated = verdicts(statements(free), lambda clip: witnesses[clip.video.name].facts(clip), watched=watched)
    report["claim_check"] = verdict_summary(stated)
    if not options.timeline_only:
        report |= _answers(videos, witnesses, closed, free, options)
    print(json.dumps(report) if options.json else table(report))


def _answers(
    videos: Sequence[LabelledVideo],
    witnesses: Mapping[str, Witness],
    closed: Sequence[Case],
    free: Sequence[Case],
    options: argparse.Namespace,
) -> dict[str, Any]:
    clips = [clip for video in videos for clip in clips_of(video)]
    opened = open_cases(clips, seed=options.seed, per_kind=options.per_kind)
    cases = [*closed, *free, *opened]
    given, blind = _ask(cases, videos, witnesses, options)
    report = {"mode": options.mode, "num_clips": len(clips), "answers_of": "folds" if options.folds else "weights"}
    report |= closed_summary(_closed_outcomes(closed, given, blind, options))
    first_free, first_open = len(closed), len(closed) + len(free)
    report["free"] = closed_summary(_closed_outcomes(free, given[first_free:], blind[first_free:], options))
    open_outcomes = _open_outcomes(opened, given[first_open:], blind[first_open:], options)
    report["open"] = open_summary(open_outcomes)
    if options.judge_url:
        judge = OpenAiEngine(OpenAiEngineOptions(base_url=options.judge_url, model=options.judge_model))
        report["open"] |= judged_summary(open_outcomes, judge)
    if options.answers:
        _write_answers(options.answers, cases, given)
    return report


def _ask(
    cases: Sequence[Case],
    videos: Sequence[LabelledVideo],
    witnesses: Mapping[str, Witness],
    options: argparse.Namespace,
) -> tuple[list[str], list[str]]:
    """Answers and blind answers, in the order of the cases; each surgery's by the model that has not seen it."""
    given, blind = [""] * len(cases), [""] * len(cases)
    for names, source in _sources(videos, options):
        rows = [row for row, case in enumerate(cases) if case.clip.video.name in names]
        own = [cases[row] for row in rows]
        asker = load_asker(
            source,
            own,
            witnesses=witnesses,
            patches=patches_of(source, own) if options.mode != "timeline" else {},
            watched=watched_outputs(next(iter(witnesses.values())).shown),
        )
        for row, text, blind_text in zip(
            rows, asker.ask(own, options.mode, on_progress=_show), asker.ask_blind(own, on_progress=_show), strict=True
        ):
            given[row], blind[row] = text, blind_text
    return given, blind


def _sources(videos: Sequence[LabelledVideo], options: argparse.Namespace) -> list[tuple[frozenset[str], AskerSource]]:
    names = [video.name for video in videos]
    if options.folds is None:
        shipped = AskerSource(weights=options.weights, tower=options.tower, models=options.models, cache=options.cache)
        return [(frozenset(names), shipped)]
    towers = held_out_towers(options.data, options.work)
    return [
        (
            frozenset({name}),
            AskerSource(
                weights=fold_folder(options.folds, name) / "checkpoint",
                tower=towers[name],
                models=options.models,
                cache=options.cache,
            ),
        )
        for name in names
    ]


def _closed_outcomes(
    cases: Sequence[Case], given: Sequence[str], blind: Sequence[str], options: argparse.Namespace
) -> list[Outcome]:
    """`given` and `blind` may go on after the cases' own."""
    held_out = {case.clip.video.name for case in cases}
    common = {
        name: majority_answers(
            [case for case in cases if case.clip.video.name == name], phases=_other_phases(options.data, name)
        )
        for name in held_out
    }
    return [
        Outcome(
            case=case,
            given=read_answer(case, text),
            blind=read_answer(case, blind_text),
            majority=common[case.clip.video.name][case.group],
        )
        for case, text, blind_text in zip(cases, given, blind, strict=False)
    ]


def _open_outcomes(
    cases: Sequence[Case], given: Sequence[str], blind: Sequence[str], options: argparse.Namespace
) -> list[OpenOutcome]:
    usual = {}
    for name in {case.clip.video.name for case in cases}:
        others = [read_video(options.data, other) for other in video_names(options.data) if other != name]
        clips = [clip for video in others for clip in clips_of(video)]
        usual[name] = usual_answers(open_cases(clips, seed=options.seed, per_kind=len(clips)))
    return [
        OpenOutcome(case=case, given=text, blind=blind_text, usual=usual[case.clip.video.name][case.question.kind])
        for case, text, blind_text in zip(cases, given, blind, strict=True)
    ]


def _other_phases(data: Path, held_out: str) -> Counter[str]:
    """How often each phase stands in the other surgeries' frames."""
    counts: Counter[str] = Counter()
    for name in video_names(data):
        if name != held_out:
            for labels in read_video(data, name).labels["phase"]:
                counts.update(labels)
    return counts


def _write_answers(path: Path, cases: Sequence[Case], texts: Sequence[str]) -> None:
    rows = [
        {
            "surgery": case.clip.video.name,
            "from_s": case.clip.video.seconds[case.clip.first],
            "level": case.question.level,
            "kind": case.question.kind,
            "question": case.question.text,
            "expected": case.question.expected,
            "reference": case.question.answer,
            "answer": text,
        }
        for case, text in zip(cases, texts, strict=True)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _show(progress: Progress) -> None:
    if progress.done % 50 == 0 or progress.done == progress.total:
        print(f"{progress.done} of {progress.total} questions", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds cholect50/")
    parser.add_argument("--videos", required=True, help="surgeries, comma between them")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--mode", choices=MODES, default="both", help="what the model is shown")
    parser.add_argument("--timeline-only", action="store_true", help="measure the heads alone")
    parser.add_argument("--folds", type=Path, default=None, help="adapters that have not seen their surgery")
    parser.add_argument("--weights", type=Path, default=WEIGHTS / "llava_surg")
    parser.add_argument("--tower", type=Path, default=WEIGHTS / "vision_tower.safetensors")
    parser.add_argument("--heads", type=Path, default=WEIGHTS / "timeline_heads.json")
    parser.add_argument("--work", type=Path, default=DEFAULT_WORK, help="where held-out towers' outputs are kept")
    parser.add_argument("--models", type=Path, default=Path("var/models"))
    parser.add_argument("--cache", type=Path, default=Path("var/cache/patches"))
    parser.add_argument("--answers", type=Path, help="write every answer as JSON lines")
    parser.add_argument("--judge-url", default="", help="an OpenAI-compatible server that scores open answers 0 to 5")
    parser.add_argument("--judge-model", default="", help="its model's name")
    parser.add_argument("--per-label", type=int, default=4, help="cases of each answer of each label, at most")
    parser.add_argument("--per-kind", type=int, default=8, help="open questions of each kind and surgery, at most")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    return parser


if __name__ == "__main__":
    main()
