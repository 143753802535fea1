"""Questions about sheets whose right answer and reasoning code can write: seven strata, and easy ones."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from random import Random

from inference.evidence.fact import Fact
from inference.evidence.ontology import spoken
from inference.evidence.sheet import evidence_sheet
from inference.reasoning.schema import CANNOT_TELL, Gold
from inference.reasoning.sheet import SkillItem, reasoning_sheet
from inference.reasoning.training.case import ReasoningCase
from inference.reasoning.training.stretches import Stretch

LEVELS = ("novice", "intermediate", "expert")
# GOALS (Vassiliou et al. 2005): five items of 1 to 5. Bounds and cap are the question's own and stand in it.
GOALS_ITEMS = ("depth perception", "bimanual dexterity", "efficiency", "tissue handling", "autonomy")
INTERMEDIATE_FROM, EXPERT_FROM, CAP_AT = 12, 19, 2
LEVEL_QUESTION = (
    f"Add S1 to S5. Below {INTERMEDIATE_FROM} is novice, {INTERMEDIATE_FROM} to {EXPERT_FROM - 1} intermediate, "
    f"{EXPERT_FROM} or more expert. If S4 is {CAP_AT} or less the level is at most intermediate. Which level?"
)
CONFLICT_RULE = "Facts that disagree: only a sure one counts; if both or none are sure, cannot tell."
NOT_WATCHED = ("stapler", "needle driver", "ultrasound probe", "retractor", "vessel sealer")


Maker = Callable[[Stretch, Random], ReasoningCase | None]


def makers() -> dict[str, Maker]:
    """By stratum; each gives None where a sheet does not hold what its question needs."""
    return {
        "length": _length,
        "duration": _duration,
        "order": _order,
        "count": _count,
        "first_last": _first_last,
        "level": _level,
        "conflicting": _conflicting,
        "missing": _missing,
    }


def cases(
    stretches: Iterator[Stretch], *, per_stratum: int, random: Random, strata: Sequence[str] = ()
) -> list[ReasoningCase]:
    """As many of each stratum (of all without `strata`), no two alike."""
    found: dict[str, dict[str, ReasoningCase]] = {stratum: {} for stratum in strata or makers()}
    while any(len(some) < per_stratum for some in found.values()):
        stretch = next(stretches)
        for stratum in random.sample([name for name, some in found.items() if len(some) < per_stratum], 1):
            case = makers()[stratum](stretch, random)
            if case is not None:
                found[stratum][case.id] = case
    return [case for some in found.values() for case in some.values()]


def _case(
    stretch: Stretch, stratum: str, question: str, gold: Gold, reference: Sequence[str], rules: Sequence[float] = ()
) -> ReasoningCase:
    return ReasoningCase(
        group=stretch.group,
        source=stretch.source,
        stratum=stratum,
        sheet=reasoning_sheet(stretch.sheet),
        question=question,
        gold=gold,
        reference=tuple(reference),
        rules=tuple(rules),
    )


def _length(stretch: Stretch, random: Random) -> ReasoningCase:
    """Easy: one fact's length."""
    key, fact = random.choice(list(stretch.sheet.by_key().items()))
    gold = _seconds(_length_s(fact))
    return _case(stretch, "length", f"How long is {key}?", gold, [_difference(key, fact)])


def _duration(stretch: Stretch, random: Random) -> ReasoningCase | None:
    found = _several(stretch, random)
    if found is None or len(found) > 3:
        return None
    name = _name(found[0][1])
    steps = [_difference(key, fact) for key, fact in found]
    lengths = [_length_s(fact) for _, fact in found]
    steps += _running(lengths, "{:.1f}", " s")
    return _case(stretch, "duration", f"How long is {name} seen in all?", _seconds(sum(lengths)), steps)


def _order(stretch: Stretch, random: Random) -> ReasoningCase | None:
    firsts: dict[str, tuple[str, Fact]] = {}
    for key, fact in stretch.sheet.by_key().items():
        firsts.setdefault(_name(fact), (key, fact))
    if len(firsts) < 2:
        return None
    (one, (key, fact)), (other, (second, later)) = random.sample(list(firsts.items()), 2)
    if fact.start_s == later.start_s:
        return None
    winner, first, last = (one, fact, later) if fact.start_s < later.start_s else (other, later, fact)
    steps = [
        f"{key} {one} begins at {fact.start_s:.1f}",
        f"{second} {other} begins at {later.start_s:.1f}",
        f"{first.start_s:.1f} < {last.start_s:.1f}",
    ]
    gold = Gold(type="choice", value=winner, options=(one, other))
    return _case(stretch, "order", f"Which is seen first, {one} or {other}?", gold, steps)


def _count(stretch: Stretch, random: Random) -> ReasoningCase | None:
    found = _several(stretch, random)
    if found is None:
        return None
    name = _name(found[0][1])
    steps = [f"{', '.join(key for key, _ in found)}: {len(found)} facts of {name}"]
    return _case(stretch, "count", f"How many times is {name} seen?", Gold(type="count", value=str(len(found))), steps)


def _first_last(stretch: Stretch, random: Random) -> ReasoningCase | None:
    found = _several(stretch, random)
    if found is None:
        return None
    name, is_last = _name(found[0][1]), random.random() < 0.5
    key, fact = found[-1] if is_last else found[0]
    word = "last" if is_last else "first"
    value = fact.end_s if is_last else fact.start_s
    steps = [
        f"{', '.join(key for key, _ in found)}: {len(found)} facts of {name}",
        f"{key} {fact.start_s:.1f}-{fact.end_s:.1f} s is the {word}",
    ]
    asked = f"When does the {word} {name} {'end' if is_last else 'begin'}?"
    return _case(stretch, "first_last", asked, Gold(type="timestamp", value=f"{value:.1f}", tolerance=0.1), steps)


