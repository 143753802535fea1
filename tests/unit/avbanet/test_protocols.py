"""What the protocols may score: their leaks are those that are named, and the closed ones are closed."""

import json

import numpy as np
import pytest

from inference.avbanet.evaluation import clean, evaluate_skill, paper
from inference.avbanet.evaluation.cells import kept, packed, unpacked
from inference.avbanet.evaluation.deletion import without
from inference.avbanet.evaluation.measures import (
    Predictions,
    accuracy,
    area_under_curve,
    balanced_accuracy,
    interval,
    one_vs_rest,
)
from inference.avbanet.paper_encoder import PaperOptions
from inference.datasets.avbanet_features import SkillDomain, SkillTrial
from tests.skill_domains import write_domain
from tests.unit.avbanet.made_up import sequence

RANDOM = np.random.default_rng(2)


def domain(key: str = "ST", *, classes: int = 3, surgeons: int = 3, trials: int = 3, views: int = 2) -> SkillDomain:
    return SkillDomain(
        key=key,
        trials=tuple(
            SkillTrial(
                name=f"{key}-{label}{surgeon}{trial}",
                subject=f"{label}{surgeon}",
                label=label,
                score=0.0,
                views=tuple(RANDOM.random((20 + 3 * trial, 8)).astype(np.float32) for _ in range(views)),
            )
            for label in range(classes)
            for surgeon in range(surgeons)
            for trial in range(trials)
        ),
    )


@pytest.mark.parametrize("shots", [1, 4, 16])
def test_nobody_is_in_both_support_and_query(shots: int) -> None:
    one, random = domain(), np.random.default_rng(0)
    people = np.array(one.subjects)
    for _ in range(50):
        episode = clean.drawn(one, shots, random)
        support = np.concatenate(episode.support)
        assert not set(people[support]) & set(people[episode.query])
        assert set(one.labels[episode.query]) == {0, 1, 2}
        assert [set(one.labels[rows]) for rows in episode.support] == [{0}, {1}, {2}]


def test_length_is_hidden_from_the_clean_protocol() -> None:
    view = RANDOM.random((50, 8)).astype(np.float32)
    assert clean.rows_of(view).shape == clean.rows_of(view[:30]).shape
    assert clean.rows_of(view).shape[0] == clean.LENGTH


def _rows(rule: str) -> tuple[list[paper.Item], np.ndarray, np.ndarray]:
    items = paper.items_of(domain())
    random = np.random.default_rng(3)
    group = paper._groups(items, 1, random)[0]
    return items, group, paper._query_rows(items, np.arange(len(items)), group, rule, random)


def test_the_released_rule_may_score_the_support_and_the_closed_ones_never_do() -> None:
    leaks = 0
    for seed in range(40):
        items = paper.items_of(domain())
        random = np.random.default_rng(seed)
        group = paper._groups(items, 4, random)[0]
        leaks += len(set(group) & set(paper._query_rows(items, np.arange(len(items)), group, "released", random)))
    assert leaks > 0
    for rule in ("support_out", "surgeon_out"):
        _, group, rows = _rows(rule)
        assert not set(group) & set(rows)
    items, group, rows = _rows("surgeon_out")
    assert not {items[row].subject for row in group} & {items[row].subject for row in rows}
    assert not {items[row].trial for row in group} & {items[row].trial for row in rows}


def test_the_released_protocol_runs_from_training_to_answers(monkeypatch) -> None:
    monkeypatch.setattr(paper, "MAX_EPOCHS", 2)
    sources = [domain("STB", classes=2, views=1), domain("PC", classes=2, views=1)]
    model = paper.train(sources, domain("KT"), PaperOptions(), selection="target", seed=0)
    said = paper.test(model, domain("KT"), 1, seed=0)
    assert set(said) == set(paper.RULES)
    assert all(len(one.truth) for one in said.values())


def test_an_epoch_that_the_sources_choose_does_not_depend_on_the_target(monkeypatch) -> None:
    monkeypatch.setattr(paper, "MAX_EPOCHS", 2)
    sources = [domain("STB", classes=2, views=1), domain("PC", classes=2, views=1)]
    chosen = [
        paper.train(sources, domain("KT", trials=trials), PaperOptions(), selection="sources", seed=0)
        for trials in (2, 3)
    ]
    one, other = (model.parameters for model in chosen)
    assert all(bool((one[name] == other[name]).all()) for name in one)


