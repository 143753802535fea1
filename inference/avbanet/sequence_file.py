"""A sequence as one safetensors file: made once when a video is first scored, read in milliseconds after."""

import json
import os
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from inference.avbanet.reference import SkillSequence
from inference.errors import FeaturesStale, MediaFailed

FORMAT = "debrief-skill-sequence-1"


def sequence_bytes(sequence: SkillSequence) -> bytes:
    tensors = {"times_s": sequence.times_s, "values": sequence.values, "usable": sequence.usable}
    facts = {
        "format": FORMAT,
        "content": sequence.content,
        "duration_s": repr(sequence.duration_s),
        "kind": sequence.kind,
        "encoder": sequence.encoder,
        "faults": json.dumps(sequence.faults),
    }
    return save({name: np.ascontiguousarray(value) for name, value in tensors.items()}, metadata=facts)


def sequence_save(sequence: SkillSequence, path: Path) -> None:
    """A reader sees the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.partial")
    unfinished.write_bytes(sequence_bytes(sequence))
    unfinished.replace(path)


def sequence_load(path: Path, *, encoder: str | None = None) -> SkillSequence:
    """Raises MediaFailed without a readable file, FeaturesStale where another version than `encoder` made it."""
    try:
        sequence = sequence_from_bytes(path.read_bytes())
    except (OSError, SafetensorError) as error:
        raise MediaFailed(f"no readable sequence at {path.name}: {error}") from error
    if encoder is not None and sequence.encoder != encoder:
        raise FeaturesStale(f"the sequence was made by {sequence.encoder}, not by {encoder}")
    return sequence


def sequence_from_bytes(content: bytes) -> SkillSequence:
    """Raises FeaturesStale for another format."""
    tensors, facts = read_safetensors(content)
    if facts.get("format") != FORMAT:
        raise FeaturesStale("this is no skill sequence of this version")
    return SkillSequence(
        content=facts["content"],
        times_s=tensors["times_s"],
        values=tensors["values"],
        usable=tensors["usable"].astype(bool),
        duration_s=float(facts["duration_s"]),
        kind=facts["kind"],
        encoder=facts["encoder"],
        faults=tuple(json.loads(facts["faults"])),
    )


def read_safetensors(content: bytes) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Tensors and metadata; safetensors' own reader of bytes keeps the metadata to itself. Raises SafetensorError."""
    tensors = load(content)
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    return tensors, dict(header.get("__metadata__") or {})
