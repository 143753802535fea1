"""Answers that fit a JSON schema, token by token, by llguidance."""

import json
import threading
from collections.abc import Mapping
from typing import Any, Protocol

import torch
from torch import Tensor

from inference.errors import EngineFailed


class Constraint(Protocol):
    """What one answer may still say."""

    def masked(self, logits: Tensor) -> Tensor:
        """logits: (V,); a copy in which what may not come next is minus infinity."""
        ...

    def accept(self, token_id: int) -> None: ...


class Grammar(Protocol):
    def constraint(self, json_schema: Mapping[str, Any]) -> Constraint:
        """Raises EngineFailed for a schema that cannot be followed."""
        ...


class JsonGrammar:
    """Of one tokenizer. Compiling the vocabulary takes a second, so that waits for the first schema."""

    def __init__(self, tokenizer: Any, *, end_ids: frozenset[int]) -> None:
        """`tokenizer`: a fast tokenizer of transformers."""
        self._tokenizer = tokenizer
        self._end_ids = sorted(end_ids)
        self._compiled: Any = None
        self._compiling = threading.Lock()

    def constraint(self, json_schema: Mapping[str, Any]) -> Constraint:
        from llguidance import LLMatcher

        grammar = LLMatcher.grammar_from_json_schema(json.dumps(json_schema), overrides={"whitespace_flexible": False})
        problem = LLMatcher.validate_grammar(grammar, self._vocabulary())
        if problem:
            raise EngineFailed(f"The answer's form cannot be followed: {problem}")
        return _JsonConstraint(LLMatcher(self._vocabulary(), grammar))

    def _vocabulary(self) -> Any:
        from llguidance.hf import from_tokenizer

        with self._compiling:
            if self._compiled is None:
                self._compiled = from_tokenizer(self._tokenizer, eos_token=self._end_ids or None)
            return self._compiled


class _JsonConstraint:
    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher

    def masked(self, logits: Tensor) -> Tensor:
        """Token ids behind the tokenizer's vocabulary (a padded output layer) are never allowed."""
        bits = torch.frombuffer(bytearray(self._matcher.compute_bitmask()), dtype=torch.uint8)
        allowed = (bits[:, None] >> torch.arange(8, dtype=torch.uint8)[None] & 1).bool().flatten()[: logits.shape[-1]]
        kept = torch.full_like(logits, float("-inf"))
        kept[: len(allowed)][allowed] = logits[: len(allowed)][allowed]
        return kept

    def accept(self, token_id: int) -> None:
        if not self._matcher.is_stopped():
            self._matcher.consume_token(token_id)
