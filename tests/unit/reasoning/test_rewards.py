"""The reward: being right counts; citing well only makes it better, and never replaces it."""

from inference.reasoning.rewards import reward
from inference.reasoning.schema import Chain, Gold
from inference.reasoning.segment import parse_chain
from tests.unit.reasoning.sheets import sheet

GOLD = Gold(type="numeric", value="8.5", unit="s", tolerance=0.2)
GOOD = "1. F1 hook: 8.0 - 3.0 = 5.0 s\n2. F3 hook: 33.5 - 30.0 = 3.5 s\n3. 5.0 + 3.5 = 8.5 s\nAnswer: 8.5 s"


def worth(text: str) -> float:
    return reward(parse_chain(text), GOLD, sheet(), key_facts={"F1", "F3"}).total


def test_a_right_chain_that_cites_its_facts_is_worth_most() -> None:
    assert worth(GOOD) > worth("1. F1 hook: 8.0 - 3.0 = 5.0 s\nAnswer: 8.5 s") > 0.9


def test_a_wrong_answer_with_lovely_citations_never_beats_a_right_one() -> None:
    lovely = GOOD.replace("Answer: 8.5 s", "Answer: 20 s")
    assert worth(lovely) < worth("1. the hook was used for 8.5 s\nAnswer: 8.5 s")


def test_what_cannot_be_parsed_is_worth_nothing() -> None:
    assert worth(GOOD.replace("Answer:", "So")) == 0.0
    assert reward(Chain(steps=(), problem="cut off"), GOLD, sheet()).total == 0.0


def test_citing_what_is_not_there_and_padding_cost() -> None:
    assert worth(GOOD.replace("F3", "F8")) < worth(GOOD)
    assert worth(GOOD.replace("Answer", "4. " + "really " * 200 + "\nAnswer")) < worth(GOOD)


def test_a_wrong_step_costs_no_less_than_one_without_support() -> None:
    """Else a model that cannot cite learns to say something false of what is there."""
    unsupported = GOOD.replace("Answer", "4. the hook is held for 77.7 s\nAnswer")
    wrong = GOOD.replace("Answer", "4. F1 lasts 77.7 s\nAnswer")
    assert worth(wrong) < worth(unsupported) < worth(GOOD)