def test_an_encoder_of_other_domains_reads_a_new_one(monkeypatch) -> None:
    monkeypatch.setattr(clean, "NUM_STEPS", 2)
    encoder = clean.fit([domain("STB", classes=2), domain("KT")], seed=0)
    said = clean.answers(clean.by_encoder(domain("OR", classes=2), encoder), 1, seed=0, num_episodes=3)
    assert set(said.truth) == {0, 1}


def test_one_vs_rest_flatters_three_classes() -> None:
    guessed = Predictions(
        truth=np.arange(3000) % 3, predicted=RANDOM.integers(0, 3, 3000), subjects=np.array(["a"] * 3000)
    )
    assert abs(accuracy(guessed) - 1 / 3) < 0.03
    assert abs(one_vs_rest(guessed) - 5 / 9) < 0.03
    assert abs(balanced_accuracy(guessed) - 1 / 3) < 0.03


def test_the_interval_is_of_surgeons_and_not_of_trials() -> None:
    """Two surgeons, one always right: however many trials, it spans from nothing to all."""
    truth = np.zeros(2000, dtype=np.int64)
    said = np.repeat([0, 1], 1000)
    few = Predictions(truth=truth, predicted=said, subjects=np.repeat(np.array(["a", "b"]), 1000))
    assert interval(few) == (0.0, 1.0)


def test_the_area_is_that_of_pairs_in_order() -> None:
    truth = np.array([True, False, True, False])
    assert area_under_curve(np.array([0.9, 0.1, 0.8, 0.3]), truth) == 1.0
    assert area_under_curve(np.array([0.5, 0.5, 0.5, 0.5]), truth) == 0.5


def test_predictions_survive_being_kept_and_are_computed_once(tmp_path) -> None:
    said = Predictions(truth=np.array([0, 1, 1]), predicted=np.array([0, 0, 1]), subjects=np.array(["a", "b", "b"]))
    calls = []

    def compute():
        calls.append(1)
        return packed(said)

    for _ in range(2):
        again = unpacked(kept(tmp_path, "cell", {"seed": 1}, compute))
    assert accuracy(again) == accuracy(said)
    assert len(calls) == 1
    kept(tmp_path, "cell", {"seed": 2}, compute)
    assert len(calls) == 2


def test_what_is_deleted_is_no_longer_usable() -> None:
    left = without(sequence(1), np.array([3, 4]))
    assert np.flatnonzero(~left.usable).tolist() == [3, 4]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two of the authors' domains, and an operating room that no code knows of: 15 people, three of whom did well."""
    for module, name in ((paper, "MAX_EPOCHS"), (paper, "MIN_EPOCHS"), (clean, "NUM_STEPS")):
        monkeypatch.setattr(module, name, 1)
    for key, letter in (("STB", "E"), ("PC", "S")):
        names = [f"{letter}0{person}_0{trial}" for person in range(6) for trial in range(2)]
        rows = [(name, 1.0, row % 2) for row, name in enumerate(names)]
        write_domain(tmp_path, key, rows, {name: 20 + row for row, name in enumerate(names)})
    people = [f"case {number}" for number in range(15)]
    write_domain(
        tmp_path, "Ward", [(one, 20.0, int(row < 3)) for row, one in enumerate(people)], dict.fromkeys(people, 90)
    )
    return tmp_path


@pytest.mark.parametrize("protocol", ["paper", "paper-fixed", "clean"])
def test_another_operating_room_of_the_same_layout_is_tested_with_models_of_the_others(
    folder, capsys, protocol
) -> None:
    arguments = [
        "--data",
        str(folder),
        "--work",
        str(folder / "work"),
        "--protocol",
        protocol,
        "--seeds",
        "2",
        "--json",
    ]
    assert evaluate_skill.main(arguments) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["domains"]
    assert list(found) == ["STB", "PC", "Ward"]
    ward = found["Ward"]
    assert ward["num_trials"] == ward["num_surgeons"] == 15
    assert ward["majority"] == 0.8
    assert all(0 <= ward[name] <= 1 for name in ("accuracy", "balanced", "one_vs_rest", "duration"))
    assert ward["interval"][0] <= ward["accuracy"] <= ward["interval"][1]
    assert {"k4", "k16"} <= set(ward)
