"""Sentences from sights: a template filled, its citations as narrow as the facts."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

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
        if isinstance(lane := fields.get("lane"), str):
            fields = fields | {"Lane": lane[:1].upper() + lane[1:]}
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
        template = template if sight is None or sight.is_sure else self._numbered.get(template, template)
        phrases = self.phrases
        return Sentence(
            text=self.said(template, sight=sight, spans=spans, **fields),
            facts=tuple(facts) or (sight.facts if sight is not None else ()),
            is_plain=template in (phrases.seen, phrases.probably, phrases.phase_is, phrases.phase_probably),
            is_numbered=template in self._numbered.values(),
            span=(min(span[0] for span in used), max(span[1] for span in used)) if used else None,
        )

    @cached_property
    def _numbered(self) -> dict[str, str]:
        """Sentences about what is sure, and their like with a number about what is not."""
        phrases = self.phrases
        return {
            phrases.seen: phrases.probably,
            phrases.yes: phrases.probably_yes,
            phrases.bare_yes: phrases.bare_probably,
            phrases.seen_for: phrases.probably_for,
            phrases.seen_at: phrases.probably,
            phrases.phase_is: phrases.phase_probably,
            phrases.phase_at: phrases.phase_probably,
            phrases.phase_with: phrases.phase_probably_with,
        }

    def if_so(self, sentence: Sentence) -> Sentence:
        """Behind another that says how sure it is what it rests on."""
        text = sentence.text
        text = f"{text[:1].lower()}{text[1:]}" if self.phrases.code == ENGLISH else text
        return replace(sentence, text=self.phrases.if_so.format(sentence=text), is_plain=False, is_numbered=True)

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
        return self._joined(self.noun(key) for key in keys)

    def listed_sights(self, sights: Iterable[Sight]) -> str:
        """What is not sure with its number."""
        return self._joined(
            self.noun(one.key) if one.is_sure else self.said(self.phrases.listed_probable, sight=one) for one in sights
        )

    def _joined(self, nouns: Iterable[str]) -> str:
        return ("、" if self.phrases.code == "zh" else ", ").join(nouns)


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
