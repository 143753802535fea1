"""Episodes and trials: who may meet whom; and that an encoder learns what is put in front of it."""

from dataclasses import replace

import numpy as np
import pytest

from inference.avbanet.model import SkillModel, load_skill_model, model_save
from inference.avbanet.reference import LEVELS
from inference.avbanet.training.crossed import _trains
from inference.avbanet.training.episodes import EpisodeSampler, mistake_seconds, prepared
from inference.avbanet.training.fit import fit
from inference.avbanet.training.judged import Judgements, Person, judge
from inference.avbanet.training.recipe import Recipe
from inference.avbanet.training.trials import BOX_TASKS, FIRST_OPERATOR, NUM_FOLDS, Operator, Trial, fold_of, plans
from inference.errors import ModelError
from inference.simulator.spec import TASKS
from tests.unit.avbanet.made_up import FEATURES, model, sequence


def trial(number: int, task: str = "suturing") -> Trial:
    level = LEVELS[number % 3]
    values = np.random.default_rng(number).normal(0, 1, sequence(0).values.shape).astype(np.float32)
    values[:, 3] += 4.0 * (number % 3)
    return Trial(
        task=task,
        operator=Operator(number=number, level=level, skill=(number % 3) / 2),
        sequence=sequence(number, values=values),
        errors_s=(10.0,),
        path_mm=1.0,
    )


def test_a_fold_holds_people_out_with_their_seeds_and_as_many_of_each_level() -> None:
    for fold in range(NUM_FOLDS):
        held = [p for p in plans() if fold_of(p.operator) == fold]
        rest = [p for p in plans() if fold_of(p.operator) != fold]
        assert not {p.operator.number for p in held} & {p.operator.number for p in rest}
        assert not {p.spec.seed for p in held} & {p.spec.seed for p in rest}
        levels = [p.operator.level for p in held]
        assert {levels.count(level) for level in LEVELS} == {len(levels) / 3}


def test_what_is_held_out_does_not_train_and_the_organ_scene_never_does() -> None:
    everything = [trial(number + FIRST_OPERATOR, task) for number in range(9) for task in TASKS]
    for held_task, fold in (("suturing", 1), (None, None)):
        kept = [one for one in everything if _trains(one, held_task, fold)]
        assert {one.task for one in kept} == set(BOX_TASKS) - {held_task}
        assert fold not in {fold_of(one.operator) for one in kept}


def test_every_clip_is_equally_long() -> None:
    assert {p.spec.duration_s for p in plans()} == {40.0}
    assert {p.spec.task for p in plans()} == set(TASKS)


def test_an_episode_is_of_one_task_and_of_different_people() -> None:
    trials = [prepared(trial(number, task)) for number in range(12) for task in ("suturing", "knot_tying")]
    sampler = EpisodeSampler(trials, np.random.default_rng(0))
    for _ in range(20):
        people = sampler._people(1, 2)
        assert len({one.task for one in people}) == 1
        assert len({one.person for one in people}) == len(people)
        assert [one.level for one in people[:3]] == [0, 1, 2]


def test_seconds_about_a_mistake_are_marked() -> None:
    assert np.flatnonzero(mistake_seconds(np.arange(20.0), [10.0])).tolist() == [9, 10, 11, 12]


def test_mistakes_are_found_where_a_video_departs_from_its_own_course() -> None:
    """By people who trained nothing, one of whom moves more than everybody all the time."""
    clumsy = [with_mistake(trial(number), at_s=5 + number) for number in range(18)]
    encoder = fit([prepared(one) for one in clumsy], Recipe(num_steps=1, episodes_per_step=1, queries=1, max_shots=1))
    scorer = SkillModel(encoder, FEATURES, model().calibration)
    for number, always in ((30, 0.0), (31, 5.0)):
        said = scorer.read(with_mistake(trial(number), at_s=20, always=always).sequence).mistakes
        assert 19 <= int(said.argmax()) <= 22


def with_mistake(clean: Trial, *, at_s: int, always: float = 0.0) -> Trial:
    values = clean.sequence.values + np.float32(always)
    values[at_s : at_s + 2, 7] += 6.0
    return replace(clean, sequence=replace(clean.sequence, values=values), errors_s=(float(at_s),))


def test_an_encoder_learns_and_is_the_same_by_seed() -> None:
    trials = [prepared(trial(number)) for number in range(18)]
    recipe = Recipe(num_steps=4, episodes_per_step=2, queries=1, max_shots=1, ridge=1.0)
    encoder = fit(trials, recipe)
    scorer = SkillModel(encoder, FEATURES, model().calibration)
    people = [Person(number=n, level=n % 3, read=scorer.read(trial(n).sequence)) for n in range(100, 118)]
    judged = judge(scorer, people, num_episodes=10)
    # One reference a level, chance a third; 0.74 was measured.
    assert (judged.logits.argmax(axis=1) == judged.truth).mean() > 0.6
    again = SkillModel(fit(trials, recipe), FEATURES, model().calibration)
    assert again.version == scorer.version


def test_nobody_is_judged_against_themselves() -> None:
    scorer = model()
    people = [Person(number=n, level=n % 3, read=scorer.read(sequence(n))) for n in range(9)]
    judged = judge(scorer, people, num_episodes=4)
    assert isinstance(judged, Judgements)
    assert len(judged.truth) == 4 * 6


def test_weights_are_kept_with_their_calibration_and_refused_when_changed(tmp_path) -> None:
    path = tmp_path / "skill_encoder.safetensors"
    made = model()
    model_save(made, path, trained_on=["simulator/suturing"], tower_id="tower-x", facts={})
    again = load_skill_model(path)
    assert (again.version, again.features, again.calibration) == (made.version, made.features, made.calibration)
    path.write_bytes(path.read_bytes()[:-4] + b"\0\0\0\1")
    with pytest.raises(ModelError):
        load_skill_model(path)
