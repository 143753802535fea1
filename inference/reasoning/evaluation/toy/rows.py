"""Rows to train on: tokens, and which of them count."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from inference.reasoning.evaluation.toy.network import Network
from inference.reasoning.evaluation.toy.words import CHECK, END, PAD, THINK, TRY, encode, ids

IGNORED = -100


@dataclass(frozen=True, slots=True)
class Row:
    """`is_target`: one a token."""

    tokens: tuple[int, ...]
    is_target: tuple[bool, ...]


def asked(prompt: str) -> list[int]:
    """A problem, up to where the chain begins."""
    return encode(f"{prompt} {THINK}")


def checked(prompt: str, reference: str, attempt: Sequence[str]) -> list[int]:
    """A problem with its reference and a failed attempt, up to where the first error is told."""
    return encode(f"{prompt} {reference} {TRY} {' '.join(attempt)} {CHECK}")


def answered(beginning: Sequence[int], text: str, *, is_ended: bool, free: Sequence[int] = ()) -> Row:
    """The text counts and the beginning does not; nor do the places (in the text) in `free`."""
    said = encode(text) + ([ids()[END]] if is_ended else [])
    counted = [place not in free for place in range(len(said))]
    return Row((*beginning, *said), (*(False for _ in beginning), *counted))


def batch_of(rows: Sequence[Row]) -> tuple[Tensor, Tensor]:
    """Inputs and labels (B, L-1), padded."""
    length = max(len(row.tokens) for row in rows)
    tokens = torch.full((len(rows), length), ids()[PAD])
    labels = torch.full((len(rows), length), IGNORED)
    for number, row in enumerate(rows):
        own = torch.tensor(row.tokens)
        tokens[number, : len(own)] = own
        labels[number, : len(own)] = torch.where(torch.tensor(row.is_target), own, IGNORED)
    return tokens[:, :-1], labels[:, 1:]


def loss_on(network: Network, rows: Sequence[Row]) -> Tensor:
    """Mean negative log-likelihood of a token that counts."""
    tokens, labels = batch_of(rows)
    logits, _ = network(tokens)
    return cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED)
