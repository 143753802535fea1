"""Sentences from sights: a template filled, its citations as narrow as the facts."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from inference.evidence.citation import Span as CitedSpan
from inference.evidence.citation import written
from inference.evidence.fact import Fact
from inference.evidence.lanes import Key
from inference.llava_surg.asked.language import ENGLISH
from inference.llava_surg.replies.phrases import Phrases, english_verb
from inference.llava_surg.replies.reply import Sentence
from inference.llava_surg.replies.sight import Sight, Span

MAX_CITATIONS = 3
# The highest probability that is told.
MAX_TOLD = 0.99


class Wording:
    """One language's sentences about one question: `phrase` is what it is about, `question` all of it."""

    def __init__(self, phrases: Phrases, phrase: str, question: str = "") -> None:
        self.phrases = phrases
        self._phrase = phrase
        self._question = question or phrase

    def said(self, template: str, *, sight: Sight | None = None, spans: Sequence[Span] = (), **fields: object) -> str:
        """`sight` fills {what}, {probability} and, unless `spans` are given, {cite}."""
        if sight is not None:
            fields |= {"what": self.noun(sight.key), "probability": _number(sight.probability)}
            spans = spans or sight.spans
        if isinstance(fields.get("what"), str):
            what = str(fields["what"])
            fields = {"is": english_verb(what)} | fields | {"What": what[:1].upper() + what[1:]}
        return template.format_map({"phrase": self._phrase, "question": self._question, "cite": cited(spans), **fields})

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

    def is_named(self, key: Key) -> bool:
        """Whether the question's own words for it say just what a label is called."""
        return self.phrases.code == ENGLISH and _plain_words(self._phrase) == _plain_words(self.noun(key))

    def noun(self, key: Key) -> str:
        return self.phrases.noun(*key)

    def listed(self, keys: Iterable[Key]) -> str:
        return ("、" if self.phrases.code == "zh" else ", ").join(self.noun(key) for key in keys)


def _plain_words(text: str) -> list[str]:
    words = re.findall(r"\w+", text.lower())
    return words[1:] if words[:1] in (["a"], ["an"], ["the"]) else words


def cited(spans: Sequence[Span]) -> str:
    """ " [[t=3-8]] [[t=15-21]]": the longest few, in order of time; empty without any."""
    longest = sorted(sorted(set(spans), key=lambda span: span[0] - span[1])[:MAX_CITATIONS])
    return "".join(f" {written(CitedSpan(start_s=start_s, end_s=end_s))}" for start_s, end_s in longest)


def _number(probability: float) -> str:
    """Never "1.00": nothing is certain to a watcher."""
    return f"{min(probability, MAX_TOLD):.2f}"


def clock(seconds: float) -> str:
    """63.4 -> "1:03"."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
