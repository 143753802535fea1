"""An answer's claims: its sentences, and the seconds that each points at."""

import re
from dataclasses import dataclass

from inference.evidence.citation import Span, spans, without

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^\s\[])|\n+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedClaim:
    """`text` without its citations, which are `spans`; times are those around all of them, None without any."""

    index: int
    text: str
    spans: tuple[Span, ...] = ()

    @property
    def start_s(self) -> float | None:
        return min((span.start_s for span in self.spans), default=None)

    @property
    def end_s(self) -> float | None:
        return max((span.end_s for span in self.spans), default=None)


def parse_claims(text: str, duration_s: float) -> list[ParsedClaim]:
    """One claim per sentence that holds words."""
    claims: list[ParsedClaim] = []
    for sentence in _SENTENCE_END.split(text):
        words = " ".join(without(sentence).split()).replace(" .", ".").replace(" ,", ",")
        if not words.strip(" .,;:!?-*"):
            continue
        claims.append(ParsedClaim(index=len(claims), text=words, spans=tuple(spans(sentence, duration_s))))
    return claims
