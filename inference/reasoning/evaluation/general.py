"""General ability, so that a round that costs some is seen: school arithmetic (GSM8K), medical choice (MedMCQA)."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_LETTERS = "ABCD"


@dataclass(frozen=True, slots=True)
class GeneralItem:
    """`max_tokens`: what an answer may take."""

    id: str
    source: str
    question: str
    gold: str
    max_tokens: int

    def is_right(self, text: str) -> bool:
        if self.source == "medmcqa":
            return text.strip()[:1].upper() == self.gold
        numbers = _NUMBER.findall(text.replace("$", ""))
        return bool(numbers) and float(numbers[-1].replace(",", "")) == float(self.gold)


def general_items(data: Path, *, per_source: int) -> list[GeneralItem]:
    """The first so many of each test file. Raises FileNotFoundError without them."""
    folder = data / "reasoning"
    return [
        *_gsm8k(folder / "gsm8k" / "test.jsonl", per_source),
        *_medmcqa(folder / "medmcqa" / "dev.json", per_source),
    ]


def _gsm8k(path: Path, count: int) -> list[GeneralItem]:
    items = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[:count]):
        row = json.loads(line)
        gold = row["answer"].rpartition("####")[2].strip().replace(",", "")
        asked = f"{row['question']}\nThink step by step. End with the number alone."
        items.append(GeneralItem(f"gsm8k-{number}", "gsm8k", asked, gold, 200))
    return items


def _medmcqa(path: Path, count: int) -> list[GeneralItem]:
    items: list[GeneralItem] = []
    for number, row in enumerate(_rows(path)):
        if len(items) == count:
            break
        options = [row["opa"], row["opb"], row["opc"], row["opd"]]
        listed = "\n".join(f"{letter}. {option}" for letter, option in zip(_LETTERS, options, strict=True))
        asked = f"{row['question']}\n{listed}\nReply with the letter alone."
        items.append(GeneralItem(f"medmcqa-{number}", "medmcqa", asked, _LETTERS[int(row["cop"]) - 1], 4))
    return items


def _rows(path: Path) -> Sequence[dict[str, str]]:
    """JSON lines under the name of JSON."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
