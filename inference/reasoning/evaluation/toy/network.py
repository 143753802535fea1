"""A small causal transformer and its sampler, in which rows with given beginnings of any length go in step."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from inference.reasoning.evaluation.toy.words import END, PAD, WORDS, ids

Cache = list[tuple[Tensor, Tensor]]
MAX_ROWS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSize:
    width: int = 64
    num_layers: int = 4
    num_heads: int = 4
    max_length: int = 80


class Block(nn.Module):
    def __init__(self, size: NetworkSize) -> None:
        super().__init__()
        width = size.width
        self.num_heads = size.num_heads
        self.before_attention = nn.LayerNorm(width)
        self.projected = nn.Linear(width, 3 * width)
        self.attended = nn.Linear(width, width)
        self.mixing = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )

    def forward(self, rows: Tensor, past: tuple[Tensor, Tensor] | None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """rows: (B, L, D) after `past` keys and values (B, H, P, D/H)."""
        batch, length, width = rows.shape
        parts = self.projected(self.before_attention(rows)).view(batch, length, 3, self.num_heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)  # each (B, H, L, D/H)
        if past is not None:
            key, value = torch.cat([past[0], key], dim=2), torch.cat([past[1], value], dim=2)
        mixed = scaled_dot_product_attention(query, key, value, is_causal=past is None)
        rows = rows + self.attended(mixed.transpose(1, 2).reshape(batch, length, width))
        return rows + self.mixing(rows), (key, value)


class Network(nn.Module):
    def __init__(self, size: NetworkSize | None = None) -> None:
        super().__init__()
        self.size = size or NetworkSize()
        self.embedding = nn.Embedding(len(WORDS), self.size.width)
        self.position = nn.Embedding(self.size.max_length, self.size.width)
        self.blocks = nn.ModuleList(Block(self.size) for _ in range(self.size.num_layers))
        self.last = nn.LayerNorm(self.size.width)
        nn.init.normal_(self.embedding.weight, std=0.05)
        nn.init.normal_(self.position.weight, std=0.05)

    @property
    def num_parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())

    def forward(self, tokens: Tensor, cache: Cache | None = None) -> tuple[Tensor, Cache]:
        """tokens: (B, L), after what the cache holds · returns logits (B, L, V) and the cache with them."""
        start = cache[0][0].shape[2] if cache else 0
        rows = self.embedding(tokens) + self.position.weight[start : start + tokens.shape[1]]
        kept: Cache = []
        for number, block in enumerate(self.blocks):
            rows, one = block(rows, cache[number] if cache else None)
            kept.append(one)
        return self.last(rows) @ self.embedding.weight.T, kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """`tokens`: after the beginning, without the end · `is_ended`: it did not run out of room."""

    tokens: list[int]
    is_ended: bool


@torch.inference_mode()
def sample(
    network: Network, beginnings: Sequence[Sequence[int]], *, generator: torch.Generator, temperature: float = 1.0
) -> list[Sampled]:
    """One continuation each. Greedy at temperature 0."""
    found: list[Sampled] = []
    for start in range(0, len(beginnings), MAX_ROWS):
        found += _sample_rows(network, beginnings[start : start + MAX_ROWS], generator, temperature)
    return found


def _sample_rows(
    network: Network, beginnings: Sequence[Sequence[int]], generator: torch.Generator, temperature: float
) -> list[Sampled]:
    lengths = torch.tensor([len(one) for one in beginnings])
    tokens = torch.full((len(beginnings), network.size.max_length), ids()[PAD])
    for row, one in enumerate(beginnings):
        tokens[row, : len(one)] = torch.tensor(one)
    at = int(lengths.min())
    logits, cache = network(tokens[:, :at])
    ended = torch.zeros(len(beginnings), dtype=torch.bool)
    end = ids()[END]
    while True:
        is_given = lengths > at
        picked = _pick(logits[:, -1], generator, temperature)
        tokens[:, at] = torch.where(is_given, tokens[:, at], torch.where(ended, end, picked))
        ended |= ~is_given & (tokens[:, at] == end)
        at += 1
        if at == network.size.max_length or bool(ended.all()):
            break
        logits, cache = network(tokens[:, at - 1 : at], cache)
    return [_sampled(tokens[row, len(one) : at].tolist(), end) for row, one in enumerate(beginnings)]


def _pick(logits: Tensor, generator: torch.Generator, temperature: float) -> Tensor:
    if temperature == 0:
        return logits.argmax(dim=-1)
    return torch.multinomial((logits / temperature).softmax(dim=-1), 1, generator=generator)[:, 0]


def _sampled(tokens: list[int], end: int) -> Sampled:
    if end in tokens:
        return Sampled(tokens=tokens[: tokens.index(end)], is_ended=True)
    return Sampled(tokens=tokens, is_ended=False)
