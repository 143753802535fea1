"""A scorer from references: refusals with their reason, evidence that adds up, scores that depend on nothing else."""

import json

import numpy as np
import pytest

from inference.avbanet.adapt import adapt
from inference.avbanet.calibrate import Calibration
from inference.avbanet.reference import LEVELS
from inference.avbanet.score import SkillRefused, SkillScore
from inference.avbanet.scorer_file import scorer_bytes, scorer_from_bytes
from tests.unit.avbanet.made_up import model, reference, references, sequence

MODEL = model()


def outside(num: int = 40) -> dict[str, object]:
    return {"usable": np.zeros(num, dtype=bool), "faults": ("out_of_body",) * num}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (reference(7, "expert", withdrawn=True), "withdrawn"),
        (reference(7, "master"), "no_reference_for_level"),
        (reference(7, "expert", procedure="cholecystectomy"), "other_procedure"),
        (reference(7, "expert", sequence=sequence(7, kind="other_laparoscopy")), "other_kind"),
        (reference(7, "expert", sequence=sequence(7, encoder="other")), "other_encoder"),
        (reference(7, "expert", sequence=sequence(7, seconds=4)), "too_short"),
        (reference(7, "expert", sequence=sequence(7, content="content-1")), "same_content"),
        (reference(7, "expert", sequence=sequence(7, **outside())), "out_of_body"),
    ],
)
def test_a_reference_that_does_not_belong_is_refused_with_its_reason(changed, code) -> None:
    with pytest.raises(SkillRefused) as refused:
        adapt([*references(), changed], MODEL)
    assert refused.value.code == code
    assert refused.value.sentence.endswith(".")


def test_a_level_without_a_reference_is_refused() -> None:
    with pytest.raises(SkillRefused, match="intermediate"):
        adapt([one for one in references() if one.level != "intermediate"], MODEL)


@pytest.mark.parametrize(
    ("video", "given", "code"),
    [
        (sequence(9, seconds=4), {}, "too_short"),
        (sequence(9, encoder="other"), {}, "other_encoder"),
        (sequence(9, content="content-2"), {}, "same_content"),
        (sequence(9, kind="other_laparoscopy"), {}, "other_kind"),
        (sequence(9, kind="not_surgery"), {}, "out_of_body"),
        (sequence(9, kind="outside_body"), {}, "out_of_body"),
        (sequence(9, **outside()), {}, "out_of_body"),
        (sequence(9, usable=np.zeros(40, dtype=bool), faults=("frozen",) * 40), {}, "frozen"),
        (sequence(9, usable=np.zeros(40, dtype=bool), faults=("black",) * 40), {}, "frozen"),
        (sequence(9), {"procedure": "knot tying"}, "other_procedure"),
        (sequence(9), {"withdrawn": {"ref-3"}}, "withdrawn"),
    ],
)
def test_a_video_that_cannot_be_scored_gets_a_reason_and_no_number(video, given, code) -> None:
    score = adapt(references(), MODEL).score(video, **given)
    assert (score.abstained, score.code, score.level, score.probabilities) == (True, code, None, {})
    assert score.reason
    assert score.evidence == ()


def test_a_black_video_is_called_black_though_it_looks_like_outside_the_body() -> None:
    black = sequence(9, kind="outside_body", usable=np.zeros(40, dtype=bool), faults=("black",) * 40)
    score = adapt(references(), MODEL).score(black)
    assert (score.code, score.probabilities) == ("frozen", {})
    assert "black" in str(score.reason)


def test_a_bench_that_the_eyes_take_for_no_operation_is_compared_with_its_own_kind_alone() -> None:
    bench = [reference(n, LEVELS[n % 3], sequence=sequence(n, kind="not_surgery")) for n in range(6)]
    assert adapt(bench, MODEL).score(sequence(9, kind="not_surgery")).probabilities
    assert adapt(bench, MODEL).score(sequence(9, kind="unknown")).probabilities
    assert adapt(bench, MODEL).score(sequence(9, kind="box_trainer")).code == "other_kind"
    with pytest.raises(SkillRefused, match="ref-7 looks like no operation"):
        adapt([*references(), reference(7, "expert", sequence=sequence(7, kind="not_surgery"))], MODEL)


