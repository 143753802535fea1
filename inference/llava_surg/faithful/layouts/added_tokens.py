"""Which ids a folder's tokenizer added to its words, from whichever of its files says so."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from inference.errors import ModelError


def added_tokens(folder: Path) -> dict[str, int]:
    """By token; empty if no file says anything. Raises ModelError for a file that cannot be read."""
    for name, read in READERS.items():
        path = folder / name
        if not path.is_file():
            continue
        try:
            found = read(json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"{name} cannot be read: {error}") from error
        if found:
            return found
    return {}


def _added_tokens(fields: Mapping[str, Any]) -> dict[str, int]:
    return {token: int(token_id) for token, token_id in fields.items()}


def _tokenizer_config(fields: Mapping[str, Any]) -> dict[str, int]:
    decoder: Mapping[str, Any] = fields.get("added_tokens_decoder", {})
    return {str(facts["content"]): int(token_id) for token_id, facts in decoder.items()}


def _tokenizer(fields: Mapping[str, Any]) -> dict[str, int]:
    return {str(facts["content"]): int(facts["id"]) for facts in fields.get("added_tokens", [])}


READERS: dict[str, Callable[[Mapping[str, Any]], dict[str, int]]] = {
    "added_tokens.json": _added_tokens,
    "tokenizer_config.json": _tokenizer_config,
    "tokenizer.json": _tokenizer,
}
