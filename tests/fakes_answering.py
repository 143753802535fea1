"""A worker's answering models, with a stand-in that speaks."""

from collections.abc import Sequence

from inference.evidence.watched import NOT_KNOWN
from tests.fakes import FakeAnswerer
from webapp.registry.facts import ModelFacts
from workers.runtime import Answering


def answering_with(answerer: FakeAnswerer, *, written_by: Sequence[ModelFacts] = ()) -> Answering:
    """What a worker has loaded."""
    return Answering(answerer=answerer, watched=NOT_KNOWN, written_by=tuple(written_by))
