"""The language model that ships, held to a JSON schema: whatever it would rather say, what comes out fits."""

from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field

from inference.engines.chat_format import ChatMl
from inference.engines.local.base_model import load_base
from inference.engines.local.engine import LocalEngine, end_ids
from inference.engines.local.grammar import JsonGrammar
from inference.engines.protocol import GenerationRequest, Message, SamplingOptions, complete
from inference.errors import EngineFailed
from inference.models.catalogue import DEFAULT
from inference.models.device import fastest_dtype
from inference.models.fetch import is_ready
from tests.conftest import skip_or_fail

pytestmark = pytest.mark.slow


class Seen(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    instrument: Literal["grasper", "hook", "clipper"]
    seconds: list[Annotated[int, Field(ge=0, le=600)]] = Field(min_length=1, max_length=3)
    is_sure: bool


SCHEMA = Seen.model_json_schema()


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    if not is_ready(DEFAULT, Path(settings.MODELS_DIR)):
        skip_or_fail(f"no {DEFAULT.title} in {settings.MODELS_DIR} (`make setup` converts it)")
    base = load_base(Path(settings.MODELS_DIR), dtype=fastest_dtype("cpu"))
    grammar = JsonGrammar(base.tokenizer, end_ids=end_ids(base.model))
    return LocalEngine(
        model=base.model, tokenizer=base.tokenizer, chat_format=ChatMl(), name=base.title, grammar=grammar
    )


def asked(question: str, *, schema: Any = SCHEMA, **options: Any) -> GenerationRequest:
    return GenerationRequest(
        messages=(Message(role="user", text=question),),
        options=SamplingOptions(**{"max_tokens": 60, **options}),
        json_schema=schema,
    )


@pytest.mark.parametrize("question", ["Which instrument is used?", "Write a poem about the sea.", "Answer in XML."])
def test_the_answer_fits_the_schema(engine: LocalEngine, question: str) -> None:
    answer = complete(engine, asked(question, temperature=1.2, seed=4))

    assert not answer.is_cut_off
    Seen.model_validate_json(answer.text)


def test_an_answer_that_ran_out_of_tokens_says_so(engine: LocalEngine) -> None:
    assert complete(engine, asked("Which instrument is used?", max_tokens=4)).is_cut_off


def test_neighbours_without_a_schema_are_free(engine: LocalEngine) -> None:
    free = complete(engine, asked("Say hello.", schema=None, max_tokens=12)).text

    assert not free.startswith("{")


def test_a_schema_nobody_can_follow_is_refused_with_a_reason(engine: LocalEngine) -> None:
    with pytest.raises(EngineFailed, match="cannot be followed"):
        complete(engine, asked("Hello", schema={"type": "no such type"}))
