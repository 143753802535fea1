import json
import subprocess
import sys

import pytest

from inference.avbanet.score import (
    Evidence,
    Factor,
    NearestMoment,
    SkillScore,
    abstention,
)

SCORE = SkillScore(
    probabilities={"novice": 0.2, "expert": 0.8},
    without_duration={"novice": 0.4, "expert": 0.6},
    level="expert",
    abstained=False,
    reason=None,
    code=None,
    bias=0.25,
    evidence=(Evidence(start_s=0, end_s=1, margin=0.5),),
    factors=(Factor(name="duration", value=61.0, unit="s", by_level={"novice": 90.0}),),
    moments=(NearestMoment(start_s=0, end_s=5, reference="a", reference_start_s=7, reference_end_s=12),),
    swaps={"a": {"novice": 0.5, "expert": 0.5}},
    trust=0.7,
)


def test_a_score_survives_json():
    assert SkillScore.from_json(json.loads(json.dumps(SCORE.to_json()))) == SCORE


def test_an_abstention_says_no_number_and_survives_json():
    score = abstention("too_short", "The video is shorter than 5 seconds.")
    assert score.probabilities == {}
    assert SkillScore.from_json(json.loads(json.dumps(score.to_json()))) == score


@pytest.mark.parametrize("change", [{"format": "other"}, {"code": "bored"}])
def test_what_is_no_score_is_refused(change):
    with pytest.raises(ValueError, match=r"score|reason"):
        SkillScore.from_json({**SCORE.to_json(), **change})


def test_scores_are_read_without_torch():
    code = "import sys, inference.avbanet.score, inference.avbanet.reference; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
