"""How much a length says of skill: what operators of one level need for a task, from scripts that nobody draws."""

from collections.abc import Sequence

import numpy as np

from inference.avbanet.training.trials import BOX_TASKS, FIRST_OPERATOR, FIRST_SEED, Operator
from inference.simulator.simulation import Simulation
from inference.simulator.spec import SimulationSpec, Task

# Length and movement are told by the same hand: counted in full, a length would be counted twice.
DURATION_SHARE = 0.5


def natural_length_s(operator: Operator, task: Task) -> float:
    """Of the task performed once."""
    seed = FIRST_SEED + operator.number - FIRST_OPERATOR
    return Simulation(SimulationSpec(task=task, skill=operator.skill, seed=seed, operator=operator.number)).duration_s


def duration_weight(operators: Sequence[Operator]) -> float:
    """Of the squared difference of two log durations: both scatter about their level, so 1 / (4 variance), shared."""
    scatter = []
    for task in BOX_TASKS:
        lengths = np.log([natural_length_s(one, task) for one in operators])
        levels = np.array([one.level for one in operators])
        scatter += [np.var(lengths[levels == level], ddof=1) for level in np.unique(levels)]
    return float(DURATION_SHARE / (4 * np.mean(scatter)))
