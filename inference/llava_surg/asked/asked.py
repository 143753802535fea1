"""A question as it was understood."""

from dataclasses import dataclass

from inference.evidence.lanes import Key
from inference.llava_surg.asked.intent import Intent
from inference.llava_surg.asked.trait import Trait


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """`relation`: "during", "before" or "after". `is_close`: "right before"."""

    relation: str
    key: Key
    is_close: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`subjects`: the labels it names, in order. `phrase`: what it is about in its own words. `unknown`: words that
    nobody here knows. `span`: seconds it names, None for all of the video; `spans`: all of them, of a comparison.
    `anchor`: seconds named by what is seen in them. `statement`: a milestone it asks about. `is_list`: its labels are
    named one beside the other, not one of the other. `candidate`: the phase that it holds for the next. `choices`: the
    phases whose aim it names, the kinds of video, or the lanes of whose labels it asks.
    """

    text: str
    language: str
    intent: Intent
    subjects: tuple[Key, ...] = ()
    phrase: str = ""
    unknown: tuple[str, ...] = ()
    num_words: int = 0
    span: tuple[float, float] | None = None
    spans: tuple[tuple[float, float], ...] = ()
    anchor: Anchor | None = None
    statement: str = ""
    candidate: Key | None = None
    choices: tuple[str, ...] = ()
    traits: frozenset[Trait] = frozenset()
    is_list: bool = True
    is_yes_no: bool = False
    is_follow_up: bool = False

    @property
    def is_understood(self) -> bool:
        return not self.unknown and self.intent is not Intent.OTHER

    @property
    def is_negated(self) -> bool:
        return Trait.NEGATED in self.traits
