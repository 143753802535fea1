"""`python -m inference.evaluate answers --data DIR --videos A,B [--json]`: answers against the surgeons' labels.

The weights that ship, answering as users get it: every reply has passed the gate. Closed questions, balanced by answer,
at four levels, beside a blind model (no video, no timeline) and the commonest answer: asked for one word, and freely,
where an answer may abstain. Open ones by the labels they name, and by a judge where `--judge-url` names a server. The
timeline's statements by the claim check. Intervals by surgery. `seen_in_training`: what the weights had learnt from.

`--timeline-only` asks no language model: what code answers from the timeline alone, and the claim check, in a minute.
`--predictions` takes what `evaluate vision --retrain --predictions FILE` wrote in place of the shipped eyes.

`--also text_only,visual_only,both` asks the language model itself, without the gate, with so much to see. `--retrain`
puts eyes in their place that have not seen the surgery; with `--folds` (made by `python -m inference.train
answers-folds`) the answering model has not seen it either.
"""

import argparse
import json
import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from inference.datasets.cholect50 import LabelledVideo, read_video, video_names
from inference.engines.openai import OpenAiEngine, OpenAiEngineOptions
from inference.lab.arguments import CommandParser, count, names, new_file, new_folder, old_file, old_folder, whole
from inference.lab.command_line import DEFAULT_MODELS, DEFAULT_WORK, WEIGHTS, say
from inference.llava_surg.adapter_files import load_checkpoint
from inference.llava_surg.evaluation.asker import Askers, load_askers
from inference.llava_surg.evaluation.asking import Mode
from inference.llava_surg.evaluation.cases import Case, EvaluationClip, clips_of, closed_cases
from inference.llava_surg.evaluation.gate_alone import gate_replies
from inference.llava_surg.evaluation.judged import (
    CHECKPOINT,
    Judged,
    Places,
    fold_of,
    predicted,
    retrained,
    shipped,
    trained_on,
)
from inference.llava_surg.evaluation.metrics import (
    Outcome,
    closed_summary,
    majority_answers,
    read_answer,
    timeline_summary,
)
from inference.llava_surg.evaluation.open_cases import f1, named, open_cases, usual_answers
from inference.llava_surg.evaluation.open_metrics import OpenOutcome, judged_summary, open_summary
from inference.llava_surg.evaluation.rule_reader import rule_summary
from inference.llava_surg.evaluation.statements import statements, verdict_summary, verdicts
from inference.llava_surg.evaluation.surgeries import labelled_videos
from inference.llava_surg.evaluation.table import table
from inference.models.artifact import open_artifact
from inference.models.catalogue import DEFAULT

# No blind model stands beside what no model says.
_NOTHING = [""]
# What the language model is shown where it is asked without the gate.
SHOWN: dict[str, Mode] = {"text_only": "timeline", "visual_only": "video", "both": "both"}


@dataclass(slots=True)
class _Tally:
    """What all models that are judged have said so far, the three kinds of cases apart."""

    closed: list[Outcome] = field(default_factory=list)
    free: list[Outcome] = field(default_factory=list)
    opened: list[OpenOutcome] = field(default_factory=list)
    bare: dict[str, list[Outcome]] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    os.environ["HF_HUB_OFFLINE"] = "1"
    torch.set_num_threads(options.threads)
    videos = labelled_videos(options.data, options.videos)
    if not options.timeline_only:
        _open_answerers(videos, options)
    all_judged = list(_judged(videos, options))
    report = _heads_report(all_judged, options)
    if not options.timeline_only:
        report |= _answers_report(all_judged, options)
    print(json.dumps(report) if options.json else table(report))
    return 0


def _open_answerers(videos: Sequence[LabelledVideo], options: argparse.Namespace) -> None:
    """What answers is opened before anything is encoded. Raises ModelMissing or ModelError, or FileNotFoundError for a
    surgery without its fold."""
    open_artifact(options.models / DEFAULT.name, kind="base")
    folds = [fold_of(options.folds, video) for video in videos] if options.folds else []
    for folder in folds or [options.weights / CHECKPOINT]:
        load_checkpoint(folder)


