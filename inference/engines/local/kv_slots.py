"""Keys and values of several answers side by side, one row each, so answers join and leave between two steps.

Rows 0..n-1 are always the active ones: what leaves is overwritten by the last row. A step writes one token to every
row at that row's own length and attends over a view, so no row is copied per step.
"""

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

CAPACITY_STEP = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class KvShape:
    num_layers: int
    num_heads: int
    head_dim: int
    dtype: torch.dtype
    device: torch.device


@dataclass(frozen=True, slots=True, kw_only=True)
class KvPrefix:
    """Keys and values of one prefix: each (num_layers, num_heads, length, head_dim)."""

    keys: Tensor
    values: Tensor

    @property
    def length(self) -> int:
        return int(self.keys.shape[2])

    @property
    def num_bytes(self) -> int:
        return 2 * self.keys.numel() * self.keys.element_size()


class KvSlots:
    """keys, values: per layer (num_rows, num_heads, capacity, head_dim); grows when asked, shrinks when idle."""

    def __init__(self, shape: KvShape) -> None:
        self._shape = shape
        self.lengths: list[int] = []
        self.keys: list[Tensor] = []
        self.values: list[Tensor] = []
        self.release()

    @property
    def num_active(self) -> int:
        return len(self.lengths)

    def release(self) -> None:
        """Gives all memory back; only when no row is active."""
        self.lengths = []
        empty = (0, self._shape.num_heads, 0, self._shape.head_dim)
        self.keys = [self._new(empty) for _ in range(self._shape.num_layers)]
        self.values = [self._new(empty) for _ in range(self._shape.num_layers)]

    def add(self, *, prefix: KvPrefix | None, capacity: int) -> int:
        """A new last row that starts with `prefix`; returns its index."""
        row = self.num_active
        self._reserve(num_rows=row + 1, capacity=capacity)
        self.lengths.append(0 if prefix is None else prefix.length)
        if prefix is not None:
            for layer in range(self._shape.num_layers):
                self.keys[layer][row, :, : prefix.length] = prefix.keys[layer]
                self.values[layer][row, :, : prefix.length] = prefix.values[layer]
        return row

    def make_room(self) -> None:
        """Room for one more token in every active row."""
        self._reserve(num_rows=self.num_active, capacity=max(self.lengths) + 1)

    def remove(self, row: int) -> None:
        """The last row takes the place of `row`."""
        last = self.num_active - 1
        length = self.lengths[last]
        if row != last:
            for stored in (*self.keys, *self.values):
                stored[row, :, :length] = stored[last, :, :length]
            self.lengths[row] = length
        self.lengths.pop()

    def snapshot(self, row: int) -> KvPrefix:
        """A copy of what the row holds now."""
        length = self.lengths[row]
        return KvPrefix(
            keys=torch.stack([keys[row, :, :length] for keys in self.keys]),
            values=torch.stack([values[row, :, :length] for values in self.values]),
        )

    def _reserve(self, *, num_rows: int, capacity: int) -> None:
        rows_now, capacity_now = self.keys[0].shape[0], self.keys[0].shape[2]
        if num_rows <= rows_now and capacity <= capacity_now:
            return
        rows = max(rows_now, 1 << (num_rows - 1).bit_length())
        capacity = max(capacity_now, -(-capacity // CAPACITY_STEP) * CAPACITY_STEP)
        for kept in (self.keys, self.values):
            for layer, old in enumerate(kept):
                new = self._new((rows, self._shape.num_heads, capacity, self._shape.head_dim))
                new[: old.shape[0], :, : old.shape[2]] = old
                kept[layer] = new

    def _new(self, size: tuple[int, ...]) -> Tensor:
        return torch.zeros(size, dtype=self._shape.dtype, device=self._shape.device)


class RowCache:
    """What the model sees while it reads a prompt into one row: a cache in the shape transformers calls."""

    def __init__(self, slots: KvSlots, row: int) -> None:
        self._slots = slots
        self._row = row
        self._start = slots.lengths[row]

    def update(self, keys: Tensor, values: Tensor, layer: int, *_: object, **__: object) -> tuple[Tensor, Tensor]:
        """keys, values: (1, num_heads, Q, head_dim), the Q new tokens; returns all up to and with them."""
        row, end = self._row, self._start + keys.shape[2]
        self._slots.keys[layer][row, :, self._start : end] = keys[0]
        self._slots.values[layer][row, :, self._start : end] = values[0]
        return self._slots.keys[layer][row : row + 1, :, :end], self._slots.values[layer][row : row + 1, :, :end]

    def commit(self, num_tokens: int) -> Self:
        self._slots.lengths[self._row] = self._start + num_tokens
        return self


class StepCache:
    """What the model sees in a decode step: one new token for every active row."""

    def __init__(self, slots: KvSlots) -> None:
        self._slots = slots
        self._rows = torch.arange(slots.num_active)
        self._ends = torch.tensor(slots.lengths)
        self.length = max(slots.lengths) + 1

    @property
    def positions(self) -> Tensor:
        """(B, 1): where each row's new token stands."""
        return self._ends[:, None]

    @property
    def mask(self) -> Tensor:
        """(B, 1, 1, length) bool: what each row may attend to."""
        return (torch.arange(self.length)[None] <= self._ends[:, None])[:, None, None]

    def update(self, keys: Tensor, values: Tensor, layer: int, *_: object, **__: object) -> tuple[Tensor, Tensor]:
        num_rows = len(self._rows)
        self._slots.keys[layer][self._rows, :, self._ends] = keys[:, :, 0]
        self._slots.values[layer][self._rows, :, self._ends] = values[:, :, 0]
        return (
            self._slots.keys[layer][:num_rows, :, : self.length],
            self._slots.values[layer][:num_rows, :, : self.length],
        )

    def commit(self) -> None:
        self._slots.lengths = [length + 1 for length in self._slots.lengths]
