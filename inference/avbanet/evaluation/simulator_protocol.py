"""Simulated people at a task, neither of which the encoder ever saw; then the organ scene, which no encoder saw.

One reference a level, clips of one length. Each third of the people is held out in turn, with each task. Beside the
encoder: what path length, mean movement and the natural length of the task would say of the same people.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.avbanet.calibrate import expected_calibration_error, net_trust_score, risk_coverage, shares
from inference.avbanet.evaluation.deletion import beats_random
from inference.avbanet.evaluation.measures import Predictions, accuracy, area_under_curve, balanced_accuracy, interval
from inference.avbanet.reference import LEVELS
from inference.avbanet.training.crossed import Crossing, Encoders, people_of, temperature_for
from inference.avbanet.training.filming import simulator_tower, trials
from inference.avbanet.training.judged import NUM_EPISODES, Judgements, drawn
from inference.avbanet.training.lengths import natural_length_s
from inference.avbanet.training.recipe import Recipe
from inference.avbanet.training.trials import BOX_TASKS, FIRST_OPERATOR, NUM_LOOKED_AT, Trial, plans
from inference.lab.command_line import WEIGHTS, say

ORGAN = "organ"

Values = NDArray[np.float64]


def evaluate(work: Path, *, report: Callable[[str], None]) -> dict[str, Any]:
    """`domains`: each task and the organ scene; `together`: the box trainer's five."""
    cv2.setNumThreads(1)
    made = trials(plans(), simulator_tower(WEIGHTS / "vision_tower.safetensors"), work, say)
    encoders = Encoders(made, Recipe(), work, report)
    box = encoders.crossings(BOX_TASKS)
    organ = encoders.crossings([ORGAN])
    found = {}
    for task in (*BOX_TASKS, ORGAN):
        crossings = [one for one in (*box, *organ) if one.task == task]
        found[task] = {**_figures(crossings, box), **_baselines(crossings), **_explained(crossings)}
        report(f"{task}: balanced {found[task]['balanced']:.3f}, calibration {found[task]['ece']:.3f}")
    return {"domains": found, "together": {**_figures(box, box), **_explained(box)}}


def _figures(crossings: Sequence[Crossing], calibrating: Sequence[Crossing]) -> dict[str, Any]:
    judged = Judgements.joined([one.judged for one in crossings])
    probabilities = np.concatenate(
        [shares(one.judged.logits / temperature_for(one.task, one.fold, calibrating)) for one in crossings]
    )
    said = _predictions(judged)
    return {
        "accuracy": accuracy(said),
        "balanced": balanced_accuracy(said),
        "interval": list(interval(said, balanced_accuracy)),
        "never_looked_at": _never_looked_at(judged),
        "majority": 1 / len(LEVELS),
        "ece": expected_calibration_error(probabilities, judged.truth),
        "net_trust": net_trust_score(probabilities, judged.truth),
        "risk_at_coverage": {str(key): value for key, value in risk_coverage(probabilities, judged.truth).items()},
    }


def _never_looked_at(judged: Judgements) -> dict[str, Any] | None:
    """Of those people alone whose figures the design was not chosen by."""
    later = judged.people >= FIRST_OPERATOR + NUM_LOOKED_AT
    if not later.any():
        return None
    said = _predictions(judged)
    of_them = Predictions(truth=said.truth[later], predicted=said.predicted[later], subjects=said.subjects[later])
    return {
        "balanced": balanced_accuracy(of_them),
        "interval": list(interval(of_them, balanced_accuracy)),
        "num_people": len(set(of_them.subjects)),
    }


def _predictions(judged: Judgements) -> Predictions:
    return Predictions(
        truth=judged.truth, predicted=judged.logits.argmax(axis=1), subjects=judged.people.astype(np.str_)
    )


def _baselines(crossings: Sequence[Crossing]) -> dict[str, float]:
    """Balanced accuracy of the nearest reference by one number, or by mean rows, in the same episodes."""
    describe: dict[str, Callable[[Crossing], Values]] = {
        "duration": lambda one: np.array([[trial.sequence.duration_s] for trial in one.trials]),
        "natural_duration": lambda one: np.log([[_length_s(trial)] for trial in one.trials]),
        "path_length": lambda one: np.log([[trial.path_mm] for trial in one.trials]),
        "motion_statistics": lambda one: np.stack([person.read.row for person in people_of(one.trials, one.model)]),
    }
    return {name: _nearest([(one, numbers(one)) for one in crossings]) for name, numbers in describe.items()}


def _length_s(trial: Trial) -> float:
    return natural_length_s(trial.operator, trial.task)


def _nearest(described: Sequence[tuple[Crossing, Values]]) -> float:
    """Equal numbers are a guess."""
    parts = []
    for crossing, values in described:
        levels = np.array([LEVELS.index(trial.operator.level) for trial in crossing.trials])
        random = np.random.default_rng([crossing.fold, 1, 17])
        guess = np.random.default_rng([crossing.fold, 31])
        for _ in range(NUM_EPISODES):
            support = drawn(levels, 1, random)
            query = np.setdiff1d(np.arange(len(levels)), support.ravel())
            apart = np.linalg.norm(values[query][:, None] - values[support[:, 0]][None], axis=2)
            said = (apart + guess.uniform(0, 1e-9, apart.shape)).argmin(axis=1)
            parts.append(Predictions(truth=levels[query], predicted=said, subjects=query.astype(np.str_)))
    return balanced_accuracy(Predictions.joined(parts))


def _explained(crossings: Sequence[Crossing]) -> dict[str, float]:
    """mistakes_auc : over all seconds · deletion_beats_random : share of clips"""
    said = np.concatenate([one.mistakes[0] for one in crossings])
    truth = np.concatenate([one.mistakes[1] for one in crossings])
    wins = [win for one in crossings for win in _deletion(one)]
    return {"mistakes_auc": area_under_curve(said, truth), "deletion_beats_random": float(np.mean(wins))}


def _deletion(crossing: Crossing) -> list[bool]:
    """Each clip against references drawn for it among the others."""
    trials, model = crossing.trials, crossing.model
    levels = np.array([LEVELS.index(trial.operator.level) for trial in trials])
    embedded = np.stack([read.embedding for read in model.read_all([trial.sequence for trial in trials])])
    wins = []
    for place, trial in enumerate(trials):
        others = np.flatnonzero(np.arange(len(trials)) != place)
        support = others[drawn(levels[others], 1, np.random.default_rng([place, 37]))[:, 0]]
        head = model.head([embedded[[row]] for row in support])
        wins.append(beats_random(model, trial.sequence, head, seed=place))
    return wins
