"""Counting answers: balance, baselines, intervals."""

from dataclasses import replace
from typing import Any

import numpy as np

from inference.datasets.cholect50 import LabelledVideo
from inference.llava_surg.evaluation.cases import Case, clips_of, closed_cases
from inference.llava_surg.evaluation.metrics import (
    Outcome,
    closed_summary,
    majority_answers,
    read_answer,
    timeline_summary,
)
from inference.llava_surg.evaluation.witness import Witness

LANES = ("instrument", "verb", "target", "phase")
NAMES = ("instrument/grasper", "instrument/hook", "phase/preparation", "phase/gallbladder-dissection")


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


def test_the_commonest_phase_is_that_of_the_other_surgeries() -> None:
    common = majority_answers(cases(), phases={"clipping-and-cutting": 9, "preparation": 2})

    assert common["phase", ""] == "clipping-and-cutting"


def test_heads_that_know_everything_score_one() -> None:
    video = surgery()
    truth = np.array(
        [[name.split("/")[1] in video.labels[name.split("/")[0]][frame] for name in NAMES] for frame in range(48)]
    )
    witness = Witness(video=video, names=NAMES, probabilities=truth * 0.9 + 0.05, shown=frozenset(NAMES))
    summary = timeline_summary([witness])

    assert (summary["instrument_map"], summary["phase_accuracy"], summary["phase_macro_f1"]) == (1.0, 1.0, 1.0)
    facts = witness.facts(clips_of(video)[1])
    assert {(fact.lane, fact.label) for fact in facts} == {
        ("instrument", "grasper"),
        ("instrument", "hook"),
        ("phase", "preparation"),
    }
