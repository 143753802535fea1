"""Whether a model's sentence may be shown: the timeline carries it, and it is no repetition."""

import re
from dataclasses import dataclass

from inference.evidence import citation
from inference.evidence.check import check_claims
from inference.evidence.claim import parse_claims
from inference.evidence.lanes import Key
from inference.evidence.mention import MarkedText
from inference.evidence.mentions import marked
from inference.llava_surg.answering.knowledge import PHASE_KNOWLEDGE
from inference.llava_surg.asked.asked import Asked
from inference.llava_surg.asked.languages import words_of
from inference.llava_surg.asked.phrase import unknown_words
from inference.llava_surg.replies.reply import Sentence
from inference.llava_surg.replies.sight import Sight
from inference.llava_surg.replies.view import View
from inference.llava_surg.replies.wording import cited

_NEGATION = re.compile(r"\b(?:no|not|none|without|never|cannot)\b|n't\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """For the sentences of one answer to one question."""

    asked: Asked
    view: View

    def admitted(self, text: str, *, told: set[Key]) -> Sentence | None:
        """The sentence with its citations made narrow, or None. `told`: labels that were told already."""
        bare = " ".join(citation.without(text).split())
        said = marked(bare, [fact.key for fact in self.view.facts])
        keys = tuple(dict.fromkeys(mention.key for mention in said.mentions))
        if not keys or set(keys) <= told or _NEGATION.search(bare) or self._has_unknown_words(said):
            return None
        sights = [self.view.sight(key) for key in keys]
        # What is not sure is told with its number, by code.
        if not all(sight.is_sure for sight in sights) or not self._is_supported(text):
            return None
        return _narrowed(bare, sights)

    def _is_supported(self, text: str) -> bool:
        view = self.view
        claims = check_claims(parse_claims(text, view.end_s), view.inside, watch=view.watch)
        return len(claims) == 1 and claims[0].verdict != "contradicted"

    def _has_unknown_words(self, said: MarkedText) -> bool:
        words = words_of(self.asked.language)
        text = "".join(" " if MarkedText.is_mark(character) else character for character in said.text)
        return bool(set(unknown_words(text, words)) - self._known_words())

    def _known_words(self) -> set[str]:
        """What textbooks say of the phase that is seen may be repeated."""
        phase = self.view.likeliest_phase()
        known = None if phase is None else PHASE_KNOWLEDGE.get(phase.key[1])
        told = "" if known is None else f"{known.aim} {known.followed_by} {known.suggests}"
        return {"aim", "goal", "because", *re.findall(r"\w+", told.lower())}


def _narrowed(bare: str, sights: list[Sight]) -> Sentence:
    spans = [span for sight in sights for span in sight.spans]
    end = bare[-1] if bare[-1:] in ".!?" else "."
    body = bare.rstrip(".!? ")
    return Sentence(
        text=f"{body[:1].upper()}{body[1:]}{cited(spans)}{end}",
        facts=tuple(fact for sight in sights for fact in sight.facts),
        span=(min(span[0] for span in spans), max(span[1] for span in spans)),
    )