def _judged(videos: Sequence[LabelledVideo], options: argparse.Namespace) -> Iterator[Judged]:
    places = Places(
        data=options.data,
        weights=options.weights,
        models=options.models,
        work=options.work,
        folds=options.folds,
    )
    if options.retrain or options.folds:
        yield from retrained(videos, places)
    elif options.predictions:
        yield predicted(videos, places, options.predictions, sees_frames=not options.timeline_only)
    else:
        yield shipped(videos, places)


def _heads_report(all_judged: Sequence[Judged], options: argparse.Namespace) -> dict[str, Any]:
    """What is measured of the timeline alone: frames, a faultless reader of it, and the claim check."""
    witnesses = {name: witness for judged in all_judged for name, witness in judged.witnesses.items()}

    def facts(clip: EvaluationClip) -> Any:
        return witnesses[clip.video.name].facts(clip)

    clips = [clip for judged in all_judged for video in judged.videos for clip in clips_of(video)]
    closed = closed_cases(clips, seed=options.seed, per_label=options.per_label)
    free = _free_cases(clips, options)
    stated = verdicts(statements(free), facts, watched=all_judged[0].watched)
    opened = open_cases(clips, seed=options.seed, per_kind=options.per_kind)
    watched = all_judged[0].watched
    alone = gate_replies([*closed, *free, *opened], facts, watched=watched)
    return {
        "answers_of": _answers_of(options),
        "seen_in_training": {name: name in _seen(options) for name in sorted(witnesses)},
        "timeline": timeline_summary(list(witnesses.values())) | rule_summary(closed, facts),
        "claims": verdict_summary(stated),
        "gate_alone": {
            "one_word": closed_summary(closed_outcomes(closed, alone, _NOTHING * len(closed), data=options.data)),
            "free": closed_summary(
                closed_outcomes(free, alone[len(closed) :], _NOTHING * len(free), data=options.data)
            ),
            "open_f1": _open_f1(opened, alone[len(closed) + len(free) :]),
        },
    }


def _open_f1(cases: Sequence[Case], given: Sequence[str]) -> dict[str, float]:
    """By kind of question."""
    scores: dict[str, list[float]] = defaultdict(list)
    for case, text in zip(cases, given, strict=True):
        scores[case.question.kind].append(f1(named(text), named(case.question.answer)))
    return {kind: round(sum(values) / len(values), 4) for kind, values in sorted(scores.items())}


def _answers_of(options: argparse.Namespace) -> str:
    if options.folds:
        return "folds"
    if options.retrain:
        return "retrained eyes"
    return "eyes that have not seen them" if options.predictions else "weights"


def _seen(options: argparse.Namespace) -> frozenset[str]:
    """Where eyes are held out and no language model speaks, nothing that is judged has seen anything."""
    is_held_out = options.retrain or options.folds or (options.predictions and options.timeline_only)
    return frozenset() if is_held_out else trained_on(options.weights)


