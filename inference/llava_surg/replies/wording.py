"""Sentences from sights: a template filled, its citations as narrow as the facts."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from inference.evidence.citation import Span as CitedSpan
from inference.evidence.citation import written
from inference.evidence.fact import Fact
from inference.evidence.lanes import Key
from inference.llava_surg.replies.phrases import Phrases, english_verb
from inference.llava_surg.replies.reply import Sentence
from inference.llava_surg.replies.sight import Sight, Span

MAX_CITATIONS = 3


class Wording:
    """One language's sentences about one question."""

    def __init__(self, phrases: Phrases, phrase: str) -> None:
        self.phrases = phrases
        self._phrase = phrase

    def said(self, template: str, *, sight: Sight | None = None, spans: Sequence[Span] = (), **fields: object) -> str:
        """`sight` fills {what}, {probability} and, unless `spans` are given, {cite}."""
        if sight is not None:
            fields |= {"what": self.noun(sight.key), "probability": f"{sight.probability:.2f}"}
            spans = spans or sight.spans
        if isinstance(fields.get("what"), str):
            what = str(fields["what"])
            fields |= {"What": what[:1].upper() + what[1:], "is": english_verb(what)}
        return template.format_map({"phrase": self._phrase, "cite": cited(spans), **fields})

    def claim(
        self,
        template: str,
        *,
        sight: Sight | None = None,
        spans: Sequence[Span] = (),
        facts: Sequence[Fact] = (),
        **fields: object,
    ) -> Sentence:
        used = spans or (sight.spans if sight is not None else ())
        return Sentence(
            text=self.said(template, sight=sight, spans=spans, **fields),
            facts=tuple(facts) or (sight.facts if sight is not None else ()),
            is_plain=template in (self.phrases.seen, self.phrases.phase_is, self.phrases.phase_probably),
            span=(min(span[0] for span in used), max(span[1] for span in used)) if used else None,
        )

    def hedged(self, template: str, *, sight: Sight, **fields: object) -> Sentence:
        """What is probable, with its number."""
        text = self.said(template, sight=sight, spans=sight.spans, **fields)
        return Sentence(text=text, facts=sight.facts, is_claim=False, is_hedged=True)

    def answering(self, sentence: Sentence, *, is_yes: bool) -> Sentence:
        """With a yes or a no before it, where a question asked for one; only English ones are read for that."""
        word = "Yes" if is_yes else "No"
        return replace(sentence, text=f"{word}, {sentence.text[:1].lower()}{sentence.text[1:]}", is_plain=False)

    def noun(self, key: Key) -> str:
        return self.phrases.noun(*key)

    def listed(self, keys: Iterable[Key]) -> str:
        return ("、" if self.phrases.code == "zh" else ", ").join(self.noun(key) for key in keys)


def cited(spans: Sequence[Span]) -> str:
    """ " [[t=3-8]] [[t=15-21]]": the longest few, in order of time; empty without any."""
    longest = sorted(sorted(set(spans), key=lambda span: span[0] - span[1])[:MAX_CITATIONS])
    return "".join(f" {written(CitedSpan(start_s=start_s, end_s=end_s))}" for start_s, end_s in longest)


def clock(seconds: float) -> str:
    """63.4 -> "1:03"."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
