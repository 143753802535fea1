"""Answers that are given and are to be explained, as in service.

short: the right answers of sheets that ask. timeline: what Debrief says of a timeline, with its claims on the sheet.
report: items of a skill report beside what was seen.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random

from inference.evidence.check import check_claims
from inference.evidence.claim import parse_claims
from inference.evidence.fact import Fact
from inference.evidence.ontology import spoken
from inference.reasoning.schema import Gold
from inference.reasoning.sheet import SkillItem, reasoning_sheet
from inference.reasoning.training.case import CaseSets, ReasoningCase
from inference.reasoning.training.cases import GOALS_ITEMS, makers
from inference.reasoning.training.given_answer import GivenAnswer, Kind
from inference.reasoning.training.stretches import Stretch

KINDS: tuple[Kind, ...] = ("short", "timeline", "report")
MAX_SCORE = 5


def short_answers(cases: Sequence[ReasoningCase]) -> list[GivenAnswer]:
    return [GivenAnswer(kind="short", case=case, said=case.answer) for case in cases]


def service_answers(
    stretches: Iterator[Stretch], *, per_kind: int, random: Random, per_item: int | None = None
) -> list[GivenAnswer]:
    """`per_kind` of each question that a timeline answers, and `per_item` (as many) items of a report for each."""
    found: list[GivenAnswer] = []
    counts = [per_kind] * len(_QUESTIONS) + [per_kind if per_item is None else per_item] * len(_QUESTIONS)
    for maker, count in zip((*_QUESTIONS.values(), *[_report_item] * len(_QUESTIONS)), counts, strict=True):
        some: dict[str, GivenAnswer] = {}
        while len(some) < count:
            given = maker(next(stretches), random)
            if given is not None:
                some[given.case.id] = given
        found += some.values()
    return found


def service_training(sets: CaseSets, stretches: Iterator[Stretch], *, count: int, random: Random) -> list[GivenAnswer]:
    """To train on: `count` of each question that a timeline answers, half as many items of a report for each, and of
    each stratum."""
    strata = dict.fromkeys(case.stratum for case in sets.train)
    own = [[case for case in sets.train if case.stratum == stratum][: -(-count // 2)] for stratum in strata]
    shown = service_answers(stretches, per_kind=count, per_item=count // 2, random=random)
    return [*shown, *short_answers([case for some in own for case in some])]


Maker = Callable[[Stretch, Random], GivenAnswer | None]


def _of_stratum(stratum: str, said: Callable[[ReasoningCase, list[Fact]], str], tolerance: float = 0.0) -> Maker:
    """A training question in the timeline's words. `tolerance`: of what is rounded there."""

    def made(stretch: Stretch, random: Random) -> GivenAnswer | None:
        case = makers()[stratum](stretch, random)
        if case is None:
            return None
        text = said(case, _facts(case))
        if tolerance:
            case = replace(case, gold=replace(case.gold, tolerance=tolerance))
        return _timeline_answer(case, text) if text else None

    return made


def _total(case: ReasoningCase, facts: list[Fact]) -> str:
    return f"{_thing(facts[0])} is seen for {float(case.gold.value):.0f} s in all {_cited(facts)}."


def _times(case: ReasoningCase, facts: list[Fact]) -> str:
    return f"{_thing(facts[0])} is seen {case.gold.value} times {_cited(facts)}."


def _first_seen(case: ReasoningCase, facts: list[Fact]) -> str:
    """Only of what is asked for its beginning."""
    if not case.question.startswith("When does the first"):
        return ""
    minutes, seconds = divmod(int(float(case.gold.value)), 60)
    return f"{_thing(facts[0])} is first seen at {minutes}:{seconds:02d} {_cited(facts[:1])}."


def _first_of_two(case: ReasoningCase, facts: list[Fact]) -> str:
    first, later = sorted(facts, key=lambda fact: fact.start_s)
    return f"{_thing(first)} is first seen before {_thing(later).lower()} {_cited((first, later))}."


def _presence(stretch: Stretch, random: Random) -> GivenAnswer:
    chosen = random.choice(stretch.sheet.facts)
    found = {key: fact for key, fact in stretch.sheet.by_key().items() if fact.key == chosen.key}
    case = ReasoningCase(
        group=stretch.group,
        source=stretch.source,
        stratum="presence",
        sheet=reasoning_sheet(stretch.sheet),
        question=f"Is {_name(chosen)} seen?",
        gold=Gold(type="abstain", value="yes"),
        reference=(f"{', '.join(found)}: {len(found)} facts of {_name(chosen)}",),
    )
    return _timeline_answer(case, f"Yes, {_thing(chosen).lower()} is seen {_cited(list(found.values()))}.")


def _timeline_answer(case: ReasoningCase, said: str) -> GivenAnswer:
    evidence = case.sheet.evidence
    parsed = parse_claims(said, evidence.window.end_s)
    claims = check_claims(parsed, evidence.facts, watch=evidence.watch, question=case.question)
    return GivenAnswer(kind="timeline", case=replace(case, sheet=reasoning_sheet(evidence, claims=claims)), said=said)


def _report_item(stretch: Stretch, random: Random) -> GivenAnswer:
    """Scores as a comparison gives them: to a tenth."""
    items = [
        SkillItem(id=f"item-{place}", name=name, score=random.randint(10, 50) / 10, max_score=MAX_SCORE)
        for place, name in enumerate(GOALS_ITEMS, start=1)
    ]
    number, asked = random.choice(list(enumerate(items, start=1)))
    said = f"{asked.score:.1f} of {MAX_SCORE}"
    case = ReasoningCase(
        group=stretch.group,
        source=stretch.source,
        stratum="report_item",
        sheet=reasoning_sheet(stretch.sheet, items=items),
        question=f"Why does the comparison give {asked.name} {said}?",
        gold=Gold(type="numeric", value=f"{asked.score:.1f}", tolerance=1e-6),
        reference=(f"S{number} {asked.name} {asked.score:.1f} of {MAX_SCORE}",),
    )
    return GivenAnswer(kind="report", case=case, said=said)


def _facts(case: ReasoningCase) -> list[Fact]:
    by_key = case.sheet.evidence.by_key()
    return [by_key[key] for key in sorted(case.key_facts, key=lambda key: int(key[1:]))]


def _cited(facts: Sequence[Fact]) -> str:
    return " ".join(f"[[t={fact.start_s:g}-{fact.end_s:g}]]" for fact in facts)


def _thing(fact: Fact) -> str:
    """As a sentence begins with it."""
    name = _name(fact)
    if fact.lane != "instrument":
        return name.capitalize()
    return f"An {name}" if name[0] in "aeiou" else f"A {name}"


def _name(fact: Fact) -> str:
    return spoken(fact.lane, fact.label)


_QUESTIONS: Mapping[str, Maker] = {
    "presence": _presence,
    "duration": _of_stratum("duration", _total, tolerance=0.6),
    "count": _of_stratum("count", _times),
    "first_last": _of_stratum("first_last", _first_seen, tolerance=1.0),
    "order": _of_stratum("order", _first_of_two),
}
