"""The evidence sheet: the facts of a window as text, each with a short key, and a hash of all of it.

It is all that a reasoning model gets to know of a video, and the only thing it may cite. A key ("F3") is short for a
small model's sake and stands for the fact's id; two sheets with one hash say the same of the same facts.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from inference.evidence.certainty import certainty
from inference.evidence.citation import Span
from inference.evidence.coverage import overlap_s
from inference.evidence.fact import Fact
from inference.evidence.lanes import TEXT_LANE
from inference.evidence.ontology import spoken
from inference.evidence.watched import Watch

KEY = re.compile(r"\bF[1-9]\d{0,4}\b")
HASH_LENGTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSheet:
    """`facts`: those that touch the window, cut to it, by time; the first has the key "F1"."""

    window: Span
    facts: tuple[Fact, ...]
    watch: Watch

    @property
    def text(self) -> str:
        """One line a fact: "F1 instrument: hook, 3.0-8.0 s, sure (0.91)"; before them the window, after them what was
        looked for and not seen."""
        heading = f"Window {_time(self.window.start_s)}-{_time(self.window.end_s)} s."
        lines = [_line(key, fact) for key, fact in self.by_key().items()] or ["No facts."]
        return "\n".join([heading, *lines, *_silence(self.facts, self.watch)])

    @property
    def sha256(self) -> str:
        """Of ids, facts, window and what was looked for."""
        said = {
            "window": [self.window.start_s, self.window.end_s],
            "facts": [fact.row() for fact in self.facts],
            "labels": sorted(self.watch.labels),
            "looked": [[span.start_s, span.end_s] for span in self.watch.looked],
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:HASH_LENGTH]

    def by_key(self) -> dict[str, Fact]:
        return {f"F{number}": fact for number, fact in enumerate(self.facts, start=1)}

    def cited_in(self, text: str) -> list[Fact]:
        """The facts whose keys a text names, in its order, each once. Raises KeyError for a key of no fact."""
        by_key = self.by_key()
        return [by_key[key] for key in dict.fromkeys(KEY.findall(text))]


def evidence_sheet(facts: Sequence[Fact], *, window: Span, watch: Watch) -> EvidenceSheet:
    """What was read off the screen is a stranger's text and stays out."""
    inside = [_cut(fact, window) for fact in facts if fact.lane != TEXT_LANE and fact.probability > 0]
    kept = [fact for fact in inside if fact is not None]
    return EvidenceSheet(
        window=window, facts=tuple(sorted(kept, key=lambda one: (one.start_s, one.lane, one.label))), watch=watch
    )


def _cut(fact: Fact, window: Span) -> Fact | None:
    if overlap_s(window, Span(start_s=fact.start_s, end_s=fact.end_s)) <= 0:
        return None
    return replace(fact, start_s=max(fact.start_s, window.start_s), end_s=min(fact.end_s, window.end_s))


def _line(key: str, fact: Fact) -> str:
    sure = f"{certainty(fact.probability)} ({fact.probability:.2f})"
    return f"{key} {fact.lane}: {spoken(fact.lane, fact.label)}, {_time(fact.start_s)}-{_time(fact.end_s)} s, {sure}"


def _silence(facts: Sequence[Fact], watch: Watch) -> list[str]:
    seen = {fact.key for fact in facts}
    silent = [spoken(lane, label) for lane, label in sorted(watch.labels - seen)] if watch.looked else []
    lines = [f"Looked for and not seen: {', '.join(silent)}."] if silent else []
    return [*lines, "Nothing else is looked for."]


def _time(seconds: float) -> str:
    return f"{seconds:.1f}"
