"""What is known of a model before it has a row."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What a manifest says of an artifact, as `ModelVersion` keeps it."""

    kind: str
    name: str
    version: str
    title: str
    sha256: str
    artifact_id: str
    needs: tuple[Mapping[str, str], ...] = ()
    card: str = ""
    licence: str = ""
    location: str = ""
