"""Encoders that missed a task and a third of the people, judged on just these; and the shipped one, which missed none.

A temperature is fitted where nothing of what is judged was looked at: on other tasks and other people.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

from inference.avbanet.calibrate import Calibration, far_distance, fitted_temperature
from inference.avbanet.encoder import EncoderShape, SkillEncoder
from inference.avbanet.model import SkillModel
from inference.avbanet.reference import LEVELS
from inference.avbanet.sequence import WIDTH
from inference.avbanet.training.episodes import mistake_seconds, prepared
from inference.avbanet.training.fit import fit
from inference.avbanet.training.judged import Judgements, Person, judge
from inference.avbanet.training.recipe import Recipe, recipe_name
from inference.avbanet.training.trials import BOX_TASKS, NUM_FOLDS, Trial, fold_of
from inference.lab.recipe import kept

Mistakes = tuple[NDArray[np.float64], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """`task` and the people of `fold` were held out · `judged` : these people at this task, one reference a level ·
    `mistakes` : logit and truth of each of their seconds"""

    task: str
    fold: int
    model: SkillModel
    trials: tuple[Trial, ...]
    judged: Judgements
    mistakes: Mistakes


class Encoders:
    """Each trained once and kept under `work`."""

    def __init__(self, trials: Sequence[Trial], recipe: Recipe, work: Path, report: Callable[[str], None]) -> None:
        self.trials = trials
        self._recipe, self._report, self._folder = recipe, report, work / "encoders"
        self._features = trials[0].sequence.encoder
        # The organ scene trains nothing: with it or without it the encoders are the same.
        self._name = recipe_name([one for one in trials if one.task in BOX_TASKS], recipe)

    def without(self, task: str | None, fold: int | None) -> SkillModel:
        """Not calibrated. None: nothing is held out; the organ scene always is."""
        path = self._folder / f"{self._name}-{task or 'all'}-{'all' if fold is None else fold}.safetensors"

        def write(part: Path) -> None:
            self._report(f"training without {task or 'no task'}, people {fold}")
            chosen = [one for one in self.trials if _trains(one, task, fold)]
            save_file(fit([prepared(trial) for trial in chosen], self._recipe).state_dict(), part)

        encoder = SkillEncoder(EncoderShape(width=WIDTH))
        encoder.load_state_dict(load_file(kept(path, write)))
        return SkillModel(encoder.eval(), self._features, Calibration())

    def crossing(self, task: str, fold: int) -> Crossing:
        model = self.without(task, fold)
        chosen = tuple(one for one in self.trials if one.task == task and fold_of(one.operator) == fold)
        people = people_of(chosen, model)
        return Crossing(
            task=task,
            fold=fold,
            model=model,
            trials=chosen,
            judged=judge(model, people, seed=fold),
            mistakes=_mistakes(chosen, people),
        )

    def crossings(self, tasks: Sequence[str]) -> list[Crossing]:
        return [self.crossing(task, fold) for task in tasks for fold in range(NUM_FOLDS)]


def temperature_for(task: str, fold: int, crossings: Sequence[Crossing]) -> float:
    """Of crossings that share neither the task nor the people."""
    others = [one.judged for one in crossings if one.task != task and one.fold != fold]
    together = Judgements.joined(others)
    return fitted_temperature(together.logits, together.truth)


def calibration_of(crossings: Sequence[Crossing], *, duration_weight: float) -> Calibration:
    """For the shipped encoder: what held for tasks and people that were held out."""
    together = Judgements.joined([one.judged for one in crossings])
    said = np.concatenate([one.mistakes[0] for one in crossings])
    share = float(np.concatenate([one.mistakes[1] for one in crossings]).mean())
    return Calibration(
        temperature=fitted_temperature(together.logits, together.truth),
        far_embedding=far_distance(together.embedding_distances),
        far_rows=far_distance(together.row_distances),
        duration_weight=duration_weight,
        mistake_from=float(np.quantile(said, 1 - share)),
    )


def people_of(trials: Sequence[Trial], model: SkillModel) -> list[Person]:
    """`trials` : of one task."""
    reads = model.read_all([trial.sequence for trial in trials])
    return [
        Person(number=trial.operator.number, level=LEVELS.index(trial.operator.level), read=read)
        for trial, read in zip(trials, reads, strict=True)
    ]


def _trains(trial: Trial, task: str | None, fold: int | None) -> bool:
    return trial.task in BOX_TASKS and trial.task != task and fold_of(trial.operator) != fold


def _mistakes(trials: Sequence[Trial], people: Sequence[Person]) -> Mistakes:
    truth = [mistake_seconds(trial.sequence.times_s, trial.errors_s) for trial in trials]
    return np.concatenate([person.read.mistakes for person in people]), np.concatenate(truth)
