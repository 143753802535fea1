"""One question about one sheet, with its right answer, its reference reasoning, and where it comes from."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inference.reasoning.prompts import messages
from inference.reasoning.schema import Gold, gold_of
from inference.reasoning.segment import written
from inference.reasoning.sheet import ReasoningSheet, keys_in
from inference.reasoning.snapshot import sheet_of, snapshot
from inference.reasoning.training.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningCase:
    """`group`: the surgery or simulation; none trains and examines · `reference`: steps, by code or a clinician ·
    `rules`: numbers that the question gives · `version`: of the reference."""

    group: str
    source: str
    stratum: str
    sheet: ReasoningSheet
    question: str
    gold: Gold
    reference: tuple[str, ...]
    rules: tuple[float, ...] = ()
    version: int = 1

    @property
    def id(self) -> str:
        said = f"{self.group}\n{self.sheet.text}\n{self.question}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def key_facts(self) -> frozenset[str]:
        return frozenset(keys_in(" ".join(self.reference)))

    @property
    def answer(self) -> str:
        return f"{self.gold.value} {self.gold.unit}".strip()

    @property
    def problem(self) -> Problem:
        return Problem(
            id=self.id,
            prompt="\n".join(message.text for message in messages(self.sheet.text, self.question)),
            reference=written(self.reference, self.answer),
            gold=str(self.gold.row()),
            stratum=self.stratum,
            version=self.version,
        )

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "group": self.group,
            "source": self.source,
            "stratum": self.stratum,
            "sheet": snapshot(self.sheet),
            "question": self.question,
            "gold": self.gold.row(),
            "reference": list(self.reference),
            "rules": list(self.rules),
            "version": self.version,
        }


def case_of(row: Mapping[str, Any]) -> ReasoningCase:
    """Raises EvidenceChanged for a sheet that is not what it was, KeyError or ValueError for what is no case."""
    return ReasoningCase(
        group=str(row["group"]),
        source=str(row["source"]),
        stratum=str(row["stratum"]),
        sheet=sheet_of(row["sheet"]),
        question=str(row["question"]),
        gold=gold_of(row["gold"]),
        reference=tuple(row["reference"]),
        rules=tuple(row.get("rules", ())),
        version=int(row.get("version", 1)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSets:
    warm_up: list[ReasoningCase]
    train: list[ReasoningCase]
    test: list[ReasoningCase]

    def all(self) -> list[ReasoningCase]:
        return [*self.warm_up, *self.train, *self.test]

    def shared_groups(self) -> set[str]:
        """Groups that train and examine; empty."""
        return {case.group for case in (*self.warm_up, *self.train)} & {case.group for case in self.test}