def _free_cases(clips: Sequence[EvaluationClip], options: argparse.Namespace) -> list[Case]:
    return closed_cases(clips, seed=options.seed, per_label=max(1, options.per_label // 2), form="free")


def _answers_report(all_judged: Sequence[Judged], options: argparse.Namespace) -> dict[str, Any]:
    tally = _Tally()
    for judged in all_judged:
        with tempfile.TemporaryDirectory(prefix="debrief-answers-") as folder:
            _ask(judged, tally, options, Path(folder))
    report = closed_summary(tally.closed) | {"free": closed_summary(tally.free), "open": open_summary(tally.opened)}
    report |= {name: closed_summary(outcomes) for name, outcomes in tally.bare.items()}
    if options.judge_url:
        judge = OpenAiEngine(OpenAiEngineOptions(base_url=options.judge_url, model=options.judge_model))
        report["open"] |= judged_summary(tally.opened, judge)
    if options.answers:
        options.answers.write_text("".join(json.dumps(row) + "\n" for row in tally.rows), encoding="utf-8")
    return report


def _ask(judged: Judged, tally: _Tally, options: argparse.Namespace, folder: Path) -> None:
    clips = [clip for video in judged.videos for clip in clips_of(video)]
    closed = closed_cases(clips, seed=options.seed, per_label=options.per_label)
    free = _free_cases(clips, options)
    opened = open_cases(clips, seed=options.seed, per_kind=options.per_kind)
    cases = [*closed, *free, *opened]
    askers = _load(judged, cases, folder)
    given = askers.gated.ask(cases, on_progress=say)
    blind = askers.bare.ask_blind(cases, on_progress=say)
    first_free, first_open = len(closed), len(closed) + len(free)
    tally.closed += closed_outcomes(closed, given, blind, data=options.data)
    tally.free += closed_outcomes(free, given[first_free:], blind[first_free:], data=options.data)
    tally.opened += _open_outcomes(opened, given[first_open:], blind[first_open:], options)
    tally.rows += [_row(case, text) for case, text in zip(cases, given, strict=True)]
    for name in options.also:
        texts = askers.bare.ask(closed, SHOWN[name], on_progress=say)
        tally.bare.setdefault(name, []).extend(closed_outcomes(closed, texts, blind, data=options.data))


def _load(judged: Judged, cases: Sequence[Case], folder: Path) -> Askers:
    return load_askers(
        judged.source,
        cases,
        witnesses=judged.witnesses,
        patches=judged.patches,
        encoder_id=judged.encoder_id,
        watched=judged.watched,
        folder=folder,
    )


def closed_outcomes(cases: Sequence[Case], given: Sequence[str], blind: Sequence[str], *, data: Path) -> list[Outcome]:
    """`given` and `blind` may go on after the cases' own."""
    held_out = {case.clip.video.name for case in cases}
    common = {
        name: majority_answers(
            [case for case in cases if case.clip.video.name == name], phases=_other_phases(data, name)
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


def _row(case: Case, text: str) -> dict[str, Any]:
    return {
        "surgery": case.clip.video.name,
        "from_s": case.clip.video.seconds[case.clip.first],
        "level": case.question.level,
        "type": case.question.kind,
        "question": case.question.text,
        "expected": case.question.expected,
        "reference": case.question.answer,
        "answer": text,
    }


def _also(text: str) -> list[str]:
    names = [name for name in text.split(",") if name]
    if unknown := [name for name in names if name not in SHOWN]:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: choose from {', '.join(SHOWN)}")
    return names


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.predictions and (options.retrain or options.folds):
        parser.error("--predictions are eyes of their own: not beside --retrain or --folds")
    if bool(options.judge_url) != bool(options.judge_model):
        parser.error("--judge-url and --judge-model go together")
    return options


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser("evaluate answers", __doc__)
    parser.add_argument("--data", type=old_folder, required=True, help="the folder that holds cholect50/")
    parser.add_argument("--videos", type=names, required=True, help="surgeries, comma between them")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--also", type=_also, default=[], help=f"the bare model too: {', '.join(SHOWN)}")
    parser.add_argument("--timeline-only", action="store_true", help="measure the timeline alone")
    parser.add_argument("--retrain", action="store_true", help="eyes that have not seen the surgery; takes hours")
    parser.add_argument(
        "--predictions", type=old_file, default=None, help="held-out eyes, as `vision --retrain` wrote them"
    )
    parser.add_argument("--folds", type=old_folder, default=None, help="adapters that have not seen their surgery")
    parser.add_argument(
        "--weights", type=old_folder, default=WEIGHTS, help="the folder of tower, heads and llava_surg/"
    )
    parser.add_argument("--work", type=new_folder, default=DEFAULT_WORK, help="what is kept between runs")
    parser.add_argument("--models", type=old_folder, default=DEFAULT_MODELS)
    parser.add_argument("--answers", type=new_file, help="write every answer as JSON lines")
    parser.add_argument("--judge-url", default="", help="an OpenAI-compatible server that scores open answers 0 to 5")
    parser.add_argument("--judge-model", default="", help="its model's name")
    parser.add_argument("--per-label", type=count, default=4, help="cases of each answer of each label, at most")
    parser.add_argument("--per-kind", type=count, default=8, help="open questions of each kind and surgery, at most")
    parser.add_argument("--seed", type=whole, default=5)
    parser.add_argument("--threads", type=count, default=2)
    return parser


if __name__ == "__main__":
    main()
