"""verl's reward function over exported cases: custom_reward_function.path=.../verl_reward.py, name compute_score."""

import json
from typing import Any

from inference.reasoning.rewards import reward
from inference.reasoning.segment import parse_chain
from inference.reasoning.training.case import case_of


def compute_score(data_source: str, solution_str: str, ground_truth: str, extra_info: dict[str, Any]) -> float:
    """`extra_info["case"]`: the case as JSON, as the export wrote it."""
    case = case_of(json.loads(extra_info["case"]))
    return reward(parse_chain(solution_str), case.gold, case.sheet, key_facts=case.key_facts, rules=case.rules).total
