import numpy as np

from inference.avbanet.evaluation.raters import disagreement, icc
from inference.datasets.lasana_ratings import RatedTrial

RANDOM = np.random.default_rng(0)


def rated(scores: list[dict[int, float]]) -> list[RatedTrial]:
    return [
        RatedTrial(task="t", name=str(n), duration_s=1.0, grs=one, aspects={}, errors={}, split="")
        for n, one in enumerate(scores)
    ]


def test_raters_that_agree_have_an_icc_of_one_and_strangers_of_none() -> None:
    assert icc([np.array([score, score, score]) for score in (5.0, 9.0, 14.0, 17.0)]) == 1.0
    assert abs(icc(list(RANDOM.normal(0, 1, (3000, 3))))) < 0.03


def test_the_icc_is_the_share_of_variance_between_trials() -> None:
    """Between 9, within 3: three quarters, whatever the number of raters."""
    skill = RANDOM.normal(12, 3, 4000)
    scores = [skill[n] + RANDOM.normal(0, np.sqrt(3), 2 + n % 3) for n in range(4000)]
    assert abs(icc(scores) - 0.75) < 0.02


def test_a_strict_rater_costs_agreement_and_no_consistency() -> None:
    skill = RANDOM.normal(12, 2, 500)
    told = disagreement(rated([{0: s + RANDOM.normal(0, 0.5), 1: s - 4 + RANDOM.normal(0, 0.5)} for s in skill]))
    assert told["icc_consistency"] > 0.9 > told["icc"]


def test_the_band_holds_what_another_rater_says() -> None:
    skill = RANDOM.normal(12, 2, 3000)
    told = disagreement(rated([{r: s + RANDOM.normal(0, 1.5) for r in range(3)} for s in skill]))
    assert abs(told["sd_between_raters"] - 1.5) < 0.05
    assert abs(told["band"] - 1.96 * 1.5) < 0.1