def _level(stretch: Stretch, random: Random) -> ReasoningCase:
    """A cap is needed in half of them."""
    is_capped = random.random() < 0.5
    while True:
        scores = [random.randint(1, 5) for _ in GOALS_ITEMS]
        if is_capped == (scores[3] <= CAP_AT and sum(scores) >= EXPERT_FROM):
            break
    items = [
        SkillItem(id=f"item-{number}", name=name, score=score, max_score=5)
        for number, (name, score) in enumerate(zip(GOALS_ITEMS, scores, strict=True), start=1)
    ]
    empty = evidence_sheet([], window=stretch.sheet.window, watch=replace(stretch.sheet.watch, labels=frozenset()))
    steps, total = [f"S1 {scores[0]}, S2 {scores[1]}: {scores[0]} + {scores[1]} = {sum(scores[:2])}"], sum(scores[:2])
    for number in (3, 4, 5):
        steps.append(f"S{number} {scores[number - 1]}: {total} + {scores[number - 1]} = {total + scores[number - 1]}")
        total += scores[number - 1]
    cap = f"{scores[3]} <= {CAP_AT}, at most intermediate" if scores[3] <= CAP_AT else f"{scores[3]} > {CAP_AT}, no cap"
    steps.append(f"S4 {cap}")
    place = 2 if total >= EXPERT_FROM else 1 if total >= INTERMEDIATE_FROM else 0
    level = LEVELS[min(place, 1) if scores[3] <= CAP_AT else place]
    case = _case(
        stretch,
        "level",
        LEVEL_QUESTION,
        Gold(type="ordinal", value=level, options=LEVELS),
        steps,
        rules=(INTERMEDIATE_FROM, EXPERT_FROM - 1, EXPERT_FROM, CAP_AT),
    )
    return replace(case, sheet=reasoning_sheet(empty, items=items))


def _conflicting(stretch: Stretch, random: Random) -> ReasoningCase:
    """Two labels for the same seconds, one sure, both or none."""
    chosen = random.choice(stretch.sheet.facts)
    others = sorted({key for key in stretch.sheet.watch.labels if key[0] == chosen.lane and key != chosen.key})
    label = random.choice(others)[1]
    first, second = random.choice(((0.93, 0.55), (0.52, 0.9), (0.9, 0.92), (0.5, 0.56)))
    rival = Fact(lane=chosen.lane, label=label, start_s=chosen.start_s, end_s=chosen.end_s, probability=second)
    rest = [fact for fact in stretch.sheet.facts if fact.end_s <= chosen.start_s or fact.start_s >= chosen.end_s]
    sheet = evidence_sheet(
        [*rest, replace(chosen, probability=first), rival], window=stretch.sheet.window, watch=stretch.sheet.watch
    )
    both = [(key, one) for key, one in sheet.by_key().items() if one.start_s == chosen.start_s]
    sure = [_name(one) for _, one in both if one.probability >= 0.8]
    steps = [f"{key} {_name(one)}, {'sure' if one.probability >= 0.8 else 'unsure'}" for key, one in both]
    value = sure[0] if len(sure) == 1 else CANNOT_TELL
    keys = " and ".join(key for key, _ in both)
    word = "one is sure" if len(sure) == 1 else "both are sure" if sure else "none is sure"
    steps.append(f"of {keys} {word}")
    gold = Gold(type="choice", value=value, options=tuple(_name(one) for _, one in both))
    at = f"What is seen at {(chosen.start_s + chosen.end_s) / 2:.1f} s? {CONFLICT_RULE}"
    case = _case(stretch, "conflicting", at, gold, steps)
    return replace(case, sheet=reasoning_sheet(sheet))


def _missing(stretch: Stretch, random: Random) -> ReasoningCase:
    """What nobody looks for: cannot tell. What is looked for and not seen: no."""
    silent = sorted(stretch.sheet.watch.labels - {fact.key for fact in stretch.sheet.facts})
    if silent and random.random() < 0.4:
        name = spoken(*random.choice(silent))
        steps, value = [f"{name} is looked for and not seen"], "no"
    else:
        name = random.choice(NOT_WATCHED)
        steps, value = [f"no fact of {name}, and it is not looked for"], CANNOT_TELL
    return _case(stretch, "missing", f"Is {name} seen?", Gold(type="abstain", value=value), steps)


def _several(stretch: Stretch, random: Random) -> list[tuple[str, Fact]] | None:
    """All facts of one label that has at least two, by time."""
    ordered = sorted(stretch.sheet.by_key().items(), key=lambda pair: pair[1].key)
    groups = [list(some) for _, some in groupby(ordered, key=lambda pair: pair[1].key)]
    many = [sorted(some, key=lambda pair: pair[1].start_s) for some in groups if len(some) >= 2]
    return random.choice(many) if many else None


def _difference(key: str, fact: Fact) -> str:
    return f"{key} {_name(fact)}: {fact.end_s:.1f} - {fact.start_s:.1f} = {_length_s(fact):.1f} s"


def _running(values: Sequence[float], form: str, unit: str) -> list[str]:
    """Sums one after another."""
    steps, total = [], values[0]
    for value in values[1:]:
        steps.append(f"{form.format(total)} + {form.format(value)} = {form.format(total + value)}{unit}")
        total += value
    return steps


def _seconds(value: float) -> Gold:
    return Gold(type="numeric", value=f"{value:.1f}", unit="s", tolerance=0.15)


def _length_s(fact: Fact) -> float:
    return round(fact.end_s - fact.start_s, 1)


def _name(fact: Fact) -> str:
    return spoken(fact.lane, fact.label)