def test_a_video_unlike_all_references_is_too_far() -> None:
    near = model(calibration=Calibration(far_rows=2.0))
    strange = sequence(9, values=sequence(9).values + 50)
    assert adapt(references(), near).score(strange).code == "too_far"


def test_a_video_no_further_off_than_the_references_are_from_each_other_is_scored() -> None:
    strict = model(calibration=Calibration(far_rows=0.01, far_embedding=0.01))
    spread = [
        reference(n, LEVELS[n], sequence=sequence(n, values=sequence(3 * n).values + np.float32(4 * n)))
        for n in range(3)
    ]
    beside = sequence(9, values=sequence(9).values + np.float32(2))
    assert adapt(spread, strict).score(beside).code != "too_far"
    assert adapt(spread, strict).score(sequence(9, values=beside.values + np.float32(50))).code == "too_far"


def test_seconds_and_bias_sum_to_the_margin_exactly() -> None:
    scorer = adapt(references(), MODEL)
    video = sequence(11, seconds=55)
    score = scorer.score(video)
    judged = scorer.judge(MODEL.read(video), video.duration_s).with_duration
    first, second = np.sort(judged)[::-1][:2]
    summed = sum(one.margin for one in score.evidence) + score.bias
    assert abs(summed - (first - second)) < 1e-9


def test_duration_is_a_term_of_its_own() -> None:
    scorer = adapt([reference(n, LEVELS[n], sequence=sequence(n, seconds=(90, 60, 30)[n])) for n in range(3)], MODEL)
    video = sequence(11, seconds=30)
    score = scorer.score(video)
    assert score.probabilities["expert"] > score.without_duration["expert"]
    assert score.bias != 0


def test_leaving_a_reference_out_moves_the_score_and_the_only_one_of_a_level_stays() -> None:
    score = adapt(references(), MODEL).score(sequence(11))
    assert set(score.swaps) == {"ref-0", "ref-3", "ref-2", "ref-5"}
    assert all(abs(sum(shares.values()) - 1) < 1e-9 for shares in score.swaps.values())


def test_factors_stand_beside_each_levels_own() -> None:
    score = adapt(references(), MODEL).score(sequence(11, seconds=50))
    by_name = {factor.name: factor for factor in score.factors}
    assert by_name["duration"].value == 50
    assert by_name["duration"].by_level == dict.fromkeys(LEVELS, 40.0)
    assert {"path", "idle", "smoothness", "bimanual_balance", "events"} <= set(by_name)


def test_moments_are_of_the_winning_levels_references() -> None:
    scorer = adapt(references(), MODEL)
    score = scorer.score(sequence(11))
    winner = max(score.probabilities, key=score.probabilities.__getitem__)
    keys = {one.key for one in references() if one.level == winner}
    assert score.moments
    assert {moment.reference for moment in score.moments} <= keys
    assert all(moment.end_s - moment.start_s == 5 for moment in score.moments)


def test_a_score_does_not_depend_on_what_was_scored_before() -> None:
    scorer = adapt(references(), MODEL)
    before = scorer.score(sequence(11))
    scorer.score(sequence(12))
    assert scorer.score(sequence(11)) == before


def test_a_scorer_survives_being_kept() -> None:
    scorer = adapt(references(), MODEL)
    again = scorer_from_bytes(scorer_bytes(scorer), MODEL)
    one, other = scorer.score(sequence(11)), again.score(sequence(11))
    assert (
        one.to_json()
        == other.to_json()
        == json.loads(json.dumps(one.to_json()))
        | {name: one.to_json()[name] for name in ("evidence", "factors", "moments")}
    )
    assert SkillScore.from_json(one.to_json()) == one
