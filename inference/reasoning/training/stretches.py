"""Facts to reason about: of labelled surgeries (the tools of Cholec80) and of simulations, by their scripts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from inference.datasets.cholec80_tools import read as read_tools
from inference.evidence.citation import Span
from inference.evidence.fact import Fact
from inference.evidence.kinds import VideoKind
from inference.evidence.ontology import in_lane
from inference.evidence.sheet import EvidenceSheet, evidence_sheet
from inference.evidence.watched import Watch
from inference.simulator.simulation import Simulation
from inference.simulator.spec import TASKS, SimulationSpec

MIN_FACTS, MAX_FACTS = 3, 6
SHORTEST_S = 2.0
# Seeds of simulations that are trained on begin here, and those that examine there.
TRAIN_SEED, TEST_SEED = 310_000, 910_000
# Of the five folds of operations, the one that examines.
TEST_FOLD = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A window's sheet. `group`: the surgery or simulation that it is of; no group trains and examines."""

    group: str
    source: str
    sheet: EvidenceSheet


def surgery_stretches(data: Path, *, is_test: bool, random: Random) -> Iterator[Stretch]:
    """Endless, of operations in turn. Raises FileNotFoundError without the labels."""
    truth = read_tools(data)
    if not truth:
        raise FileNotFoundError(f"no labels under {data / 'cholec80-tools'}")
    operations = sorted(one for one in truth if (one.fold == TEST_FOLD) == is_test)
    runs = {one: _runs(truth[one]) for one in operations}
    while True:
        for operation in random.sample(operations, len(operations)):
            found = _window(runs[operation], _watched("instrument", "instrument"), random)
            if found is not None:
                yield Stretch(group=operation.name, source="surgery", sheet=found)


def simulated_stretches(*, is_test: bool, random: Random) -> Iterator[Stretch]:
    """Endless, a simulation each."""
    seed = TEST_SEED if is_test else TRAIN_SEED
    while True:
        seed += 1
        task = random.choice(TASKS)
        simulation = Simulation(SimulationSpec(task=task, skill=random.random(), seed=seed))
        spans = simulation.script.hands["right"].gestures
        facts = [
            Fact(lane="verb", label=one.label, start_s=one.start_s, end_s=one.end_s, probability=0.95) for one in spans
        ]
        found = _window(facts, _watched("verb", "simulator/gesture"), random)
        if found is not None:
            yield Stretch(group=f"{task}-{seed}", source="simulation", sheet=found)


def _runs(seconds: dict[int, dict[str, float]]) -> list[Fact]:
    """Stretches in which a tool is present in every labelled second."""
    facts: list[Fact] = []
    open_since: dict[str, int] = {}
    last = -2
    for second in [*sorted(seconds), 10**9]:
        held = {name.partition("/")[2] for name, value in seconds.get(second, {}).items() if value}
        for label in [one for one in open_since if one not in held or second - last > 1]:
            facts.append(_seen("instrument", label, open_since.pop(label), last + 1))
        for label in held:
            open_since.setdefault(label, second)
        last = second
    # By all of it: tools that appear in one second come out of a set, whose order no two processes share.
    return sorted(facts, key=lambda fact: (fact.start_s, fact.end_s, fact.label))


def _seen(lane: str, label: str, start_s: float, end_s: float) -> Fact:
    return Fact(lane=lane, label=label, start_s=float(start_s), end_s=float(end_s), probability=0.95)


def _window(facts: Sequence[Fact], labels: frozenset[tuple[str, str]], random: Random) -> EvidenceSheet | None:
    """Some facts that follow one another, the times from the first on; None where there are too few."""
    long = [fact for fact in facts if fact.end_s - fact.start_s >= SHORTEST_S]
    count = random.randint(MIN_FACTS, MAX_FACTS)
    if len(long) < count:
        return None
    first = random.randrange(len(long) - count + 1)
    chosen = long[first : first + count]
    origin_s = chosen[0].start_s - random.randint(0, 30)
    moved = [
        Fact(
            lane=fact.lane,
            label=fact.label,
            start_s=round(fact.start_s - origin_s, 1),
            end_s=round(fact.end_s - origin_s, 1),
            probability=round(random.uniform(0.8, 0.99), 2),
        )
        for fact in chosen
    ]
    window = Span(start_s=0.0, end_s=max(fact.end_s for fact in moved) + random.randint(0, 20))
    kind = VideoKind.LAPAROSCOPIC_CHOLECYSTECTOMY if chosen[0].lane == "instrument" else VideoKind.BOX_TRAINER
    watch = Watch(kind=kind, labels=labels, looked=(window,), duration_s=window.end_s)
    return evidence_sheet(moved, window=window, watch=watch)


def _watched(lane: str, detector: str) -> frozenset[tuple[str, str]]:
    """What is looked for: so little that a sheet stays short."""
    return frozenset((lane, label) for label in in_lane(lane, watched_by=detector)[:7])
