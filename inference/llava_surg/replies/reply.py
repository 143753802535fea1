"""A reply made of checked sentences."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from inference.evidence.fact import Fact

_QUOTED = re.compile(r"[“„«].*?[”“»]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """`is_claim`: it states something about the video, resting on `facts`; a refusal or an offer states nothing.
    `is_hedged`: it says what is probable, with its number: an answer, but no claim that could be called supported.

    `is_plain`: it says only that something is seen, so it need not be told again.
    `is_numbered`: what it rests on is not sure, and its number is told.
    `span`: the seconds a claim is about, also where no fact lies in them.
    """

    text: str
    facts: tuple[Fact, ...] = ()
    is_claim: bool = True
    is_hedged: bool = False
    is_plain: bool = False
    is_numbered: bool = False
    span: tuple[float, float] | None = None

    @property
    def is_answer(self) -> bool:
        return self.is_claim or self.is_hedged


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`is_insufficient`: it says that the evidence does not carry an answer, or declines to give one."""

    sentences: tuple[Sentence, ...]
    is_insufficient: bool = False

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


def refusal(*texts: str) -> Reply:
    return Reply(sentences=tuple(Sentence(text=text, is_claim=False) for text in texts), is_insufficient=True)


def reply_of(sentences: Iterable[Sentence]) -> Reply:
    """Insufficient where none of the sentences answers."""
    said = tuple(sentences)
    return Reply(sentences=said, is_insufficient=not any(sentence.is_answer for sentence in said))


def joined(replies: Iterable[Reply]) -> Reply:
    """One after the other, each sentence once, whatever it quotes; insufficient where all of them are."""
    kept = list(replies)
    sentences: dict[str, Sentence] = {}
    for sentence in (sentence for reply in kept for sentence in reply.sentences):
        sentences.setdefault(_QUOTED.sub("", sentence.text) if not sentence.is_answer else sentence.text, sentence)
    return Reply(sentences=tuple(sentences.values()), is_insufficient=all(reply.is_insufficient for reply in kept))


def answer(*sentences: Sentence) -> Reply:
    return Reply(sentences=sentences)
