"""The table of lanes and labels: whole, in the order of trained weights, and known to everybody who names one."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from inference.evidence import ontology
from inference.evidence.labels.label import Label
from inference.evidence.mentions import marked, mentions, normalised
from inference.evidence.ontology import ROWS
from inference.llava_surg.answering.knowledge import PHASE_KNOWLEDGE
from inference.llava_surg.surg_qa.knowledge import STEPS, TASKS
from inference.simulator.kinds import instrument_kinds
from inference.simulator.spec import TASKS as SIMULATED_TASKS
from inference.simulator.tasks.organ import SHARES

WEIGHTS = Path(__file__).parents[3] / "inference/weights"


def test_the_table_is_in_order() -> None:
    assert ontology.problems() == []


def test_a_row_twice_a_strange_lane_and_a_gap_in_the_columns_are_found() -> None:
    gap = replace(ROWS[0], columns={"phase": 9})
    found = ontology.problems([gap, ROWS[1], ROWS[1], Label(lane="planet", name="mars")])

    assert len(found) == 4


def test_every_shown_output_of_the_shipped_heads_has_a_row() -> None:
    shown = json.loads((WEIGHTS / "timeline_heads.json").read_text(encoding="utf-8"))["shown"]

    assert all(ontology.find(*ontology.key_of_output(name)) is not None for name in shown)


def test_an_output_of_nobody_is_an_error() -> None:
    with pytest.raises(KeyError):
        ontology.key_of_output("planet/mars")


def test_everything_the_simulator_and_the_textbook_name_has_a_row() -> None:
    assert set(SHARES) <= set(ontology.columns("phase")) == set(PHASE_KNOWLEDGE)
    assert set(TASKS) == set(SIMULATED_TASKS) == set(ontology.columns("simulator/task"))
    assert set(instrument_kinds()) <= set(ontology.columns("simulator/instrument"))
    assert set(STEPS) <= set(ontology.in_lane("verb"))


def test_no_word_means_two_things() -> None:
    meant: dict[str, set[ontology.Key]] = {}
    for row in ROWS:
        for name in row.names if row.is_said else ():
            meant.setdefault(normalised(name).replace("-", " "), set()).add(row.key)

    assert {name: keys for name, keys in meant.items() if len(keys) > 1} == {}


@pytest.mark.parametrize("row", [row for row in ROWS if row.is_said and not row.is_everyday], ids=lambda row: row.name)
def test_every_label_is_understood_in_each_of_its_forms(row: Label) -> None:
    for name in row.names:
        for written in (name, name.upper(), name.replace(" ", "-"), name.replace(" ", "  ")):
            assert [mention.key for mention in mentions(f"xx {written}, yy")] == [row.key], written


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Are there two graspers?", ["grasper"]),
        ("the cystic arteries", ["cystic_artery"]),
        ("Is it gall-bladder dissection?", ["gallbladder-dissection"]),
        ("a vessel sealer on the vessel", ["vessel_sealer", "blood_vessel"]),
        ("Is the common bile duct injured?", ["common_bile_duct", "injury"]),
        ("dissection of Calot’s triangle", ["carlot-triangle-dissection"]),
        ("no reaching for the suture", ["reach_suture"]),
        ("Is a hook visible in this clip?", ["hook"]),
        ("Describe the clip.", []),
        ("A clip is on the cystic duct.", ["clip", "cystic_duct"]),
        ("Is a giraffe visible?", []),
        ("the suture-pad of the hooky", ["suture"]),
        ("out of place", []),
    ],
)
def test_what_people_write_is_found_once_and_whole(text: str, keys: list[str]) -> None:
    assert [mention.label for mention in mentions(text)] == keys


def test_a_word_of_everyday_language_is_a_label_only_where_the_timeline_uses_it() -> None:
    assert mentions("reaching") == []
    assert [mention.label for mention in mentions("reaching", {("verb", "reach")})] == ["reach"]


def test_a_label_that_only_an_old_timeline_knows_is_understood() -> None:
    assert [mention.label for mention in mentions("two bowel clamps", {("instrument", "bowel_clamp")})] == [
        "bowel_clamp"
    ]


def test_characters_that_stand_for_mentions_cannot_be_smuggled_in() -> None:
    assert marked(chr(0xE000) + " hook").text.strip() == chr(0xE000)
