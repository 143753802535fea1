"""What a yes-or-no question asks about, so that "yes" and "no" say something of that and of nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from inference.evidence.lanes import Key
from inference.evidence.plain_words import FRAMES, OPEN, OR_NOT
from inference.evidence.statement import Assertion, Statement, read_statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Implied:
    """What a "yes" or a "no" says. `is_any`: of several things one is enough. `is_understood` off: it says more."""

    assertions: tuple[Assertion, ...] = ()
    is_any: bool = False
    is_understood: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedThings:
    is_yes_no: bool
    asked: Statement

    @property
    def is_understood(self) -> bool:
        """It asks whether things are there, and nothing else."""
        asked = self.asked
        return asked.is_understood and asked.is_checkable and not asked.is_only and not asked.is_throughout

    def implied_by(self, answer: Statement) -> Implied | None:
        """None where the answer begins with neither yes nor no, or where nothing was asked that they would answer."""
        if answer.answer is None or not self.is_yes_no:
            return None
        things = self.asked.assertions
        if not self.is_understood or not things:
            return Implied(is_understood=False)
        if any(thing.is_negated for thing in things) or not self.asked.is_clear:
            # "Isn't there a hook?": which of yes and no denies it differs from speaker to speaker.
            named = {one.mention for one in answer.assertions}
            return Implied(is_understood=all(thing.mention in named for thing in things))
        said = tuple(replace(thing, is_negated=not answer.answer) for thing in things)
        return Implied(assertions=said, is_any=len(said) > 1 and self.asked.is_either == answer.answer)


def asked_things(question: str, others: Iterable[Key] = ()) -> AskedThings:
    """`others`: labels that the timeline uses besides the ontology's everyday ones."""
    plain = OR_NOT.sub(" ", question)
    asked = read_statement(plain, others)
    left = tuple(word for word in asked.unknown_words if word not in FRAMES)
    return AskedThings(is_yes_no=OPEN.match(question) is None, asked=replace(asked, unknown_words=left))
