"""Counting answers: balance, baselines, intervals."""

from dataclasses import replace
from typing import Any

import numpy as np

from inference.datasets.cholect50 import LabelledVideo
from inference.llava_surg.evaluation.cases import Case, clips_of, closed_cases, frames_by_second
from inference.llava_surg.evaluation.metrics import (
    Outcome,
    closed_summary,
    majority_answers,
    read_answer,
    timeline_summary,
)
from inference.llava_surg.evaluation.witness import Witness, operation_cut
from inference.vision.outputs import REAL_GROUPS

LANES = ("instrument", "verb", "target", "phase")
NAMES = tuple(name for group in REAL_GROUPS for name in group.output_names)


def surgery(name: str = "A", num_frames: int = 48) -> LabelledVideo:
    """A grasper all the time, a hook in every second dozen of frames, two phases."""

    def labels(lane: str, frame: int) -> frozenset[str]:
        if lane == "instrument":
            return frozenset({"grasper", "hook"} if frame // 12 % 2 else {"grasper"})
        if lane == "phase":
            return frozenset({"preparation" if frame < 24 else "gallbladder-dissection"})
        return frozenset()

    return LabelledVideo(
        name=name,
        seconds=tuple(range(10, 10 + num_frames)),
        labels={lane: tuple(labels(lane, frame) for frame in range(num_frames)) for lane in LANES},
    )


def cases() -> list[Case]:
    return closed_cases(clips_of(surgery()), seed=1, per_label=4)


def outcomes(**given: Any) -> list[Outcome]:
    return [
        Outcome(case=case, **({"given": case.question.expected, "blind": "", "majority": "no"} | given))
        for case in cases()
    ]


def test_clips_do_not_overlap_and_break_at_gaps() -> None:
    video = surgery()
    gapped = LabelledVideo(
        name="B",
        seconds=(*video.seconds[:20], *(second + 60 for second in video.seconds[20:])),
        labels=video.labels,
    )

    assert [(clip.first, clip.last) for clip in clips_of(gapped)] == [(0, 12), (12, 20), (20, 32), (32, 44)]


def test_yes_and_no_are_equally_many_for_each_label() -> None:
    hooks = [case.question.expected for case in cases() if case.question.about == "hook"]

    assert sorted(hooks) == ["no", "no", "yes", "yes"]
    assert not [case for case in cases() if case.question.about == "grasper"]  # always there: nothing to tell


def test_right_answers_score_one_and_the_blind_gets_the_commonest_where_it_is_silent() -> None:
    summary = closed_summary(outcomes())

    assert summary["closed_accuracy"] == 1.0
    assert 0 < summary["blind_accuracy"] == summary["majority_accuracy"] < 1
    assert set(summary["per_level"]) == {"observation", "reason", "plan", "deduction"}
    assert summary["closed_interval"] == [1.0, 1.0]


def test_an_abstention_is_no_right_answer() -> None:
    summary = closed_summary(outcomes(given=""))

    assert (summary["closed_accuracy"], summary["answered_share"]) == (0.0, 0.0)


def test_answers_that_follow_the_truth_flip_with_it_and_constant_ones_never() -> None:
    assert closed_summary(outcomes())["swap_flips"] == 1.0
    assert closed_summary(outcomes(given="yes"))["swap_flips"] == 0.0


def test_an_abstention_is_no_flip() -> None:
    silent_on_no = [
        replace(outcome, given=outcome.expected if outcome.expected != "no" else "") for outcome in outcomes()
    ]

    yes_no = [outcome for outcome in silent_on_no if outcome.case.question.kind.endswith("_yes_no")]
    assert closed_summary(yes_no)["swap_flips"] == 0.0


def test_closed_answers_are_read_from_the_text() -> None:
    by_kind = {case.question.kind: case for case in cases()}

    assert read_answer(by_kind["instrument_yes_no"], "Yes, a hook is visible [[t=0-3]].") == "yes"
    assert read_answer(by_kind["instrument_yes_no"], "Not enough evidence: no.") == ""
    assert read_answer(by_kind["phase"], "The phase is gallbladder dissection.") == "gallbladder-dissection"
    assert read_answer(by_kind["phase"], "Gallbladder dissection. It is gallbladder dissection.")
    unsure = "Not enough evidence for the phase: gallbladder dissection is likeliest (probability 0.43)."
    assert read_answer(by_kind["phase"], unsure) == ""


def test_naming_several_phases_is_no_right_answer_even_if_one_of_them_is() -> None:
    case = next(case for case in cases() if case.question.kind == "phase")
    both = "The phase is preparation [[t=0-6]]. The phase is gallbladder dissection [[t=6-12]]."

    assert read_answer(case, both) == ""


def test_the_commonest_phase_is_that_of_the_other_surgeries() -> None:
    common = majority_answers(cases(), phases={"clipping-and-cutting": 9, "preparation": 2})

    assert common["phase", ""] == "clipping-and-cutting"


def told(video: LabelledVideo, **columns: Any) -> Witness:
    """A tower that is right of everything; `columns`: "lane__label" -> (T,), said instead."""
    truth = np.array(
        [
            [name.split("/")[1] in video.labels.get(name.split("/")[0], [frozenset()] * 999)[frame] for name in NAMES]
            for frame in range(len(video.seconds))
        ]
    )
    said = truth * 0.9 + 0.05
    for name, column in columns.items():
        said[:, NAMES.index(name.replace("__", "/"))] = column
    return Witness(
        video=video, names=NAMES, probabilities=said, shown=frozenset(NAMES), cut=operation_cut(frozenset(NAMES))
    )


def test_heads_that_know_everything_score_one() -> None:
    video = surgery()
    witness = told(video)
    summary = timeline_summary([witness])

    assert (summary["instrument_map"], summary["phase_accuracy"], summary["phase_macro_f1"]) == (1.0, 1.0, 1.0)
    facts = witness.facts(clips_of(video)[1])
    assert {(fact.lane, fact.label) for fact in facts} == {
        ("instrument", "grasper"),
        ("instrument", "hook"),
        ("phase", "preparation"),
    }


def test_a_witness_tells_only_what_users_see() -> None:
    video = surgery()
    frames = np.arange(48)
    doubtful = told(video, phase__preparation=np.full(48, 0.3))
    blink = told(video, instrument__hook=np.where(frames == 3, 0.9, 0.0))
    outside = told(video, body__outside=np.full(48, 0.95))
    clip = clips_of(video)[0]

    assert not [fact for fact in doubtful.facts(clip) if fact.lane == "phase"], "the likeliest is a guess"
    assert not [fact for fact in blink.facts(clip) if fact.label == "hook"], "a second is too short"
    assert {fact.label for fact in outside.facts(clip)} == {"outside"}, "nobody looks while the camera is outside"


def test_sparse_frames_hold_until_the_next_so_that_seconds_stay_seconds() -> None:
    video = surgery()
    sparse = LabelledVideo(name="S", seconds=tuple(range(0, 96, 2)), labels=video.labels)
    clip = clips_of(sparse)[1]

    (hook,) = [fact for fact in told(sparse).facts(clip) if fact.label == "hook"]
    assert (hook.start_s, hook.end_s) == (0.0, clip.length_s) == (0.0, 23.0)
    assert list(frames_by_second(clip)[:4]) == [12, 12, 13, 13]
