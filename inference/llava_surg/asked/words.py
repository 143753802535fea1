"""What one language brings to the understanding of a question.

Patterns are matched against small letters in which each mention of a label is one mark, written M in the patterns.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from inference.evidence.lanes import Key
from inference.evidence.mention import FIRST_MARK, MAX_MENTIONS
from inference.llava_surg.asked.intent import Intent
from inference.llava_surg.asked.trait import Trait

MARK_CLASS = f"[{chr(FIRST_MARK)}-{chr(FIRST_MARK + MAX_MENTIONS - 1)}]"


@dataclass(frozen=True, kw_only=True)
class LanguageWords:
    """`neutral`: words that carry nothing, so that what is left over of a question is what it is about.

    `intents`: tried in order. `labels`: patterns by label, for languages that the ontology does not speak, longest
    first. `refers_back`: "it", "that", "and then". `time_words`: patterns by name, see times.py. `traits`: what changes
    the meaning beside the intent. `anchors`: "during M", "before M", "after M". `pronouns`: what stands for the labels
    of the question before, and for nothing else. `asides`: "or
    not", which says nothing. `names`: words that complete a phrase ("tissue" in "tissue handling").
    """

    code: str
    neutral: frozenset[str]
    intents: tuple[tuple[Intent, str], ...]
    time_words: Mapping[str, str]
    refers_back: str
    begins_follow_up: str
    labels: tuple[tuple[Key, str], ...] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)
    traits: Mapping[Trait, str] = field(default_factory=dict)
    anchors: Mapping[str, str] = field(default_factory=dict)
    pronouns: str = "(?!)"
    asides: str = "(?!)"
    names: frozenset[str] = frozenset()
    has_spaces: bool = True

    @cached_property
    def compiled_intents(self) -> tuple[tuple[Intent, re.Pattern[str]], ...]:
        return tuple((intent, re.compile(with_marks(pattern))) for intent, pattern in self.intents)

    @cached_property
    def compiled_labels(self) -> tuple[tuple[Key, re.Pattern[str]], ...]:
        return tuple((key, re.compile(pattern)) for key, pattern in self.labels)

    @cached_property
    def compiled_traits(self) -> tuple[tuple[Trait, re.Pattern[str]], ...]:
        return tuple((trait, re.compile(with_marks(pattern))) for trait, pattern in self.traits.items())

    @cached_property
    def compiled_anchors(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        return tuple((relation, re.compile(with_marks(pattern))) for relation, pattern in self.anchors.items())


def with_marks(pattern: str) -> str:
    """A capital M in a pattern stands for any mention; patterns are otherwise in small letters."""
    return pattern.replace("M", MARK_CLASS)
