"""Open answers: counted by the labels they name, and by a judge whose replies are read with care."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.engines.protocol import GenerationDone, GenerationRequest, TextDelta, VisualKind
from inference.llava_surg.evaluation.cases import clips_of
from inference.llava_surg.evaluation.judge import Judgement, read_judgement
from inference.llava_surg.evaluation.open_cases import f1, named, open_cases, usual_answers
from inference.llava_surg.evaluation.open_metrics import OpenOutcome, judged_summary, open_summary
from inference.progress import StopCheck
from tests.unit.llava_surg.test_evaluation import surgery

HOOK, GRASPER = ("instrument", "hook"), ("instrument", "grasper")


class FixedJudge:
    """A language engine that always replies the same, and keeps what it was asked."""

    name = "fixed"
    adapter = ""
    visual_kind: VisualKind = "images"
    has_json_schema = True

    def __init__(self, reply: str) -> None:
        self.requests: list[GenerationRequest] = []
        self._reply = reply

    def stream(self, request: GenerationRequest, should_stop: StopCheck) -> Iterator[TextDelta | GenerationDone]:
        self.requests.append(request)
        yield TextDelta(text=self._reply)
        yield GenerationDone(finish_reason="stop", num_tokens=1, ttft_s=0.0)


def outcomes(*, blind: str = "") -> list[OpenOutcome]:
    cases = open_cases(clips_of(surgery()), seed=1, per_kind=4)
    usual = usual_answers(cases)
    return [
        OpenOutcome(case=case, given=case.question.answer, blind=blind, usual=usual[case.question.kind])
        for case in cases
    ]


def test_the_reference_itself_scores_one_and_silence_nothing() -> None:
    summary = open_summary(outcomes())

    assert summary["f1"] == 1.0
    assert summary["blind_f1"] == 0.0
    assert 0 < summary["usual_f1"] < 1
    assert {"describe", "instruments", "aim", "next", "suggests"} <= set(summary["per_type"])


def test_an_abstention_names_nothing() -> None:
    assert named("Not enough evidence: the timeline is unsure about hook [[t=0-3]].") == frozenset()


def test_a_wrong_tool_costs_as_much_as_a_missing_one() -> None:
    assert f1(frozenset({HOOK, GRASPER}), frozenset({HOOK})) == f1(frozenset({HOOK}), frozenset({HOOK, GRASPER}))
    assert f1(frozenset({GRASPER}), frozenset({HOOK})) == 0.0
    assert f1(frozenset(), frozenset()) == 1.0


def test_the_usual_answer_names_what_most_clips_show() -> None:
    usual = usual_answers(open_cases(clips_of(surgery()), seed=1, per_kind=4))

    assert GRASPER in usual["instruments"]


def test_a_judge_scores_ours_and_the_blind_answers_and_sees_the_reference() -> None:
    judge = FixedJudge(json.dumps({"is_right": True, "score": 4}))
    rows = outcomes(blind="Nothing.")

    summary = judged_summary(rows, judge)

    assert (summary["score"], summary["right_share"], summary["num_unreadable"]) == (4.0, 1.0, 0)
    assert len(judge.requests) == 2 * len(rows)
    assert rows[0].case.question.answer in judge.requests[0].messages[1].text
    assert judge.requests[0].json_schema is not None


def test_replies_that_are_no_judgement_are_counted_and_not_made_up() -> None:
    summary = judged_summary(outcomes(), FixedJudge("I would say four."))

    assert (summary["score"], summary["num_unreadable"]) == (0.0, summary["blind_num_unreadable"])
    assert summary["num_unreadable"] == len(outcomes())


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "{}",
        "[]",
        '{"is_right": 1, "score": 3}',
        '{"is_right": true, "score": 6}',
        '{"is_right": true, "score": true}',
    ],
)
def test_a_half_reply_is_none(reply: str) -> None:
    assert read_judgement(reply) is None


def test_a_judgement_is_found_among_words() -> None:
    assert read_judgement('Sure: {"is_right": false, "score": 2} as asked') == Judgement(is_right=False, score=2)


@given(st.text())
def test_no_reply_breaks_the_reader(reply: str) -> None:
    found = read_judgement(reply)

    assert found is None or 0 <= found.score <= 5
